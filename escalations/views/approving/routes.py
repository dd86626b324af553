"""The approvers' addresses."""

from django.urls import path

from escalations.views.approving.acts import Act
from escalations.views.approving.backtests import Progress
from escalations.views.approving.governance import GovernancePage
from escalations.views.approving.version import VersionPage

urlpatterns = [
    path("templates/versions/<int:pk>/", VersionPage.as_view(), name="version"),
    path("templates/versions/<int:pk>/do/<slug:verb>/", Act.as_view(), name="version-act"),
    path("templates/backtests/<int:pk>/", Progress.as_view(), name="backtest"),
    path("governance/", GovernancePage.as_view(), name="governance"),
]
