"""The documents app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate

from templates_engine import guards


class TemplatesEngineConfig(AppConfig):
    """What should happen: versioned, signed-off documents."""

    name = "templates_engine"

    def ready(self) -> None:
        """Guards step aside for a migrate and stand again after it."""
        pre_migrate.connect(guards.before_migrate, sender=self, dispatch_uid="guards aside")
        post_migrate.connect(guards.after_migrate, sender=self, dispatch_uid="guards up")
