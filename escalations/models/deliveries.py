"""What arrived, byte for byte, before anything read it."""

from django.db import models

from escalations.models.sources import Source


class Delivery(models.Model):
    """One authenticated request: its bytes, the headers that matter and the signature's verdict."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="deliveries", db_index=False)
    key = models.CharField(max_length=220, help_text="The sender's id of this delivery, or the body's hash.")
    received_at = models.DateTimeField()
    body = models.BinaryField()
    headers = models.JSONField(default=dict)
    verdict = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=("source", "key"), name="delivery_once")]
        indexes = [models.Index(fields=("source", "received_at"), name="delivery_by_source_time")]

    def __str__(self) -> str:
        return f"delivery {self.pk}"


class Rejection(models.Model):
    """A request that was turned away: only time, reason, length and hash are kept, never the body."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="rejections")
    at = models.DateTimeField(db_index=True)
    reason = models.CharField(max_length=40)
    length = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.reason} at {self.at:%Y-%m-%d %H:%M:%S}"
