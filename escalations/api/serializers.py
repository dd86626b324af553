"""What the API shows of rows, and what its acts take."""

from typing import Any

from rest_framework import serializers

from escalations.models import Case, Delivery, Escalation, Person, Promise, Signal
from templates_engine.spec.values import sanitise


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields it does not know: a misspelt field must not be lost without a word."""

    def to_internal_value(self, data: Any) -> Any:
        """Name every unknown field at once."""
        unknown = set(data) - set(self.fields) if isinstance(data, dict) else set()
        if unknown:
            raise serializers.ValidationError({name: ["is no field of this act"] for name in sorted(unknown)})
        return super().to_internal_value(data)


class PersonSerializer(serializers.ModelSerializer[Person]):
    """A person who can own work."""

    absent_until = serializers.DateTimeField(source="away_until", read_only=True, allow_null=True)

    class Meta:
        model = Person
        fields = ("id", "username", "name", "title", "time_zone", "is_active", "absent_until")


class SignalSerializer(serializers.ModelSerializer[Signal]):
    """A signal and how far the line took it."""

    id = serializers.CharField()
    source = serializers.CharField(source="source.slug")  # type: ignore[assignment]  # a field of that name
    delivery = serializers.CharField(source="delivery_id")
    escalation = serializers.CharField(source="escalation_id", allow_null=True)
    case = serializers.CharField(source="case_id", allow_null=True)

    class Meta:
        model = Signal
        fields = (
            "id",
            "stage",
            "source",
            "received_at",
            "processed_at",
            "facts",
            "reasons",
            "escalation",
            "case",
            "attempts",
            "delivery",
            "position",
        )


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    """A delivery with all its signals."""

    id = serializers.CharField()
    source = serializers.CharField(source="source.slug")  # type: ignore[assignment]  # a field of that name
    signals = SignalSerializer(many=True)
    length = serializers.IntegerField(read_only=True, help_text="Bytes of the body.")

    class Meta:
        model = Delivery
        fields = ("id", "source", "key", "received_at", "verdict", "sha256", "length", "signals")


class EscalationSerializer(serializers.ModelSerializer[Escalation]):
    """A ledger record."""

    id = serializers.CharField()
    reference = serializers.CharField()
    account = serializers.SlugRelatedField[Any](slug_field="key", read_only=True)
    account_name = serializers.CharField(source="account.name")
    owner = serializers.SlugRelatedField[Any](slug_field="username", read_only=True)
    primary = serializers.SlugRelatedField[Any](slug_field="username", read_only=True)
    backup = serializers.SlugRelatedField[Any](slug_field="username", read_only=True)
    escalation_owner = serializers.SlugRelatedField[Any](slug_field="username", read_only=True)
    template = serializers.SerializerMethodField()

    class Meta:
        model = Escalation
        fields = (
            "id",
            "reference",
            "account",
            "account_name",
            "title",
            "summary",
            "kind",
            "severity",
            "tier",
            "risk",
            "state",
            "template",
            "owner",
            "primary",
            "backup",
            "escalation_owner",
            "level",
            "next_due_at",
            "next_due_kind",
            "rank_at",
            "rank_reasons",
            "blocker",
            "blocker_note",
            "held",
            "opened_at",
            "acknowledged_at",
            "acknowledge_by",
            "resolve_by",
            "promise_at",
            "last_touch_at",
            "resolved_at",
            "closed_at",
            "facts",
            "version",
        )

    def get_template(self, escalation: Escalation) -> dict[str, Any]:
        """The version it runs on."""
        version = escalation.template
        return {"key": version.document.key, "version": version.number, "digest": version.digest}


class CaseSerializer(serializers.ModelSerializer[Case]):
    """A case of the review queue."""

    id = serializers.CharField()
    reference = serializers.CharField()
    escalation = serializers.CharField(source="escalation_id", allow_null=True)
    owner = serializers.SlugRelatedField[Any](slug_field="username", read_only=True)
    claimed_by = serializers.SlugRelatedField[Any](slug_field="username", read_only=True)
    decided_by = serializers.SlugRelatedField[Any](slug_field="username", read_only=True)

    class Meta:
        model = Case
        fields = (
            "id",
            "reference",
            "reason",
            "state",
            "question",
            "subject",
            "field",
            "known",
            "answers",
            "escalation",
            "owner",
            "due_at",
            "opened_at",
            "claimed_by",
            "decided_by",
            "decided_at",
            "decision",
            "decision_reason",
            "effective_at",
            "version",
        )


class PromiseSerializer(serializers.ModelSerializer[Promise]):
    """A promised customer update."""

    class Meta:
        model = Promise
        fields = ("id", "to_whom", "text", "made_at", "due_at", "state", "reason")


class ActInput(StrictSerializer):
    """What every act may say: the version that was seen (or send it as If-Match)."""

    version = serializers.IntegerField(required=False)


class NoteInput(ActInput):
    """A note."""

    text = serializers.CharField()
    customer_told = serializers.BooleanField(default=False)


class HandOffInput(ActInput):
    """Who gets it, why, and by when something is expected of them ("2h")."""

    to = serializers.CharField()
    reason = serializers.CharField()
    expected = serializers.CharField()


class PromiseInput(ActInput):
    """A promised update."""

    to_whom = serializers.CharField()
    text = serializers.CharField()
    due_at = serializers.DateTimeField()
    reason = serializers.CharField(default="", allow_blank=True)


class BlockInput(ActInput):
    """What blocks it; empty says nothing does."""

    blocker = serializers.CharField(allow_blank=True)
    note = serializers.CharField(default="", allow_blank=True)


class SnoozeInput(ActInput):
    """Until when it waits, and why."""

    until = serializers.DateTimeField()
    reason = serializers.CharField()


class ResolveInput(ActInput):
    """How it was solved."""

    resolution = serializers.CharField()


class ReasonInput(ActInput):
    """Why."""

    reason = serializers.CharField(default="", allow_blank=True)


class DecideInput(ActInput):
    """The answer and its reason."""

    answer = serializers.DictField()
    reason = serializers.CharField()

    def validate_answer(self, answer: dict[str, Any]) -> dict[str, Any]:
        """Refuse what PostgreSQL refuses in JSON, deep inside too: NUL and halves of surrogate pairs."""
        if sanitise(answer) != answer:
            raise serializers.ValidationError("holds characters that no text has")
        return answer
