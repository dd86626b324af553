"""The resources of the API, each a thin door to the verbs."""

from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Length
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import DjangoModelPermissions
from rest_framework.request import Request
from rest_framework.response import Response

from escalations.api import acts
from escalations.api import serializers as forms
from escalations.models import Case, Delivery, Escalation, Person, Signal
from escalations.services import cases, handoffs, ledger, promises


class MayView(DjangoModelPermissions):
    """Reading needs the right to view, every act the right to change."""

    perms_map = {
        **{method: ["%(app_label)s.view_%(model_name)s"] for method in ("GET", "HEAD", "OPTIONS")},
        "POST": ["%(app_label)s.change_%(model_name)s"],
        **{method: [] for method in ("PUT", "PATCH", "DELETE")},
    }


class Newest(CursorPagination):
    """Newest first, by cursor."""

    ordering: str | list[str] | tuple[str, ...] = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


class Ranked(Newest):
    """As on the Desk."""

    ordering = ("rank_at", "id")


class Readable(mixins.RetrieveModelMixin, mixins.ListModelMixin, viewsets.GenericViewSet[Any]):
    """A resource that is listed and shown."""

    permission_classes = (MayView,)
    pagination_class: type[CursorPagination] = Newest
    lookup_value_regex = "[0-9]{1,18}"


class SignalViewSet(Readable):
    """Signals and how far the line took them."""

    queryset = Signal.objects.select_related("source").defer("considered", "decided", "decided_on")
    serializer_class = forms.SignalSerializer
    filterset_fields = ("stage", "escalation", "case")


class DeliveryViewSet(Readable):
    """Deliveries with all their signals."""

    queryset = (
        Delivery.objects.select_related("source")
        .defer("body")
        .annotate(length=Length("body"))
        .prefetch_related("signals__source")
    )
    serializer_class = forms.DeliverySerializer
    filterset_fields = ("source__slug",)


class PersonViewSet(Readable):
    """People who can own work."""

    queryset = Person.objects.all()
    serializer_class = forms.PersonSerializer

    def get_queryset(self) -> QuerySet[Person]:
        """Each with the end of the absence they are in."""
        return Person.objects.with_absence(timezone.now())


class EscalationFilter(filters.FilterSet):
    """What a list of records can be narrowed to."""

    account = filters.CharFilter(field_name="account__key")
    owner = filters.CharFilter(field_name="owner__username")
    open = filters.BooleanFilter(method="only_open", label="unfinished ones")

    class Meta:
        model = Escalation
        fields = ("state", "severity", "account", "owner")

    def only_open(self, rows: QuerySet[Escalation], name: str, value: bool) -> QuerySet[Escalation]:
        """Those that still need somebody, or those that do not."""
        states = ("open", "acknowledged", "waiting")
        return rows.filter(state__in=states) if value else rows.exclude(state__in=states)


