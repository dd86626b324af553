"""The documents app."""

from django.apps import AppConfig


class TemplatesEngineConfig(AppConfig):
    """What should happen: versioned, signed-off documents."""

    name = "templates_engine"
