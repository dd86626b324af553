"""Emptying a database: nothing of it is kept, so the guards step aside for it."""

from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands.flush import Command as Flush

from templates_engine import guards


class Command(Flush):
    """Django's own, between the guards being put aside and put up again."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Adds an example."""
        return super().create_parser(prog_name, subcommand, epilog="Example: manage.py flush --no-input", **kwargs)

    def handle(self, **options: Any) -> None:
        """Empty every table."""
        guards.remove()
        try:
            super().handle(**options)
        finally:
            guards.install()
