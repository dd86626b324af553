"""What a version would have done: over stored signals (a backtest) or beside the live line (a pilot in shadow)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from escalations.models.kept import KeptJSONField
from escalations.models.signals import Signal
from templates_engine.models import Version


class Backtest(models.Model):
    """One run of a version. It goes on from its cursor after any interruption; nothing else is written by it."""

    class Kind(models.TextChoices):
        BACKTEST = "backtest"
        PILOT = "pilot"

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        STOPPED = "stopped"

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.BACKTEST)
    version = models.ForeignKey(Version, models.CASCADE, related_name="backtests")
    version_digest = models.CharField(max_length=64, help_text="What was tried: a draft may have changed since.")
    baseline = models.ForeignKey(
        Version,
        models.CASCADE,
        null=True,
        related_name="+",
        db_index=False,
        help_text="The version it would replace, where there is one.",
    )
    beside = models.JSONField(default=list, help_text="Ids of the documents that were active when it began.")
    since = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    cursor = models.BigIntegerField(default=0, help_text="The last signal that is counted.")
    ledger = KeptJSONField(default=dict, help_text="The records it would have open at the cursor.")
    tally = KeptJSONField(default=dict, help_text="What is counted up to the cursor.")
    report = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True, help_text="Same signals, same documents: same digest.")
    fault = models.CharField(max_length=300, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField(help_text="When it last went on.")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=("version",), condition=Q(kind="pilot", state="running"), name="one_pilot"),
        ]
        indexes = [
            models.Index(
                fields=("state", "beat_at"), name="backtest_going", condition=Q(state__in=("queued", "running"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self.state in (self.State.DONE, self.State.FAILED, self.State.STOPPED)


class BacktestRow(models.Model):
    """One signal that the version would have taken, or sent another way."""

    backtest = models.ForeignKey(Backtest, models.CASCADE, related_name="rows")
    signal = models.ForeignKey(Signal, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10)
    changed = models.BooleanField(default=False)
    before = models.JSONField(default=dict, help_text="What happened: {words, route}.")
    after = models.JSONField(default=dict, help_text="What the version would have done: {words, route}.")

    class Meta:
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=("backtest", "signal"), name="backtest_row_once")]
        indexes = [models.Index(fields=("backtest", "changed", "signal"), name="backtest_changed")]

    def __str__(self) -> str:
        return f"{self.backtest}: {self.signal}"
