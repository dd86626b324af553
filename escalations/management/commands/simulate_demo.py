"""Send made-up webhooks to a portal in demo mode."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from escalations.demo import simulator


class Command(BaseCommand):
    """Runs until it is ended."""

    help = (
        "Send signed, made-up webhooks to an address, as the demo does. The secret comes from "
        "OPSPORTAL_SIMULATOR_SECRET. Example: manage.py simulate_demo --address http://127.0.0.1:8000"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to, and the seed of chance."""
        parser.add_argument("--address", required=True, help="the portal's address")
        parser.add_argument("--seed", type=int, help="the same seed sends the same troubles")

    def handle(self, *args: Any, **options: Any) -> None:
        """Send until ended."""
        secret = os.environ.get("OPSPORTAL_SIMULATOR_SECRET", "")
        if not secret:
            raise CommandError("OPSPORTAL_SIMULATOR_SECRET is not set; `make run` sets it in demo mode")
        try:
            simulator.run(options["address"].rstrip("/"), secret, seed=options["seed"])
        except KeyboardInterrupt:
            self.stdout.write("simulator ended")
