"""People who own work, and the teams they stand in for one another in."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Max, Q

from opsportal.audit.history import HistoricalRecords


class PersonQuerySet(models.QuerySet["Person"]):
    """Reads over people."""

    def present(self, now: datetime) -> "PersonQuerySet":
        """People who can act at `now`: active and not absent."""
        return self.filter(is_active=True).exclude(absences__starts_at__lte=now, absences__ends_at__gt=now)

    def with_absence(self, now: datetime) -> "PersonQuerySet":
        """Each with `away_until`: the end of the absence they are in, or None."""
        here = Q(absences__starts_at__lte=now, absences__ends_at__gt=now)
        return self.annotate(away_until=Max("absences__ends_at", filter=here))


class Person(models.Model):
    """Somebody who can be the next owner. Never deleted: leaving the company makes them inactive."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="person", null=True, blank=True)
    username = models.SlugField(max_length=150, unique=True, help_text="How documents name this person.")
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    slack_url = models.URLField(blank=True, max_length=500, help_text="A Slack-compatible incoming webhook.")
    time_zone = models.CharField(max_length=64, default="UTC")
    is_active = models.BooleanField(default=True)

    history = HistoricalRecords()
    objects = PersonQuerySet.as_manager()

    class Meta:
        ordering = ("name", "id")
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """A named group whose members stand in for one another, in their order."""

    key = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    members: "models.ManyToManyField[Person, Membership]" = models.ManyToManyField(
        Person, through="Membership", related_name="teams"
    )

    history = HistoricalRecords()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's place in a team: the first present member takes the work."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    position = models.PositiveSmallIntegerField(default=0)

    history = HistoricalRecords()

    class Meta:
        ordering = ("position", "id")
        constraints = [models.UniqueConstraint(fields=("team", "person"), name="member_once")]

    def __str__(self) -> str:
        return f"{self.person} in {self.team}"
