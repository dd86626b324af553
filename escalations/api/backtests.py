"""Backtests in the API: start one of a version, watch it, read its report and its rows, stop it."""

from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from escalations.api.serializers import StrictSerializer
from escalations.api.views import MayView, Readable
from escalations.models import Backtest, BacktestRow
from escalations.services import backtesting
from escalations.services.errors import Refused
from templates_engine.models import Version


class MayStart(MayView):
    """Reading needs the right to view, starting the right to add, stopping the right to change."""

    perms_map = MayView.perms_map | {"POST": ["%(app_label)s.add_%(model_name)s"]}


class StartInput(StrictSerializer):
    """A version over a time; without one over the last thirty days."""

    version = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)


class BacktestSerializer(serializers.ModelSerializer[Backtest]):
    """One run of a version; `report` grows as it goes."""

    class Meta:
        model = Backtest
        fields = (
            "id", "kind", "version", "version_digest", "baseline", "since", "until", "state", "done", "total",
            "report", "digest", "fault", "started_at", "ended_at",
        )  # fmt: skip


class BacktestRowSerializer(serializers.ModelSerializer[BacktestRow]):
    """One signal: what happened, and what the version would have done."""

    class Meta:
        model = BacktestRow
        fields = ("id", "signal", "at", "outcome", "changed", "before", "after")


class BacktestViewSet(Readable):
    """What versions would have done."""

    queryset = Backtest.objects.defer("ledger", "tally")
    serializer_class = BacktestSerializer
    permission_classes = (MayStart,)
    filterset_fields = ("version", "kind", "state")

    @extend_schema(request=StartInput, responses={201: BacktestSerializer})
    def create(self, request: Request) -> Response:
        """Queue a backtest of a version."""
        given = StartInput(data=request.data)
        given.is_valid(raise_exception=True)
        asked: dict[str, Any] = dict(given.validated_data)
        version = asked.pop("version")
        if not Version.objects.filter(pk=version).exists():
            raise Refused({"version": f"there is no version {version}"})
        by = request.user if isinstance(request.user, User) else None
        made = backtesting.start(version_id=version, by=by, now=timezone.now(), **asked)
        return Response(BacktestSerializer(made).data, status=201)

    @extend_schema(request=None, responses=BacktestSerializer)
    @action(detail=True, methods=["post"])
    def stop(self, request: Request, pk: str = "") -> Response:
        """End it where it is."""
        found = self.get_object()
        return Response(BacktestSerializer(backtesting.stop(backtest_id=found.pk, now=timezone.now())).data)

    @extend_schema(responses=BacktestRowSerializer(many=True))
    @action(detail=True, methods=["get"])
    def rows(self, request: Request, pk: str = "") -> Response:
        """Its signals, the newest first; `?changed=true` for those it sends another way."""
        found = self.get_object().rows.all()
        if request.query_params.get("changed") in ("true", "1"):
            found = found.filter(changed=True)
        page = self.paginate_queryset(found)
        return self.get_paginated_response(BacktestRowSerializer(page, many=True).data)