class EscalationViewSet(Readable):
    """The ledger and what can be done to its records."""

    queryset = Escalation.objects.select_related(
        "account", "owner", "primary", "backup", "escalation_owner", "template__document"
    )
    serializer_class = forms.EscalationSerializer
    filterset_class = EscalationFilter
    pagination_class = Ranked

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One record; its ETag is its version."""
        answer = super().retrieve(request, *args, **kwargs)
        answer["ETag"] = f'"{answer.data["version"]}"'
        return answer

    def _shown(self, pk: str) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=pk)).data)

    @extend_schema(request=forms.ActInput, responses=forms.EscalationSerializer)
    @action(detail=True, methods=["post"])
    @acts.once
    def acknowledge(self, request: Request, pk: str) -> Response:
        """Take it."""
        said = acts.said(request, forms.ActInput)
        ledger.acknowledge(escalation_id=int(pk), by=acts.person(request), now=acts.now(), **said)
        return self._shown(pk)

    @extend_schema(request=forms.HandOffInput, responses=forms.EscalationSerializer)
    @action(detail=True, methods=["post"], url_path="hand-off")
    @acts.once
    def hand_off(self, request: Request, pk: str) -> Response:
        """Give it to somebody else, with a reason and what is expected."""
        said = acts.said(request, forms.HandOffInput)
        to = acts.someone(said.pop("to"))
        by = acts.person(request)
        handoffs.hand_off(escalation_id=int(pk), by=by, to_id=to.pk, now=acts.now(), **said)
        return self._shown(pk)

    @extend_schema(request=forms.PromiseInput, responses=forms.PromiseSerializer)
    @action(detail=True, methods=["post"])
    @acts.once
    def promise(self, request: Request, pk: str) -> Response:
        """Promise the customer an update."""
        said = acts.said(request, forms.PromiseInput)
        made = promises.promise(escalation_id=int(pk), by=acts.person(request), now=acts.now(), **said)
        return Response(forms.PromiseSerializer(made).data, status=201)

    @extend_schema(request=forms.NoteInput, responses=forms.EscalationSerializer)
    @action(detail=True, methods=["post"])
    @acts.once
    def note(self, request: Request, pk: str) -> Response:
        """Write something on the timeline."""
        said = acts.said(request, forms.NoteInput)
        ledger.note(escalation_id=int(pk), by=acts.person(request), now=acts.now(), **said)
        return self._shown(pk)

    @extend_schema(request=forms.BlockInput, responses=forms.EscalationSerializer)
    @action(detail=True, methods=["post"])
    @acts.once
    def block(self, request: Request, pk: str) -> Response:
        """Say what blocks it."""
        said = acts.said(request, forms.BlockInput)
        ledger.set_blocker(escalation_id=int(pk), by=acts.person(request), now=acts.now(), **said)
        return self._shown(pk)

    @extend_schema(request=forms.SnoozeInput, responses=forms.EscalationSerializer)
    @action(detail=True, methods=["post"])
    @acts.once
    def snooze(self, request: Request, pk: str) -> Response:
        """Let it wait until a moment."""
        said = acts.said(request, forms.SnoozeInput)
        ledger.snooze(escalation_id=int(pk), by=acts.person(request), now=acts.now(), **said)
        return self._shown(pk)

    @extend_schema(request=forms.ResolveInput, responses=forms.EscalationSerializer)
    @action(detail=True, methods=["post"])
    @acts.once
    def resolve(self, request: Request, pk: str) -> Response:
        """Say how it was solved."""
        said = acts.said(request, forms.ResolveInput)
        ledger.resolve(escalation_id=int(pk), by=acts.person(request), now=acts.now(), **said)
        return self._shown(pk)

    @extend_schema(request=forms.ReasonInput, responses=forms.EscalationSerializer)
    @action(detail=True, methods=["post"])
    @acts.once
    def close(self, request: Request, pk: str) -> Response:
        """Close it; its checks must have passed."""
        said = acts.said(request, forms.ReasonInput)
        ledger.close(escalation_id=int(pk), by=acts.person(request), now=acts.now(), **said)
        return self._shown(pk)


class CaseViewSet(Readable):
    """The review queue."""

    queryset = Case.objects.select_related("owner", "claimed_by", "decided_by")
    serializer_class = forms.CaseSerializer
    filterset_fields = ("state", "reason", "escalation")

    @extend_schema(request=forms.ActInput, responses=forms.CaseSerializer)
    @action(detail=True, methods=["post"])
    @acts.once
    def claim(self, request: Request, pk: str) -> Response:
        """Take it in hand."""
        said = acts.said(request, forms.ActInput)
        case = cases.claim(case_id=int(pk), by=acts.person(request), now=acts.now(), **said)
        return Response(forms.CaseSerializer(case).data)

    @extend_schema(request=forms.DecideInput, responses=forms.CaseSerializer)
    @action(detail=True, methods=["post"])
    @acts.once
    def decide(self, request: Request, pk: str) -> Response:
        """Answer it, with a reason."""
        said = acts.said(request, forms.DecideInput)
        case = cases.decide(case_id=int(pk), by=acts.person(request), now=acts.now(), **said)
        return Response(forms.CaseSerializer(case).data)
