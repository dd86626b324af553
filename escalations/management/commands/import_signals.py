"""Take signals from a file through the same line as webhooks."""

import hashlib
import json
import lzma
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime
from gzip import open as open_gzip
from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError

from escalations import pipeline
from escalations.models import Source
from escalations.services import intake

STEP = 500


class Command(BaseCommand):
    """Each line of a JSON Lines file is one delivery; a line that was imported before is found again."""

    help = (
        "Import signals from JSON Lines (.jsonl, also .gz or .xz) through a source's mapping. "
        "Example: manage.py import_signals events.jsonl.xz --source zendesk --dry-run"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """FILE and its source."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, help="slug of the source whose mapping reads the lines")
        parser.add_argument("--dry-run", action="store_true", help="read and count, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import line by line; interrupted, it goes on where it was, because each line has its own key."""
        source = Source.objects.filter(slug=options["source"]).first()
        if source is None:
            raise CommandError(f"there is no source {options['source']!r}; connect_source makes one")
        new = known = bad = 0
        try:
            for number, line in enumerate(_lines(options["file"]), start=1):
                if not line.strip():
                    continue
                bad += not _is_json(line)
                if options["dry_run"]:
                    new += 1
                    continue
                kept = self._keep(source, line)
                new, known = new + (not kept.duplicate), known + kept.duplicate
                if number % STEP == 0:
                    pipeline.drain()
                    self.stderr.write(f"\r{number} lines", ending="")
        except (OSError, EOFError, lzma.LZMAError) as fault:
            raise CommandError(f"{options['file']} can not be read: {fault}") from fault
        if not options["dry_run"]:
            while pipeline.drain():
                pass
        would = "would be " if options["dry_run"] else ""
        self.stdout.write(f"{new} {would}imported, {known} known already, {bad} not JSON (kept, and in review)")

    def _keep(self, source: Source, line: bytes) -> intake.Kept:
        return intake.keep(
            source=source,
            key=f"import:{hashlib.sha256(line).hexdigest()}",
            body=line,
            headers={"content-type": "application/json"},
            verdict="imported",
            now=datetime.now(UTC),
        )


def _lines(path: Path) -> Iterator[bytes]:
    with _open(path) as file:
        for line in file:
            yield line.rstrip(b"\r\n")


def _open(path: Path) -> IO[bytes]:
    if path.suffix == ".xz":
        return cast("IO[bytes]", lzma.open(path))
    if path.suffix == ".gz":
        return cast("IO[bytes]", open_gzip(path))
    return path.open("rb")


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
