"""The timeline of a record, in sentences."""

from django.db import models

from escalations.models.cases import Case
from escalations.models.escalations import Escalation


class Entry(models.Model):
    """One thing that happened to an escalation or a case: who, what, why, by which rule."""

    escalation = models.ForeignKey(Escalation, models.PROTECT, null=True, related_name="entries", db_index=False)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="entries")
    at = models.DateTimeField()
    verb = models.CharField(max_length=30)
    actor = models.CharField(max_length=150)
    text = models.CharField(max_length=500)
    data = models.JSONField(default=dict)
    act = models.CharField(max_length=32, help_text="Joins it to the history rows of the same act.")

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "entries"
        indexes = [models.Index(fields=("escalation", "id"), name="entry_timeline")]

    def __str__(self) -> str:
        return self.text
