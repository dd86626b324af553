"""Run stored signals again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet
from django.utils import timezone

from escalations import replaying
from escalations.models import Signal


class Command(BaseCommand):
    """The same bytes down the same line; no escalation, message or record is made twice."""

    help = "Run stored signals again, or show what would change. Example: manage.py replay --failed --dry-run"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One choice of signals, and whether to write."""
        choice = parser.add_mutually_exclusive_group(required=True)
        choice.add_argument("--signal", type=int, help="one signal")
        choice.add_argument("--source", help="all of a source")
        choice.add_argument("--failed", action="store_true", help="those that wait in review or failed")
        choice.add_argument("--all", action="store_true", help="every signal")
        parser.add_argument("--dry-run", action="store_true", help="show what would change, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Replay and say what changed."""
        chosen = self._chosen(options)
        done = replaying.replay(chosen.iterator(), now=timezone.now(), dry_run=options["dry_run"])
        for one in done:
            if one.changed:
                record = f", ESC-{one.escalation_id}" if one.escalation_id else ""
                self.stdout.write(f"signal {one.signal_id}: {one.before} → {one.after}{record}")
        would = "would change" if options["dry_run"] else "changed"
        self.stdout.write(f"{len(done)} replayed, {sum(one.changed for one in done)} {would}")

    def _chosen(self, options: dict[str, Any]) -> QuerySet[Signal]:
        rows = Signal.objects.select_related("source", "delivery").order_by("pk")
        if options["signal"]:
            rows = rows.filter(pk=options["signal"])
            if not rows.exists():
                raise CommandError(f"there is no signal {options['signal']}")
        if options["source"]:
            rows = rows.filter(source__slug=options["source"])
            if not rows.exists():
                raise CommandError(f"no signal came from {options['source']!r}")
        if options["failed"]:
            rows = rows.filter(stage__in=(Signal.Stage.REVIEW, Signal.Stage.FAILED))
        return rows
