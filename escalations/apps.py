"""The ledger app."""

from django.apps import AppConfig


class EscalationsConfig(AppConfig):
    """What is happening: signals, escalations, cases, timers, the outbox."""

    name = "escalations"
