"""Who watches the clocks, and whether the queue still answers. No history: these rows say how it is, not how it was."""

from django.db import models


class Lease(models.Model):
    """A right that one holder has at a time; it lasts while it is renewed."""

    name = models.CharField(max_length=60, primary_key=True)
    holder = models.CharField(max_length=160, blank=True)
    until = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True, help_text="When its holder last did its work.")
    data = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.name} held by {self.holder or 'nobody'}"


class Canary(models.Model):
    """The last question that a supervisor sent through its own queue; unanswered, the queue is stuck."""

    holder = models.CharField(max_length=160, primary_key=True, help_text="The supervisor that asks.")
    number = models.PositiveBigIntegerField(default=0)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "canaries"

    def __str__(self) -> str:
        return f"{self.holder} asked at {self.asked_at:%Y-%m-%d %H:%M:%S}"
