"""Customers, and what each system calls them."""

from django.db import models

from escalations.models.people import Person
from opsportal.audit.history import HistoricalRecords


class Account(models.Model):
    """One customer: tier, renewal, yearly amount and the person who knows them."""

    key = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    tier = models.CharField(max_length=40, blank=True, help_text="Empty means nobody said: a doubt, not a default.")
    renewal_on = models.DateField(null=True, blank=True)
    amount = models.BigIntegerField(null=True, blank=True, help_text="Whole units of the currency, a year.")
    currency = models.CharField(max_length=3, default="EUR")
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="accounts")

    history = HistoricalRecords()

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class AccountIdentifier(models.Model):
    """What one system calls the account: an organisation, company, channel or mail domain."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="identifiers")
    system = models.CharField(max_length=60)
    value = models.CharField(max_length=200)

    history = HistoricalRecords()

    class Meta:
        ordering = ("system", "value")
        constraints = [models.UniqueConstraint(fields=("system", "value"), name="identifier_once")]

    def __str__(self) -> str:
        return f"{self.system}: {self.value}"
