"""What the API shows of documents and versions, and what their acts take."""

from typing import Any

from rest_framework import serializers

from escalations.api.serializers import StrictSerializer
from escalations.services import governing
from templates_engine.models import Document, Remark, Version


class WhoField(serializers.SlugRelatedField[Any]):
    """A login by its username, to be read only."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="username", read_only=True, **kwargs)


class DocumentSerializer(serializers.ModelSerializer[Document]):
    """A document and which of its versions is at work."""

    id = serializers.CharField()
    active = serializers.SerializerMethodField()

    class Meta:
        model = Document
        fields = ("id", "kind", "key", "title", "active")

    def get_active(self, document: Document) -> dict[str, Any] | None:
        """The active version's id, number and digest."""
        rows = [one for one in document.versions.all() if one.state == Version.State.ACTIVE]
        return {"id": str(rows[0].pk), "number": rows[0].number, "digest": rows[0].digest} if rows else None


class RemarkSerializer(serializers.ModelSerializer[Remark]):
    """What somebody said about a version."""

    by = WhoField()

    class Meta:
        model = Remark
        fields = ("id", "by", "at", "path", "text")


class VersionSerializer(serializers.ModelSerializer[Version]):
    """A version as a list shows it."""

    id = serializers.CharField()
    kind = serializers.CharField(source="document.kind")
    key = serializers.CharField(source="document.key")
    title = serializers.CharField(source="document.title")
    state = serializers.CharField(help_text="draft, in_review, approved, pilot, active, retired")
    running = serializers.CharField(help_text="What running escalations do: stay, migrate.")
    based_on = serializers.CharField(source="based_on_id", allow_null=True)
    author = WhoField()
    submitted_by = WhoField()
    approved_by = WhoField()
    activated_by = WhoField()
    second_by = WhoField()

    class Meta:
        model = Version
        fields: tuple[str, ...] = (
            "id",
            "kind",
            "key",
            "title",
            "number",
            "state",
            "origin",
            "digest",
            "intent",
            "based_on",
            "author",
            "created_at",
            "submitted_by",
            "submitted_at",
            "approved_by",
            "approved_at",
            "comment",
            "running",
            "activate_at",
            "activated_by",
            "activated_at",
            "pilot_mode",
            "pilot_team",
            "pilot_since",
            "emergency",
            "second_by",
            "second_at",
            "second_due_at",
            "retired_at",
        )


class WholeVersionSerializer(VersionSerializer):
    """One version with its text, its problems, who had a hand in it, what was said, and what you may do."""

    contributors = serializers.SerializerMethodField()
    remarks = RemarkSerializer(many=True)
    may = serializers.SerializerMethodField()

    class Meta(VersionSerializer.Meta):
        fields = (*VersionSerializer.Meta.fields, "text", "problems", "contributors", "remarks", "may")

    def get_contributors(self, version: Version) -> list[str]:
        """Usernames of everybody who wrote, edited or submitted it."""
        return [one.user.get_username() for one in version.contributions.select_related("user")]

    def get_may(self, version: Version) -> dict[str, str]:
        """For each verb empty where you may, otherwise why not."""
        return governing.may(version, self.context["request"].user)


class DraftInput(StrictSerializer):
    """A text, and the version it builds on."""

    text = serializers.CharField(trim_whitespace=False)
    based_on = serializers.IntegerField(required=False)


class EditInput(StrictSerializer):
    """A text; the digest that was seen stands here or in If-Match."""

    text = serializers.CharField(trim_whitespace=False)
    digest = serializers.CharField(required=False)


class SubmitInput(StrictSerializer):
    """One sentence: why."""

    intent = serializers.CharField()


class CommentInput(StrictSerializer):
    """Why, or what."""

    comment = serializers.CharField(default="", allow_blank=True)


class ApproveInput(CommentInput):
    """What was seen (or If-Match), when it goes to work, and what running records do."""

    digest = serializers.CharField(required=False)
    activate_at = serializers.DateTimeField(required=False, allow_null=True)
    running = serializers.ChoiceField(choices=Version.Running.values, default=Version.Running.STAY)
    seen_list = serializers.CharField(default="", allow_blank=True)


class ActivateInput(StrictSerializer):
    """The fingerprint of the records that would move, where they move."""

    seen_list = serializers.CharField(default="", allow_blank=True)


class PilotInput(StrictSerializer):
    """In shadow, or live for one team."""

    mode = serializers.ChoiceField(choices=["shadow", "team"])
    team = serializers.CharField(default="", allow_blank=True)


class RollBackInput(CommentInput):
    """Why; with `emergency` at once, and somebody else signs within a day."""

    emergency = serializers.BooleanField(default=False)


class SecondInput(CommentInput):
    """What was seen (or If-Match), and a comment."""

    digest = serializers.CharField(required=False)


class RemarkInput(StrictSerializer):
    """A remark, on a field where one is named."""

    text = serializers.CharField()
    path = serializers.CharField(default="", allow_blank=True, max_length=300)


class NothingInput(StrictSerializer):
    """Takes nothing."""
