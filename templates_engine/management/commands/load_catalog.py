"""Load documents from files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from templates_engine import services
from templates_engine.spec.documents import DocumentError

SHIPPED = Path(__file__).resolve().parents[2] / "catalog"


class Command(BaseCommand):
    """New documents become active; a shipped change of a known one arrives as a draft."""

    help = "Load the shipped catalog, or folders of documents. Example: manage.py load_catalog company/documents"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Folders; of two documents with one key the later folder's holds."""
        parser.add_argument("folders", nargs="*", type=Path, help="folders with .yaml files; none: the shipped ones")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load all or nothing, and say what became of each."""
        texts: list[tuple[str, str]] = []
        for folder in options["folders"] or [SHIPPED]:
            files = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
            if not files:
                raise CommandError(f"{folder} holds no .yaml files")
            try:
                texts += [(str(file), file.read_text(encoding="utf-8")) for file in files]
            except (OSError, UnicodeDecodeError) as fault:
                raise CommandError(str(fault)) from fault
        try:
            loaded = services.load(texts, now=timezone.now())
        except DocumentError as fault:
            raise CommandError("nothing was loaded:\n" + "\n".join(map(str, fault.problems))) from fault
        for one in loaded:
            if one.outcome != "unchanged":
                self.stdout.write(f"{one.kind} {one.key}: {one.outcome}")
        self.stdout.write(f"{len(loaded)} documents, {sum(one.outcome == 'unchanged' for one in loaded)} unchanged")
