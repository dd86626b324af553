"""Does everything hold that must always hold?"""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from escalations.queries import invariants
from opsportal.lib import clock


class Command(BaseCommand):
    """Asks the database for rows that break a rule; exit 1 when there are any."""

    help = "Look for lost signals, missing or late clocks, records without an owner, unproved messages."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Adds an example."""
        epilog = "Example: manage.py check_invariants --json"
        return super().create_parser(prog_name, subcommand, epilog=epilog, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        """How it is told."""
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")

    def handle(self, *args: object, **options: Any) -> None:
        """One query a rule."""
        found = invariants.breaches(now=clock.db_now())
        if options["json"]:
            self.stdout.write(json.dumps(invariants.as_json(found), default=str))
        elif found:
            for one in found:
                self.stdout.write(f"{one.rule}: {one.count} x {one.words} (such as {one.sample})")
        else:
            self.stdout.write(f"All {len(invariants.RULES)} rules hold.")
        if found:
            sys.exit(1)
