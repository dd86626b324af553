"""Versions of documents: whatever changes behaviour is a row here, immutable once submitted."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from opsportal.audit.history import HistoricalRecords
from templates_engine.models.documents import Document

_SIGNED = (
    Q(
        approved_by__isnull=False,
        author__isnull=False,
        submitted_by__isnull=False,
        approved_at__isnull=False,
        approved_digest=F("digest"),
    )
    & ~Q(approved_by=F("author"))
    & ~Q(approved_by=F("submitted_by"))
)
# What came with the portal, at work since its first load, when nobody was there to sign.
_FIRST = Q(origin="shipped", number=1, state="active", submitted_at__isnull=True, activated_at=F("created_at"))
# An earlier signed text, at work again at once; somebody else signs within a day (guards.py holds what a row can not).
_EMERGENCY = Q(
    emergency=True,
    origin="rolled_back",
    author__isnull=False,
    submitted_by__isnull=False,
    based_on__isnull=False,
    second_due_at__isnull=False,
)


_USER = settings.AUTH_USER_MODEL


class Version(models.Model):
    """One version of a document. Its text never changes after submission; its digest says what was signed."""

    class State(models.TextChoices):
        DRAFT = "draft"
        IN_REVIEW = "in_review", "in review"
        APPROVED = "approved"
        PILOT = "pilot"
        ACTIVE = "active"
        RETIRED = "retired"

    class Origin(models.TextChoices):
        WRITTEN = "written"
        SHIPPED = "shipped"
        ROLLED_BACK = "rolled_back", "rolled back"
        IMPORTED = "imported"
        PROPOSED = "proposed", "proposed from a case"

    class Running(models.TextChoices):
        STAY = "stay", "stay on their version"
        MIGRATE = "migrate", "move to this version"

    class PilotMode(models.TextChoices):
        NONE = "", "none"
        SHADOW = "shadow"
        TEAM = "team", "one team"

    document = models.ForeignKey(Document, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    origin = models.CharField(max_length=12, choices=Origin, default=Origin.WRITTEN)
    text = models.TextField(help_text="As its author wrote it, comments and all.")
    body = models.JSONField()
    digest = models.CharField(max_length=64)
    problems = models.JSONField(
        default=list, help_text="[{path, message, line, column}]: with any it is not submitted."
    )
    intent = models.CharField(max_length=300, blank=True, help_text="One sentence: why.")
    based_on = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    author = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    submitted_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+", db_index=False)
    submitted_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+", db_index=False)
    approved_at = models.DateTimeField(null=True)
    approved_digest = models.CharField(max_length=64, blank=True)
    comment = models.TextField(blank=True)
    running = models.CharField(
        max_length=8, choices=Running, default=Running.STAY, help_text="What happens to running escalations."
    )
    activate_at = models.DateTimeField(null=True, help_text="When the schedule puts it to work.")
    activated_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+", db_index=False)
    activated_at = models.DateTimeField(null=True)
    pilot_mode = models.CharField(max_length=8, choices=PilotMode, blank=True, default=PilotMode.NONE)
    pilot_team = models.CharField(max_length=80, blank=True)
    pilot_since = models.DateTimeField(null=True)
    emergency = models.BooleanField(default=False, help_text="Rolled back at once; a second signature follows.")
    second_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+", db_index=False)
    second_at = models.DateTimeField(null=True)
    second_due_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ("document_id", "-number")
        constraints = [
            models.UniqueConstraint(fields=("document", "number"), name="version_once"),
            models.UniqueConstraint(fields=("document",), condition=Q(state="active"), name="one_active_version"),
            models.UniqueConstraint(
                fields=("document",), condition=Q(state__in=("in_review", "approved", "pilot")), name="one_live_review"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("approved", "pilot", "active"))
                | _FIRST
                | _SIGNED
                | Q(state="active") & _EMERGENCY,
                name="signed_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state="in_review")
                | Q(submitted_by__isnull=False, submitted_at__isnull=False, author__isnull=False) & ~Q(intent=""),
                name="in_review_is_pinned",
            ),
            models.CheckConstraint(
                condition=Q(second_by__isnull=True, second_at__isnull=True)
                | Q(second_by__isnull=False, second_at__isnull=False, emergency=True)
                & ~Q(second_by=F("author"))
                & ~Q(second_by=F("submitted_by")),
                name="countersigned_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state="pilot") & Q(pilot_mode="")
                | Q(state="pilot", pilot_mode="shadow", pilot_since__isnull=False)
                | Q(state="pilot", pilot_mode="team", pilot_since__isnull=False) & ~Q(pilot_team=""),
                name="pilot_says_how",
            ),
        ]
        indexes = [
            models.Index(fields=("activate_at",), name="version_to_activate", condition=Q(activate_at__isnull=False)),
            models.Index(
                fields=("second_due_at",),
                name="version_to_countersign",
                condition=Q(emergency=True, second_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document} v{self.number}"

    @property
    def is_unsigned(self) -> bool:
        """Whether an emergency put it to work and nobody has signed that yet."""
        return self.emergency and self.second_at is None
