"""Fill an empty portal with the demo company."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from escalations.demo import seeding


class Command(BaseCommand):
    """Does nothing where people are there already."""

    help = "Fill an empty portal in demo mode with the demo company Larkfield. Example: manage.py seed_demo"

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed, and say what was made."""
        if not settings.DEMO:
            raise CommandError("demo logins have a known password: seed_demo runs with OPSPORTAL_DEMO=1 only")
        secret = os.environ.get("OPSPORTAL_SIMULATOR_SECRET") or settings.SECRET_KEY[:40]
        if not seeding.seed(secret=secret, now=timezone.now()):
            self.stdout.write("there are people already: nothing was changed")
            return
        made = seeding.morning(now=timezone.now())
        self.stdout.write(f"demo company made, with {made} escalations of this morning")
