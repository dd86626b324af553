"""Documents and versions in the API: thin doors to governing. Whoever reads may ask; the verb says who may act."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Prefetch
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from escalations.api import acts
from escalations.api import documentforms as forms
from escalations.api.serializers import StrictSerializer
from escalations.api.views import MayView, Readable
from escalations.services import governing
from escalations.services.errors import Refused
from templates_engine.models import Document, Version

Verb = Callable[..., Any]
PEOPLE = ("author", "submitted_by", "approved_by", "activated_by", "second_by")


class MayRead(MayView):
    """Reading and asking need the right to view; what an act needs, its verb says in words."""

    perms_map = {
        **{method: ["%(app_label)s.view_%(model_name)s"] for method in ("GET", "HEAD", "OPTIONS", "POST")},
        **{method: [] for method in ("PUT", "PATCH", "DELETE")},
    }


class DocumentViewSet(Readable):
    """Templates, mappings and policies."""

    queryset = Document.objects.prefetch_related(
        Prefetch("versions", Version.objects.filter(state="active").only("document", "number", "digest", "state"))
    )
    serializer_class = forms.DocumentSerializer
    permission_classes = (MayRead,)
    filterset_fields = ("kind", "key")


class VersionFilter(filters.FilterSet):
    """What a list of versions can be narrowed to."""

    kind = filters.CharFilter(field_name="document__kind")
    key = filters.CharFilter(field_name="document__key")

    class Meta:
        model = Version
        fields = ("state", "origin", "emergency", "kind", "key")


class VersionViewSet(Readable):
    """Versions and their way to being active."""

    queryset = Version.objects.select_related("document", *PEOPLE).defer("body")
    serializer_class = forms.VersionSerializer
    permission_classes = (MayRead,)
    filterset_class = VersionFilter

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One version, whole; its ETag is its digest."""
        return self._whole(self.get_object().pk)

    def _whole(self, version_id: int, status: int = 200) -> Response:
        version = self.get_queryset().prefetch_related("remarks__by").get(pk=version_id)
        shown = forms.WholeVersionSerializer(version, context=self.get_serializer_context())
        return Response(shown.data, status=status, headers={"ETag": f'"{version.digest}"'})

    @extend_schema(request=forms.DraftInput, responses={201: forms.WholeVersionSerializer})
    @acts.once
    def create(self, request: Request) -> Response:
        """A new draft, with its problems."""
        said = _said(request, forms.DraftInput)
        user = _user(request)
        if not user.has_perm("templates_engine.add_version"):
            raise PermissionDenied("You can not draft documents: ask an author.")
        base = said.pop("based_on", None)
        based_on = Version.objects.get(pk=base) if base else None
        made = governing.draft(text=said["text"], author=user, now=acts.now(), based_on=based_on)
        return self._whole(made.pk, status=201)

    def _act(self, request: Request, pk: str, verb: Verb, form: type[StrictSerializer], **more: Any) -> Response:
        said = {**_said(request, form), **more}
        if "digest" in form().fields:
            said["seen_digest"] = _seen(request, said.pop("digest", ""))
        made = verb(version_id=int(pk), by=_user(request), now=acts.now(), **said)
        return self._whole(made.pk if isinstance(made, Version) else int(pk))

    @extend_schema(request=forms.EditInput, responses=forms.WholeVersionSerializer)
    @action(detail=True, methods=["post"])
    @acts.once
    def edit(self, request: Request, pk: str) -> Response:
        """Save a draft's text, over the digest that was seen."""
        return self._act(request, pk, governing.edit, forms.EditInput)

    @extend_schema(request=forms.NothingInput, responses=forms.WholeVersionSerializer)
    @action(detail=True, methods=["post"])
    @acts.once
    def rebase(self, request: Request, pk: str) -> Response:
        """Build a draft on what is active now."""
        return self._act(request, pk, governing.rebase, forms.NothingInput)

    @extend_schema(request=forms.NothingInput, responses=forms.WholeVersionSerializer)
    @action(detail=True, methods=["post"])
    @acts.once
    def discard(self, request: Request, pk: str) -> Response:
        """Nobody wants this draft."""
        return self._act(request, pk, governing.discard, forms.NothingInput)

    @extend_schema(request=forms.SubmitInput, responses=forms.WholeVersionSerializer)
    @action(detail=True, methods=["post"])
    @acts.once
    def submit(self, request: Request, pk: str) -> Response:
        """Ask for a signature, with one sentence why."""
        return self._act(request, pk, governing.submit, forms.SubmitInput)

    @extend_schema(request=forms.CommentInput, responses=forms.WholeVersionSerializer)
    @action(detail=True, methods=["post"])
    @acts.once
    def recall(self, request: Request, pk: str) -> Response:
        """Take it back, as one of its authors."""
        return self._act(request, pk, governing.recall, forms.CommentInput)

    @extend_schema(request=forms.CommentInput, responses=forms.WholeVersionSerializer)
    @action(detail=True, methods=["post"], url_path="send-back")
    @acts.once
    def send_back(self, request: Request, pk: str) -> Response:
        """Return it to its authors with what has to change."""
        return self._act(request, pk, governing.send_back, forms.CommentInput)

    @extend_schema(request=forms.ApproveInput, responses=forms.WholeVersionSerializer)
    @action(detail=True, methods=["post"])
    @acts.once
    def approve(self, request: Request, pk: str) -> Response:
        """Sign what was seen; never one's own."""
        return self._act(request, pk, governing.approve, forms.ApproveInput)

    @extend_schema(request=forms.ActivateInput, responses=forms.WholeVersionSerializer)
    @action(detail=True, methods=["post"])
    @acts.once
    def activate(self, request: Request, pk: str) -> Response:
        """Put a signed version to work."""
        return self._act(request, pk, governing.activate, forms.ActivateInput)

    @extend_schema(request=forms.PilotInput, responses=forms.WholeVersionSerializer)
    @action(detail=True, methods=["post"], url_path="start-pilot")
    @acts.once
    def start_pilot(self, request: Request, pk: str) -> Response:
        """Try a signed version in shadow, or live for one team."""
        return self._act(request, pk, governing.start_pilot, forms.PilotInput)

    @extend_schema(request=forms.NothingInput, responses=forms.WholeVersionSerializer)
    @action(detail=True, methods=["post"], url_path="end-pilot")
    @acts.once
    def end_pilot(self, request: Request, pk: str) -> Response:
        """The pilot is over."""
        return self._act(request, pk, governing.end_pilot, forms.NothingInput)

    @extend_schema(request=forms.CommentInput, responses=forms.WholeVersionSerializer)
    @action(detail=True, methods=["post"])
    @acts.once
    def retire(self, request: Request, pk: str) -> Response:
        """Take a version away without a successor."""
        return self._act(request, pk, governing.retire, forms.CommentInput)

    @extend_schema(request=forms.RollBackInput, responses=forms.WholeVersionSerializer)
    @action(detail=True, methods=["post"], url_path="roll-back")
    @acts.once
    def roll_back(self, request: Request, pk: str) -> Response:
        """Ask for this earlier version again; answers with the new version."""
        said = _said(request, forms.RollBackInput)
        verb = governing.emergency_roll_back if said.pop("emergency") else governing.roll_back
        made = verb(version_id=int(pk), by=_user(request), now=acts.now(), **said)
        return self._whole(made.pk)

    @extend_schema(request=forms.SecondInput, responses=forms.WholeVersionSerializer)
    @action(detail=True, methods=["post"])
    @acts.once
    def countersign(self, request: Request, pk: str) -> Response:
        """The second signature of an emergency."""
        return self._act(request, pk, governing.countersign, forms.SecondInput)

    @extend_schema(request=forms.RemarkInput, responses=forms.WholeVersionSerializer)
    @action(detail=True, methods=["post"])
    @acts.once
    def remark(self, request: Request, pk: str) -> Response:
        """Say something about it or one of its fields."""
        return self._act(request, pk, governing.remark, forms.RemarkInput)

    @extend_schema(responses={200: dict[str, Any]})
    @action(detail=True, methods=["get"])
    def readiness(self, request: Request, pk: str) -> Response:
        """Whether it can go to work, check by check."""
        found = governing.readiness(self.get_object(), now=acts.now())
        return Response({"findings": [asdict(one) for one in found]})

    @extend_schema(responses={200: dict[str, Any]})
    @action(detail=True, methods=["get"])
    def affected(self, request: Request, pk: str) -> Response:
        """Running records before and after they would be moved to it, with the fingerprint of the list."""
        moved = governing.affected(self.get_object(), now=acts.now())
        return Response({"fingerprint": governing.fingerprint(moved), "records": [asdict(one) for one in moved]})


def _said(request: Request, form: type[StrictSerializer]) -> dict[str, Any]:
    given = form(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def _seen(request: Request, digest: str) -> str:
    """The digest that was seen: of the body, else of If-Match; a signature over nothing is none."""
    found = digest or request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if found in ("", "*"):
        raise Refused({"digest": "is required, here or as If-Match: it says what you saw"})
    return found


def _user(request: Request) -> User:
    user = request.user
    assert isinstance(user, User)  # the permission let nobody else in
    return user
