"""The steps of a record over the wire: what each says, and what people do to them."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from escalations.api import acts
from escalations.api.serializers import ActInput, ReasonInput
from escalations.api.views import MayView
from escalations.models import Escalation, StepRun
from escalations.services import answering

PATH = r"(?P<step>[a-z0-9_.-]{1,400})"


class StepSerializer(serializers.ModelSerializer[StepRun]):
    """One step of a record."""

    id = serializers.CharField(source="step", help_text="Its name: its id, behind those of the templates that call it.")
    waits_for = serializers.SlugRelatedField[Any](slug_field="username", read_only=True)
    asked_by = serializers.SlugRelatedField[Any](slug_field="username", read_only=True)
    done_by = serializers.SlugRelatedField[Any](slug_field="username", read_only=True)
    case = serializers.CharField(source="case_id", allow_null=True)

    class Meta:
        model = StepRun
        fields = (
            "id", "position", "block", "do", "title", "state", "outcome", "started_at", "due_at", "waits_for",
            "asked_by", "done_at", "done_by", "tries", "case",
        )  # fmt: skip


class ChoiceInput(ActInput):
    """Which of its choices, and a word on it."""

    answer = serializers.CharField()
    comment = serializers.CharField(default="", allow_blank=True)


class StepCommentInput(ActInput):
    """A word on it."""

    comment = serializers.CharField(default="", allow_blank=True)


class MayAnswer(MayView):
    """Approving needs the right to see the record: the step itself names who may, and the verb holds to that."""

    perms_map = {**MayView.perms_map, "POST": ["%(app_label)s.view_%(model_name)s"]}


_ON = [OpenApiParameter("step", str, OpenApiParameter.PATH, description="The step's name.")]


class StepViewSet(viewsets.GenericViewSet[Any]):
    """`/escalations/<id>/steps/`: every act takes the record's version (or If-Match) and answers with the step."""

    queryset = Escalation.objects.all()
    permission_classes = (MayView,)
    lookup_value_regex = "[0-9]{1,18}"
    serializer_class = StepSerializer
    pagination_class = None

    def _rows(self, pk: str) -> Any:
        people = ("waits_for", "asked_by", "done_by")
        return StepRun.objects.filter(escalation_id=int(pk)).select_related(*people).order_by("position")

    def _shown(self, pk: str, step: str) -> Response:
        return Response(StepSerializer(self._rows(pk).get(step=step)).data)

    def _act(self, verb: Any, request: Request, pk: str, step: str, form: type[ActInput]) -> Response:
        said = acts.said(request, form)
        verb(escalation_id=int(pk), step=step, by=acts.person(request), now=acts.now(), **said)
        return self._shown(pk, step)

    @extend_schema(responses=StepSerializer(many=True))
    @action(detail=True, methods=["get"])
    def steps(self, request: Request, pk: str) -> Response:
        """All of them, in their order."""
        get_object_or_404(Escalation, pk=pk)
        return Response(StepSerializer(self._rows(pk), many=True).data)

    @extend_schema(request=ChoiceInput, responses=StepSerializer, parameters=_ON)
    @action(detail=True, methods=["post"], url_path=f"steps/{PATH}/answer")
    @acts.once
    def answer(self, request: Request, pk: str, step: str) -> Response:
        """Answer a question."""
        return self._act(answering.choose, request, pk, step, ChoiceInput)

    @extend_schema(request=StepCommentInput, responses=StepSerializer, parameters=_ON)
    @action(detail=True, methods=["post"], url_path=f"steps/{PATH}/approve", permission_classes=[MayAnswer])
    @acts.once
    def approve(self, request: Request, pk: str, step: str) -> Response:
        """Approve what somebody else asked for."""
        return self._act(answering.approve, request, pk, step, StepCommentInput)

    @extend_schema(request=ReasonInput, responses=StepSerializer, parameters=_ON)
    @action(detail=True, methods=["post"], url_path=f"steps/{PATH}/refuse", permission_classes=[MayAnswer])
    @acts.once
    def refuse(self, request: Request, pk: str, step: str) -> Response:
        """Refuse it, with a reason."""
        return self._act(answering.turn_down, request, pk, step, ReasonInput)

    @extend_schema(request=StepCommentInput, responses=StepSerializer, parameters=_ON)
    @action(detail=True, methods=["post"], url_path=f"steps/{PATH}/tick")
    @acts.once
    def tick(self, request: Request, pk: str, step: str) -> Response:
        """Tick a task off."""
        return self._act(answering.tick, request, pk, step, StepCommentInput)

    @extend_schema(request=ReasonInput, responses=StepSerializer, parameters=_ON)
    @action(detail=True, methods=["post"], url_path=f"steps/{PATH}/undo")
    @acts.once
    def undo(self, request: Request, pk: str, step: str) -> Response:
        """Set back what a finished step did, with a reason."""
        return self._act(answering.undo_step, request, pk, step, ReasonInput)
