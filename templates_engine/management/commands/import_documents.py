"""Import documents from files, as drafts that somebody else signs."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from templates_engine import services
from templates_engine.spec.documents import DocumentError


class Command(BaseCommand):
    """Drafts of a named author: nothing that is imported is at work before it was reviewed."""

    help = "Import a folder of documents as drafts. Example: manage.py import_documents company/documents --user author"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The folder, and whose drafts they are."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--user", required=True, help="username of the author, who can not sign them")

    def handle(self, *args: Any, **options: Any) -> None:
        """All or nothing; every problem of every file is told."""
        by = User.objects.filter(username=options["user"], is_active=True).first()
        if by is None or not by.has_perm("templates_engine.add_version"):
            raise CommandError(f"{options['user']} is nobody who may draft documents")
        folder: Path = options["folder"]
        files = sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]) if folder.is_dir() else []
        if not files:
            raise CommandError(f"{folder} holds no .yaml files")
        try:
            texts = [(file.name, file.read_bytes().decode("utf-8")) for file in files]
            loaded = services.bring(texts, by=by, now=timezone.now())
        except (OSError, UnicodeDecodeError) as fault:
            raise CommandError(str(fault)) from fault
        except DocumentError as fault:
            raise CommandError("nothing was imported:\n" + "\n".join(map(str, fault.problems))) from fault
        for one in loaded:
            self.stdout.write(f"{one.kind} {one.key}: {one.outcome}")
