"""One thing that a delivery says; a delivery holds one or more."""

from django.db import models
from django.db.models import Q

from escalations.models.cases import Case
from escalations.models.deliveries import Delivery
from escalations.models.escalations import Escalation
from escalations.models.kept import KeptJSONField
from escalations.models.sources import Source


class Signal(models.Model):
    """A signal and how far the line took it. Its stage is written by escalations.pipeline alone."""

    class Stage(models.TextChoices):
        RECEIVED = "received"
        REVIEW = "review"
        MATCHED = "matched"
        IGNORED = "ignored"
        FAILED = "failed"
        ERASED = "erased"
        # Imported from a log to be looked back on: no work comes of it, ever.
        HISTORY = "history"

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="signals")
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", db_index=False)
    position = models.PositiveSmallIntegerField(default=0)
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.RECEIVED)
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True)
    facts = models.JSONField(default=dict)
    reasons = models.JSONField(default=list, help_text="What the line decided here, in words, stage by stage.")
    answers = models.JSONField(default=dict, help_text="What people decided about it; the line resumes with these.")
    escalation = models.ForeignKey(Escalation, models.PROTECT, null=True, related_name="signals")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="signals")
    versions = models.JSONField(default=dict, help_text="Document versions that decided: mapping, template.")
    considered = KeptJSONField(default=dict, help_text="What was looked up before it was decided.")
    decided = KeptJSONField(default=dict, help_text="The decision; considered, decided_on and its `at` give it again.")
    decided_on = models.JSONField(default=list, help_text="Ids of all document versions that decided.")
    decision_digest = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(fields=("delivery", "position"), name="signal_once")]
        indexes = [models.Index(fields=("id",), name="signal_waiting", condition=Q(stage="received"))]

    def __str__(self) -> str:
        return f"signal {self.pk}"
