"""What was said about a version: a discussion that is added to, never changed."""

from django.conf import settings
from django.db import models

from templates_engine.models.versions import Version


class Remark(models.Model):
    """One remark, on the version as a whole or on one of its fields."""

    version = models.ForeignKey(Version, models.PROTECT, related_name="remarks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    path = models.CharField(max_length=300, blank=True, help_text="The field it is about; empty for the version.")
    text = models.TextField()

    class Meta:
        ordering = ("version_id", "id")
        constraints = [models.CheckConstraint(condition=~models.Q(text=""), name="remark_says_something")]

    def __str__(self) -> str:
        return f"{self.by}: {self.text[:60]}"
