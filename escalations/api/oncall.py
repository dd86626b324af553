"""`/api/v1/on-call/`: who holds each rota at a moment, until when, who is next, and where nobody is."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from escalations.api.views import MayView
from escalations.domain import rotas as rules
from escalations.models import Person, Rota
from escalations.queries import rotas as reads

FARTHEST = timedelta(days=370)


class GapSerializer(serializers.Serializer[Any]):
    """A span in which nobody is on call."""

    start = serializers.DateTimeField()
    end = serializers.DateTimeField()


class OnCallSerializer(serializers.Serializer[Any]):
    """A rota at a moment; `person` is null in a gap, `until` is the end of that shift."""

    rota = serializers.CharField()
    name = serializers.CharField()
    at = serializers.DateTimeField()
    person = serializers.CharField(allow_null=True)
    until = serializers.DateTimeField()
    then = serializers.CharField(allow_null=True)
    gaps = GapSerializer(many=True)


class OnCallViewSet(viewsets.GenericViewSet[Rota]):
    """Who is on call, now or at another moment; gaps of the two weeks from then on."""

    queryset = Rota.objects.all()
    serializer_class = OnCallSerializer
    permission_classes = (MayView,)
    pagination_class = None

    @extend_schema(
        parameters=[OpenApiParameter("at", OpenApiTypes.DATETIME, description="Now, where it is left out.")],
        responses=OnCallSerializer(many=True),
    )
    def list(self, request: Request) -> Response:
        """Every rota."""
        at = _moment(request.query_params.get("at", ""), timezone.now())
        until = at + reads.HORIZON
        names = dict(Person.objects.values_list("pk", "username"))
        known = reads.read(since=at, until=until)
        said = [_said(rota, known[rota.key], at, until, names) for rota in self.get_queryset()]
        return Response(OnCallSerializer(said, many=True).data)


def _moment(text: str, now: datetime) -> datetime:
    """The moment that was asked for; a problem where it is none, or more than a year away."""
    if not text:
        return now
    try:
        at = parse_datetime(text)
    except ValueError:
        at = None
    if at is None:
        raise serializers.ValidationError({"at": ["is no moment such as 2026-11-21T09:00:00Z"]})
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    if abs(at - now) > FARTHEST:
        raise serializers.ValidationError({"at": ["lies more than a year away"]})
    return at


def _said(rota: Rota, known: rules.Rota, at: datetime, until: datetime, names: dict[int, str]) -> dict[str, Any]:
    listed = rules.shifts(known, at, until)
    after = next((one for one in listed if one.person != listed[0].person), None)
    return {
        "rota": rota.key,
        "name": rota.name,
        "at": at,
        "person": names.get(listed[0].person or 0),
        "until": after.span.start if after else until,
        "then": names.get(after.person or 0) if after else None,
        "gaps": [{"start": one.start, "end": one.end} for one in rules.gaps(known, at, until)],
    }
