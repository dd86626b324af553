"""Write documents to files, as they were written."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from templates_engine import services


class Command(BaseCommand):
    """One file a document, comments and all: for review in git, or for another portal."""

    help = "Write the active documents to a folder. Example: manage.py export_documents company/documents"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The folder, and whether every version is wanted."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--all", action="store_true", help="every version, not only the active ones")

    def handle(self, *args: Any, **options: Any) -> None:
        """Files of the same name are written anew; others are left alone."""
        folder: Path = options["folder"]
        count = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name, text in services.exported(every=options["all"]):
                # As bytes: a text keeps the line ends it was written with.
                (folder / name).write_bytes(text.encode())
                count += 1
        except OSError as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(f"{count} files in {folder}")
