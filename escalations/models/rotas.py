"""Rotas: who is on call when, as layers of turns, overrides over them, and the absences of people."""

import secrets

from django.db import models
from django.db.models import F, Q

from escalations.models.people import Person
from opsportal.audit.history import HistoricalRecords


def feed_key() -> str:
    """What makes the address of a rota's calendar one that cannot be guessed."""
    return secrets.token_urlsafe(24)


class Rota(models.Model):
    """A duty that is always about one person at a time. Documents name it by its key."""

    key = models.SlugField(max_length=80, unique=True, help_text="How documents name this rota.")
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64, default="UTC", help_text="Hand-overs and hours are told in this zone.")
    feed_key = models.CharField(max_length=64, default=feed_key, unique=True, editable=False)

    history = HistoricalRecords()

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class RotaLayer(models.Model):
    """People who take turns; a higher position stands above a lower one."""

    rota = models.ForeignKey(Rota, models.CASCADE, related_name="layers")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=80)
    starts_on = models.DateField(help_text="The day of the first hand-over.")
    hand_over_at = models.TimeField(help_text="Local time of every hand-over.")
    turn_hours = models.PositiveIntegerField(default=168, help_text="Length of a turn in hours; 168 is a week.")
    people = models.JSONField(default=list, help_text="Ids of the people in their order; null is a turn nobody holds.")
    windows = models.JSONField(
        default=list,
        blank=True,
        help_text='Hours it covers: [{"days": [0, 1], "from": "09:00", "until": "17:00"}], 0 is Monday; empty: all.',
    )

    history = HistoricalRecords()

    class Meta:
        ordering = ("rota_id", "position", "id")
        constraints = [
            models.UniqueConstraint(fields=("rota", "position"), name="layer_position_once"),
            models.CheckConstraint(condition=Q(turn_hours__gte=1), name="turn_of_an_hour_or_more"),
        ]

    def __str__(self) -> str:
        return f"{self.rota}: {self.name}"


class RotaOverride(models.Model):
    """Somebody holds the rota for a while, whatever its layers say; a swap is two of them."""

    class Origin(models.TextChoices):
        FORM = "form", "by hand"
        SWAP = "swap"
        CALENDAR = "calendar", "from a calendar"

    rota = models.ForeignKey(Rota, models.CASCADE, related_name="overrides")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.FORM)
    cancelled_at = models.DateTimeField(null=True, editable=False)

    history = HistoricalRecords()

    class Meta:
        ordering = ("starts_at", "id")
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="override_has_a_length")]
        indexes = [models.Index(fields=("rota", "ends_at"), name="override_by_end", condition=Q(cancelled_at=None))]

    def __str__(self) -> str:
        return f"{self.person} for {self.rota}"


class Absence(models.Model):
    """From when until when somebody is away; their open work moves at its start."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="absences")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    deputy = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who takes the open work, if present.",
    )
    reason = models.CharField(max_length=300, blank=True)
    moved_at = models.DateTimeField(null=True, editable=False, help_text="When the open work was moved.")
    returned_at = models.DateTimeField(null=True, editable=False, help_text="When what nobody took up came back.")

    history = HistoricalRecords()

    class Meta:
        ordering = ("-starts_at", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gte=F("starts_at")), name="absence_ends_after_it_starts"),
            models.CheckConstraint(condition=~Q(deputy=F("person")), name="deputy_is_another"),
        ]
        indexes = [
            models.Index(fields=("ends_at",), name="absence_by_end"),
            models.Index(fields=("starts_at",), name="absence_to_begin", condition=Q(moved_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.person} away"
