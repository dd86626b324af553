"""The ledger record: one escalation, exactly one next owner, one deadline."""

from typing import Any

from django.db import models
from django.db.models import F, Lookup, Q

from escalations.models.accounts import Account
from escalations.models.people import Person
from opsportal.audit.history import HistoricalRecords
from templates_engine.models import Version

OPEN = ("open", "acknowledged", "waiting")


class IsOpen(Lookup):
    """Whether a record still needs somebody, said in literals: SQLite proves a partial index from nothing else."""

    lookup_name = "is_open"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """The states as words of the statement; they are our own constants."""
        lhs, params = self.process_lhs(compiler, connection)
        return f"{lhs} IN ({', '.join(f"'{state}'" for state in OPEN)})", params


class EscalationQuerySet(models.QuerySet["Escalation"]):
    """Reads over the ledger."""

    def unfinished(self) -> "EscalationQuerySet":
        """Everything that still needs somebody."""
        return self.filter(IsOpen(F("state"), True))

    def ranked(self) -> "EscalationQuerySet":
        """Most urgent first: the stored virtual deadline, ties by id."""
        return self.unfinished().order_by("rank_at", "id")


class Escalation(models.Model):
    """One problem of one customer, on the version of the template it began with."""

    class State(models.TextChoices):
        OPEN = "open"
        ACKNOWLEDGED = "acknowledged"
        WAITING = "waiting"
        RESOLVED = "resolved"
        CLOSED = "closed"

    class Kind(models.TextChoices):
        OPERATIONAL = "operational"
        TECHNICAL = "technical"
        POLICY = "policy"
        COMMUNICATION = "communication"

    class Blocker(models.TextChoices):
        NONE = "", "none"
        BUG_FIX = "bug_fix", "bug fix"
        ACCESS = "access"
        DECISION = "missing_decision", "missing decision"
        REPRO = "unclear_repro", "unclear repro"
        POLICY = "policy_exception", "policy exception"
        DEPENDENCY = "dependency"

    account = models.ForeignKey(Account, models.PROTECT, related_name="escalations")
    title = models.CharField(max_length=300)
    short = models.CharField(max_length=60, help_text="The summary a row has room for.")
    summary = models.TextField(blank=True)
    kind = models.CharField(max_length=15, choices=Kind, default=Kind.TECHNICAL)
    severity = models.CharField(max_length=20)
    tier = models.CharField(max_length=40, blank=True)
    risk = models.JSONField(default=list, help_text="churn, security, executive, contract")
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    template = models.ForeignKey(Version, models.PROTECT, related_name="+", db_index=False)
    facts = models.JSONField(default=dict, help_text="Settled facts: {name: {value, source, conflict}}.")

    primary = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    backup = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    escalation_owner = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey(Person, models.PROTECT, related_name="owned", null=True, db_index=False)
    level = models.PositiveSmallIntegerField(default=0, help_text="0 primary, 1 backup, 2 escalation, 3 last owner.")
    hops = models.PositiveSmallIntegerField(default=0)
    next_due_at = models.DateTimeField(null=True)
    next_due_kind = models.CharField(max_length=20, blank=True)
    expected_by = models.DateTimeField(null=True, help_text="What the last hand-off asked for.")

    rank_at = models.DateTimeField()
    rank_base_at = models.DateTimeField()
    rank_reasons = models.JSONField(default=list)
    rerank_at = models.DateTimeField(null=True, help_text="When the calendar next moves the rank.")

    blocker = models.CharField(max_length=20, choices=Blocker, blank=True)
    blocker_note = models.CharField(max_length=300, blank=True)
    held = models.BooleanField(default=False, help_text="What leaves the building waits for an open case.")
    opened_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    acknowledge_by = models.DateTimeField(null=True, help_text="Runs while nobody has acknowledged.")
    resolve_by = models.DateTimeField()
    remind_at = models.DateTimeField(null=True, help_text="When whoever holds it is told again.")
    reminders = models.PositiveSmallIntegerField(default=0)
    step_due_at = models.DateTimeField(null=True, help_text="When one of its steps is looked at again.")
    promise_at = models.DateTimeField(null=True, help_text="The next promised customer update.")
    last_touch_at = models.DateTimeField(null=True, help_text="When the customer last heard from us.")
    wake_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolution = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)
    source_seen_at = models.DateTimeField(null=True, help_text="Newest change the sources told: older never wins.")
    version = models.PositiveIntegerField(
        default=1, help_text="Counts writes; a form that saw an older one is refused."
    )

    history = HistoricalRecords()
    objects = EscalationQuerySet.as_manager()

    class Meta:
        ordering = ("rank_at", "id")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=OPEN) | Q(owner__isnull=False, next_due_at__isnull=False),
                name="open_has_owner_and_deadline",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True) | Q(acknowledged_at__gte=F("opened_at")),
                name="acknowledged_after_opened",
            ),
        ]
        indexes = [
            models.Index(fields=("rank_at", "id"), name="desk_rank", condition=Q(state__in=OPEN)),
            models.Index(fields=("owner", "rank_at", "id"), name="desk_mine", condition=Q(state__in=OPEN)),
            models.Index(fields=("next_due_at",), name="desk_late", condition=Q(state__in=OPEN)),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @property
    def reference(self) -> str:
        """How people name the record."""
        return f"ESC-{self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it still needs somebody."""
        return self.state in OPEN


class CorrelationKey(models.Model):
    """A key under which later signals find the record while it is unfinished."""

    escalation = models.ForeignKey(Escalation, models.PROTECT, related_name="keys")
    key = models.CharField(max_length=220)
    live = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("key",), condition=Q(live=True), name="one_live_record_a_key"),
        ]

    def __str__(self) -> str:
        return self.key
