"""Make an API token."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from escalations.services import tokens


class Command(BaseCommand):
    """Prints the token once; only its hash is kept."""

    help = "Make an API token of a login and print it, once. Example: manage.py create_token integrator"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """USER, and a name to tell tokens apart."""
        parser.add_argument("username")
        parser.add_argument("--name", default="", help="what the token is for")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it and print it."""
        user = get_user_model().objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            raise CommandError(f"there is no active login {options['username']!r}")
        self.stdout.write(tokens.create(user=user, name=options["name"], now=timezone.now()))
