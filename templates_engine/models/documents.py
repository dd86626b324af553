"""Documents: whatever changes behaviour stands under a kind and a key."""

from django.db import models

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

    @property
    def rules_alone(self) -> bool:
        """Whether one of its kind rules: of policies one is active, whatever its key."""
        return self.kind not in (self.Kind.TEMPLATE, self.Kind.MAPPING)
