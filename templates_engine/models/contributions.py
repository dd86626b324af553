"""Who had a hand in a version. Rows are added while it is a draft, and never changed or removed (guards.py)."""

from django.conf import settings
from django.db import models

from templates_engine.models.versions import Version


class Contribution(models.Model):
    """Somebody who wrote, edited or submitted a version: an author, who can not sign it."""

    version = models.ForeignKey(Version, models.PROTECT, related_name="contributions", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ("version_id", "at", "id")
        constraints = [models.UniqueConstraint(fields=("version", "user"), name="contributor_once")]

    def __str__(self) -> str:
        return f"{self.user} on {self.version}"
