"""Check documents without loading them."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from templates_engine import services


class Command(BaseCommand):
    """Every problem of every file, each with its place."""

    help = "Check document files and print every problem. Example: manage.py check_catalog my-template.yaml"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The files."""
        parser.add_argument("files", nargs="+", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit with 1 when anything is wrong."""
        try:
            texts = [(str(file), file.read_text(encoding="utf-8")) for file in options["files"]]
        except (OSError, UnicodeDecodeError) as fault:
            raise CommandError(str(fault)) from fault
        parsed, problems = services.check(texts)
        for name, problem in problems:
            self.stdout.write(f"{name}:{problem}")
        for name, one in parsed:
            for note in one.notes:
                self.stdout.write(f"{name}:{note} (a note, no fault)")
        if problems:
            raise CommandError(f"{_count(len(problems), 'problem')} in {_count(len(texts), 'file')}")
        self.stdout.write(f"{len(texts)} files are fine" if len(texts) != 1 else "1 file is fine")


def _count(number: int, what: str) -> str:
    return f"1 {what}" if number == 1 else f"{number} {what}s"
