"""Addresses of the operators' screens and of the way in."""

from django.conf import settings
from django.urls import include, path

from escalations.demo import pulse
from escalations.views.acts import ActView
from escalations.views.approving import routes as approving
from escalations.views.asking import Answer, Ask
from escalations.views.bulk import Together, TogetherDone
from escalations.views.deciding import Claim, Decide, Pass, Release, Snooze, Undo
from escalations.views.desk import Desk, OpenRecord, Record, Rows
from escalations.views.duty.page import RotaFeed, Rotas
from escalations.views.intake import Intake
from escalations.views.outbox import Outbox, Retry
from escalations.views.recurring import RecurringPage
from escalations.views.review import Review, ReviewAccounts, ReviewCase, ReviewRail, ReviewReasons
from escalations.views.ruling import MakeRule
from escalations.views.signals import OneSignal, Signals
from escalations.views.stepacts import StepActView
from escalations.views.templates import routes as templates

urlpatterns = [
    path("in/<slug:slug>/", Intake.as_view(), name="intake"),
    path("in/<slug:slug>", Intake.as_view()),  # a redirect to the address above would lose the body
    path("api/v1/", include("escalations.api.urls")),
    path("", Desk.as_view(), name="desk"),
    path("desk/rows/", Rows.as_view(), name="desk-rows"),
    path("desk/<int:pk>/", OpenRecord.as_view(), name="desk-record"),
    path("desk/record/<int:pk>/", Record.as_view(), name="desk-pane"),
    path("desk/act/<int:pk>/<slug:slug>/", ActView.as_view(), name="desk-act"),
    path("desk/act/<int:pk>/step/<str:step>/<slug:slug>/", StepActView.as_view(), name="desk-step-act"),
    path("review/", Review.as_view(), name="review"),
    path("review/rail/", ReviewRail.as_view(), name="review-rail"),
    path("review/reasons/", ReviewReasons.as_view(), name="review-reasons"),
    path("review/together/", Together.as_view(), name="review-together"),
    path("review/together/done/", TogetherDone.as_view(), name="review-together-done"),
    path("review/accounts/", ReviewAccounts.as_view(), name="review-accounts"),
    path("review/<int:pk>/", ReviewCase.as_view(), name="review-case"),
    path("review/<int:pk>/claim/", Claim.as_view(), name="review-claim"),
    path("review/<int:pk>/release/", Release.as_view(), name="review-release"),
    path("review/<int:pk>/decide/", Decide.as_view(), name="review-decide"),
    path("review/<int:pk>/undo/", Undo.as_view(), name="review-undo"),
    path("review/<int:pk>/pass/", Pass.as_view(), name="review-pass"),
    path("review/<int:pk>/rule/", MakeRule.as_view(), name="review-rule"),
    path("review/<int:pk>/ask/", Ask.as_view(), name="review-ask"),
    path("review/<int:pk>/answer/", Answer.as_view(), name="review-answer"),
    path("review/<int:pk>/snooze/", Snooze.as_view(), name="review-snooze"),
    path("recurring/", RecurringPage.as_view(), name="recurring"),
    path("rotas/", Rotas.as_view(), name="rotas"),
    path("rotas/<slug:act>/", Rotas.as_view(), name="rotas-act"),
    path("rotas/<slug:key>/<str:feed_key>.ics", RotaFeed.as_view(), name="rota-calendar"),
    path("outbox/", Outbox.as_view(), name="outbox"),
    path("outbox/<int:pk>/", Outbox.as_view(), name="message"),
    path("outbox/<int:pk>/retry/", Retry.as_view(), name="message-retry"),
    path("signals/", Signals.as_view(), name="signals"),
    path("signals/<int:pk>/", OneSignal.as_view(), name="signal"),
    path("", include(approving.urlpatterns)),
    path("", include(templates.urlpatterns)),
]

if settings.DEMO:
    urlpatterns.append(path("demo/wanted/", pulse.wanted, name="demo-wanted"))
