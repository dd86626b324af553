"""The guided steps of one escalation, as its template version planned them."""

from django.db import models

from escalations.models.escalations import Escalation
from escalations.models.people import Person


class StepRun(models.Model):
    """One step: planned at opening, run in order, each with its outcome in words."""

    class State(models.TextChoices):
        NEXT = "next"
        RUNNING = "running"
        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"
        SKIPPED = "skipped"

    escalation = models.ForeignKey(Escalation, models.PROTECT, related_name="steps", db_index=False)
    position = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=80)
    do = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.NEXT)
    started_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    outcome = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("escalation_id", "position")
        constraints = [models.UniqueConstraint(fields=("escalation", "position"), name="step_once")]

    def __str__(self) -> str:
        return self.title
