"""One sweep, for cron or for whoever wants to see what is due."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from escalations import clockwork


class Command(BaseCommand):
    """Sweeps once and prints how much of each was done."""

    help = "Fire what is due, take waiting signals down the line and send what waits, once. Safe beside any other."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Adds an example."""
        return super().create_parser(prog_name, subcommand, epilog="Example: manage.py tick", **kwargs)

    def handle(self, *args: object, **options: Any) -> None:
        """One sweep, its counts as JSON."""
        self.stdout.write(json.dumps(clockwork.sweep(), sort_keys=True))
