"""Connect a system that sends signals."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from escalations.services import sources
from escalations.services.errors import Refused


class Command(BaseCommand):
    """Makes a source, or gives one new secrets, and prints where to post."""

    help = (
        "Connect a source and print its endpoint. Example: manage.py connect_source zendesk zendesk-eu "
        "--secret-file secret.txt"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """KIND SLUG, and either a secret or the word that there is none."""
        parser.add_argument("kind", help="zendesk, slack or generic")
        parser.add_argument("slug", help="the last part of the address")
        parser.add_argument("--name", default="", help="what people call it")
        parser.add_argument("--secret-file", type=Path, help="file with the shared secret, one a line, newest first")
        parser.add_argument("--unsigned", action="store_true", help="take bodies without a signature")
        parser.add_argument("--mapping", default="", help="key of the mapping document; default: the kind's own")
        parser.add_argument("--key-path", default="", help="where a generic body holds its own id")

    def handle(self, *args: Any, **options: Any) -> None:
        """Connect, and say what to paste where."""
        secrets: tuple[str, ...] = ()
        if options["secret_file"]:
            try:
                secrets = tuple(options["secret_file"].read_text().split())
            except OSError as fault:
                raise CommandError(f"the secret can not be read: {fault}") from fault
            if not secrets:
                raise CommandError("the secret file is empty")
        try:
            source, made = sources.connect(
                kind=options["kind"],
                slug=options["slug"],
                name=options["name"],
                secrets=secrets,
                unsigned=options["unsigned"],
                mapping_key=options["mapping"],
                key_path=options["key_path"],
            )
        except Refused as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(f"{settings.PUBLIC_URL}/in/{source.slug}/")
        if made:
            self.stdout.write(f"secret (shown once): {made}")
