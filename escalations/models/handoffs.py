"""Every change of the next owner."""

from django.db import models

from escalations.models.escalations import Escalation
from escalations.models.people import Person


class Handoff(models.Model):
    """Ownership moved: from whom, to whom, why, and by when something is expected."""

    class How(models.TextChoices):
        OPENED = "opened"
        HANDED = "handed", "handed off"
        FAILED_OVER = "failed_over", "moved by itself"

    escalation = models.ForeignKey(Escalation, models.PROTECT, related_name="handoffs")
    how = models.CharField(max_length=12, choices=How)
    from_person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    to_person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=300)
    expected_by = models.DateTimeField(null=True)
    absence = models.ForeignKey("escalations.Absence", models.PROTECT, null=True, related_name="handoffs")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"to {self.to_person}: {self.reason}"
