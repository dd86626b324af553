"""The guided steps of one escalation, what people answered, and what was kept of a moment."""

from django.db import models
from django.db.models import F, Q

from escalations.models.cases import Case
from escalations.models.escalations import Escalation
from escalations.models.people import Person
from templates_engine.models import Version


class StepRun(models.Model):
    """One step: planned at opening, run in order, each with its outcome in words."""

    class State(models.TextChoices):
        NEXT = "next"
        RUNNING = "running"
        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"
        SKIPPED = "skipped"
        UNDOING = "undoing"
        UNDONE = "undone"

    escalation = models.ForeignKey(Escalation, models.PROTECT, related_name="steps", db_index=False)
    position = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=400, help_text="Its id, behind those of the templates that called it.")
    block = models.CharField(max_length=600, blank=True, help_text="The branch or called template it stands in.")
    template = models.ForeignKey(
        Version, models.PROTECT, null=True, related_name="+", db_index=False, help_text="The called version, pinned."
    )
    do = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.NEXT)
    started_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True, help_text="When it is looked at again: an answer is late, or it is tried.")
    waits_for = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    awaits = models.CharField(max_length=200, null=True, help_text="Key of the message whose proof it waits for.")  # noqa: DJ001  null, so that the partial index holds few rows
    tries = models.PositiveSmallIntegerField(default=0)
    turn = models.PositiveSmallIntegerField(default=1, help_text="Counts how often it was begun anew.")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    outcome = models.CharField(max_length=300, blank=True)
    data = models.JSONField(default=dict, help_text="answer, before, link, told, asked")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        ordering = ("escalation_id", "position")
        constraints = [
            models.UniqueConstraint(fields=("escalation", "position"), name="step_once"),
            models.CheckConstraint(
                condition=~Q(do="ask_approval", state="done")
                | Q(done_by__isnull=False, asked_by__isnull=False) & ~Q(done_by=F("asked_by")),
                name="step_approved_by_another",
            ),
        ]
        indexes = [
            models.Index(fields=("awaits",), name="step_awaits", condition=Q(awaits__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.title


class StepAnswer(models.Model):
    """What a person said to a step: once a turn, for good."""

    class Verdict(models.TextChoices):
        APPROVED = "approved"
        REFUSED = "refused"
        CHOSEN = "chosen"
        TICKED = "ticked"
        UNDONE = "undone"

    run = models.ForeignKey(StepRun, models.PROTECT, related_name="answers", db_index=False)
    turn = models.PositiveSmallIntegerField()
    verdict = models.CharField(max_length=10, choices=Verdict)
    value = models.CharField(max_length=120, blank=True)
    comment = models.TextField(blank=True)
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ("run_id", "id")
        constraints = [
            models.UniqueConstraint(fields=("run", "turn"), condition=~Q(verdict="undone"), name="step_answered_once"),
            models.CheckConstraint(
                condition=~Q(verdict__in=("approved", "refused")) | Q(asked_by__isnull=False) & ~Q(by=F("asked_by")),
                name="answer_of_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} by {self.by}"


class Snapshot(models.Model):
    """What a record and its signals said at one moment, kept as it was."""

    run = models.ForeignKey(StepRun, models.PROTECT, related_name="snapshots", db_index=False)
    escalation = models.ForeignKey(Escalation, models.PROTECT, related_name="snapshots")
    at = models.DateTimeField()
    content = models.JSONField(help_text="state, changes, logs")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the content as canonical JSON.")

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.run} at {self.at:%Y-%m-%d %H:%M:%S}"
