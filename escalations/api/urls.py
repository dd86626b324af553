"""Addresses of the API."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import DefaultRouter

from escalations.api import backtests, documents, oncall, steps, views

router = DefaultRouter()
router.register("signals", views.SignalViewSet)
router.register("deliveries", views.DeliveryViewSet)
router.register("escalations", views.EscalationViewSet)
router.register("escalations", steps.StepViewSet, basename="steps")
router.register("cases", views.CaseViewSet)
router.register("owners", views.PersonViewSet)
router.register("on-call", oncall.OnCallViewSet, basename="on-call")
router.register("templates", documents.DocumentViewSet)
router.register("versions", documents.VersionViewSet)
router.register("backtests", backtests.BacktestViewSet)

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    *router.urls,
]
