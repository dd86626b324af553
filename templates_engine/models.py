"""Documents and their versions: whatever changes behaviour is a row here, immutable once submitted."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from opsportal.audit.history import HistoricalRecords


class Document(models.Model):
    """A template, mapping or policy under its key."""

    class Kind(models.TextChoices):
        TEMPLATE = "template"
        MAPPING = "mapping"
        FACTS = "facts"
        AUTHORITY = "authority"
        OWNERSHIP = "ownership"
        SLA = "sla"
        RANKING = "ranking"

    kind = models.CharField(max_length=12, choices=Kind)
    key = models.SlugField(max_length=80)
    title = models.CharField(max_length=120)

    history = HistoricalRecords()

    class Meta:
        ordering = ("kind", "key")
        constraints = [models.UniqueConstraint(fields=("kind", "key"), name="document_once")]

    def __str__(self) -> str:
        return self.title


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

    document = models.ForeignKey(Document, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.WRITTEN)
    text = models.TextField(help_text="As its author wrote it, comments and all.")
    body = models.JSONField()
    digest = models.CharField(max_length=64)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    approved_at = models.DateTimeField(null=True)
    approved_digest = models.CharField(max_length=64, blank=True)
    comment = models.TextField(blank=True)
    activated_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ("document_id", "-number")
        constraints = [
            models.UniqueConstraint(fields=("document", "number"), name="version_once"),
            models.UniqueConstraint(fields=("document",), condition=Q(state="active"), name="one_active_version"),
            models.CheckConstraint(
                condition=~Q(state__in=("approved", "pilot", "active"))
                | Q(origin="shipped", number=1)
                | Q(
                    approved_by__isnull=False,
                    author__isnull=False,
                    approved_at__isnull=False,
                    approved_digest=F("digest"),
                )
                & ~Q(approved_by=F("author")),
                name="signed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document} v{self.number}"
