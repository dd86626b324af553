"""Take signals from a file: through the same line as webhooks, or as history for backtests."""

import csv
import io
import json
import lzma
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime
from gzip import GzipFile
from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError

from escalations import pipeline
from escalations.models import Source
from escalations.services import importing
from escalations.services.importing import Line

STEP = 500
BAR = 30
# How logs write a moment; without a zone it is UTC.
FORMATS = ("%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S")


class Command(BaseCommand):
    """Each line of JSON Lines, each row of a CSV is one delivery; one that was imported before is found again."""

    help = (
        "Import signals from JSON Lines (.jsonl) or CSV (.csv, a row as an object of its columns), also .gz or .xz, "
        "through a source's mapping. Example: manage.py import_signals log.csv.xz --source log --history --at updated"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """FILE, its source, and what becomes of it."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, help="slug of the source whose mapping reads the lines")
        parser.add_argument("--dry-run", action="store_true", help="read and count, write nothing")
        parser.add_argument("--history", action="store_true", help="for backtests only: no work comes of it")
        parser.add_argument("--at", default="", help="the column that says when (ISO 8601 or day/month/year, UTC)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import line by line; interrupted, it goes on where it was, because each line has its own key."""
        source = Source.objects.filter(slug=options["source"]).first()
        if source is None:
            raise CommandError(f"there is no source {options['source']!r}; connect_source makes one")
        if options["at"] and not options["history"]:
            raise CommandError("--at is for --history: what goes down the line happens now")
        told = _Told(dry_run=options["dry_run"])
        part: list[Line] = []
        try:
            for number, (body, share) in enumerate(_bodies(options["file"]), start=1):
                line = told.line(body, options["at"])
                if line is not None:
                    part.append(line)
                if number % STEP == 0:
                    self._keep(source, part, told, history=options["history"])
                    part = []
                    self._progress(share, number)
            self._keep(source, part, told, history=options["history"])
        except (OSError, EOFError, lzma.LZMAError, csv.Error, UnicodeDecodeError) as fault:
            raise CommandError(f"{options['file']} can not be read: {fault}") from fault
        self._progress(1.0, told.read)
        self.stderr.write("")
        self.stdout.write(told.words(history=options["history"]))

    def _keep(self, source: Source, lines: list[Line], told: "_Told", *, history: bool) -> None:
        if told.dry_run:
            told.new += len(lines)
            return
        new = importing.remember(source, lines) if history else sum(importing.keep(source, one) for one in lines)
        told.new, told.known = told.new + new, told.known + len(lines) - new
        while not history and pipeline.drain():
            pass

    def _progress(self, share: float, number: int) -> None:
        full = round(BAR * min(share, 1.0))
        self.stderr.write(f"\r[{'#' * full}{'.' * (BAR - full)}] {share:4.0%} {number:,} lines", ending="")


class _Told:
    """What became of the lines so far."""

    def __init__(self, *, dry_run: bool) -> None:
        self.dry_run = dry_run
        self.read = self.new = self.known = self.bad = self.undated = 0

    def line(self, body: bytes, at: str) -> Line | None:
        """The line to keep; None for one that can not be told when it was."""
        self.read += 1
        try:
            said = json.loads(body)
        except (ValueError, RecursionError):
            said = None
            self.bad += 1
        if not at:
            return Line(body, datetime.now(UTC))
        moment = _moment(said.get(at)) if isinstance(said, dict) else None
        if moment is None:
            self.undated += 1
            return None
        return Line(body, moment)

    def words(self, *, history: bool) -> str:
        """The whole import in one line."""
        would = "would be " if self.dry_run else ""
        how = " as history" if history else ""
        bad = "kept" if history else "kept, and in review"
        left = f", {self.undated} without a time left out" if self.undated else ""
        return f"{self.new} {would}imported{how}, {self.known} known already, {self.bad} not JSON ({bad}){left}"


def _moment(text: object) -> datetime | None:
    if not isinstance(text, str):
        return None
    try:
        moment: datetime | None = datetime.fromisoformat(text.strip())
    except ValueError:
        moment = next(filter(None, (_parsed(text.strip(), one) for one in FORMATS)), None)
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)


def _parsed(text: str, how: str) -> datetime | None:
    try:
        return datetime.strptime(text, how).replace(tzinfo=UTC)
    except ValueError:
        return None


def _bodies(path: Path) -> Iterator[tuple[bytes, float]]:
    """Each body, and how much of the file was read by then."""
    size = max(path.stat().st_size, 1)
    with path.open("rb") as raw:
        file = _unpacked(path, raw)
        for body in _rows(file) if ".csv" in path.suffixes else _lines(file):
            yield body, raw.tell() / size


def _unpacked(path: Path, raw: IO[bytes]) -> IO[bytes]:
    if path.suffix == ".xz":
        return cast("IO[bytes]", lzma.open(raw))
    if path.suffix == ".gz":
        return cast("IO[bytes]", GzipFile(fileobj=raw))
    return raw


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    for line in file:
        if line.strip():
            yield line.rstrip(b"\r\n")


def _rows(file: IO[bytes]) -> Iterator[bytes]:
    """A row as an object of its columns; what stands beyond the last named column is kept under "more"."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    for row in csv.DictReader(text, restkey="more"):
        yield json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()
