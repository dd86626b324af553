"""The audit app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """History base, acting scope and (later) the sealed chain."""

    name = "opsportal.audit"
    label = "audit"
