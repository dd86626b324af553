"""Systems and shared channels that steps may send to, by name."""

from django.db import models
from django.db.models import Q

from escalations.models.sources import field_keys
from opsportal.audit.history import HistoricalRecords


class Destination(models.Model):
    """One way out: templates name its key and never an address, so that nobody writes an address into a rule."""

    class Kind(models.TextChoices):
        WEBHOOK = "webhook", "system, by signed webhook"
        ROOM = "room", "shared channel, Slack-compatible"

    key = models.SlugField(max_length=80, unique=True, help_text="How templates name it.")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.WEBHOOK)
    url = models.URLField(max_length=500, help_text="Where it is posted to.")
    link = models.URLField(max_length=500, blank=True, help_text="What people open: the channel, the console.")
    is_active = models.BooleanField(default=True)
    sealed_secret = models.TextField(blank=True, editable=False)

    history = HistoricalRecords(excluded_fields=["sealed_secret"])

    class Meta:
        ordering = ("key",)
        constraints = [
            models.CheckConstraint(condition=Q(kind="room") | ~Q(sealed_secret=""), name="webhook_has_a_secret"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def secret(self) -> str:
        """The key it checks our signature with, opened with the field keys; empty for a channel."""
        return field_keys().decrypt(self.sealed_secret.encode()).decode() if self.sealed_secret else ""

    def seal(self, secret: str) -> None:
        """Store the secret encrypted; history keeps none of it."""
        self.sealed_secret = field_keys().encrypt(secret.encode()).decode()
