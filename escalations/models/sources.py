"""Systems that send us signals."""

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models

from opsportal.audit.history import HistoricalRecords


def field_keys() -> MultiFernet:
    """What seals secrets in rows, newest key first."""
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])


class Source(models.Model):
    """One way in: an address, a vendor's signature scheme, its secrets and its mapping."""

    class State(models.TextChoices):
        ACTIVE = "active"
        PAUSED = "paused"
        DISABLED = "disabled"

    slug = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    mapping_key = models.SlugField(max_length=80, help_text="The mapping document that reads its payloads.")
    unsigned = models.BooleanField(default=False, help_text="Takes bodies without a signature.")
    sealed_secrets = models.TextField(blank=True, editable=False)
    key_path = models.CharField(max_length=200, blank=True, help_text="Where a generic body holds its own id.")
    max_bytes = models.PositiveIntegerField(default=1024 * 1024)

    history = HistoricalRecords(excluded_fields=["sealed_secrets"])

    class Meta:
        ordering = ("slug",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(unsigned=True) | ~models.Q(sealed_secrets=""), name="source_has_a_secret"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.slug

    @property
    def secrets(self) -> tuple[str, ...]:
        """The shared secrets, newest first, opened with the field keys."""
        return tuple(field_keys().decrypt(part.encode()).decode() for part in self.sealed_secrets.split())

    def seal_secrets(self, *secrets: str) -> None:
        """Store the secrets encrypted; history keeps none of them."""
        self.sealed_secrets = " ".join(field_keys().encrypt(secret.encode()).decode() for secret in secrets)
