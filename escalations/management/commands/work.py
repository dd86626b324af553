"""The supervised worker: a cluster in its own process group, and a supervisor that never trusts it."""

import os
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from escalations import clockwork
from escalations.services import watching
from opsportal.lib import clock, queue
from opsportal.lib.processes import Group, die_with_parent_and_so_do_forks
from opsportal.lib.supervisor import Patience, Supervisor

MOST_WORKERS = 64
# A busy machine answers a canary within a second or two; less patience would kill what works.
LEAST_LATE_S = 3.0


class Care:
    """The supervisor's duties in this portal's words."""

    def __init__(self, own: str) -> None:
        self.own = own

    def ask(self) -> None:
        """Send a canary."""
        watching.ask_canary(own=self.own)

    def answered(self) -> bool:
        """Whether the canary came back."""
        return watching.canary_answered(own=self.own)

    def watched(self) -> bool:
        """Whether anybody, on any host, sweeps each second."""
        return watching.watched()

    def call_watch(self) -> None:
        """Have our cluster take up the watch."""
        watching.call_watch(own=self.own)

    def sweep(self) -> None:
        """Sweep here, and leave a note of it for the health page."""
        watching.note_sweep(own=self.own, done=clockwork.sweep())

    def let_go(self) -> None:
        """Free the watch and drop unanswered canaries."""
        watching.end_watch(own=self.own)


class Command(BaseCommand):
    """Runs workers under a supervisor until Ctrl-C or TERM."""

    help = "Run the workers under a supervisor. Several may run, on several hosts, on one database."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Adds an example."""
        return super().create_parser(prog_name, subcommand, epilog="Example: manage.py work --workers 4", **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        """How many workers."""
        parser.add_argument("--workers", type=int, default=settings.Q_CLUSTER["workers"], help="processes that work")
        parser.add_argument(
            "--late", type=float, default=Patience().late, help="seconds without an answer until they are restarted"
        )
        parser.add_argument("--cluster", action="store_true", help="be the cluster itself; the supervisor says this")

    def handle(self, *args: object, **options: Any) -> None:
        """Supervise, or be what is supervised."""
        workers: int = options["workers"]
        if not 2 <= workers <= MOST_WORKERS:
            # One holds the watch nearly all the time; alone it would leave nobody for anything else.
            raise CommandError(f"--workers takes 2 to {MOST_WORKERS}, not {workers}")
        clock.guard()
        if options["cluster"]:
            parent = os.environ.get("OPSPORTAL_SUPERVISOR")
            die_with_parent_and_so_do_forks(parent=int(parent) if parent else None)
            queue.run_cluster(workers=workers)
            return
        if options["late"] < LEAST_LATE_S:
            raise CommandError(f"--late takes {LEAST_LATE_S:.0f} or more seconds, not {options['late']}")
        self._supervise(workers, Patience(late=options["late"]))

    def _supervise(self, workers: int, patience: Patience) -> None:
        queue.keep_connections()
        queue.ensure_schedules({"watch": "escalations.tasks.watch"})
        own = queue.name_own_queue()
        manage = str(Path(settings.BASE_DIR) / "manage.py")
        group = Group(
            [sys.executable, manage, "work", "--cluster", "--workers", str(workers)],
            environment={queue.OWN_QUEUE: own, "OPSPORTAL_SUPERVISOR": str(os.getpid())},
        )
        self._tell(f"Worker: {workers} processes, supervised. Ctrl-C stops them.")
        try:
            Supervisor(group, Care(own), patience=patience, tell=self._tell).run()
        finally:
            watching.retire(own=own)
        self._tell("Worker: stopped.")

    def _tell(self, line: str) -> None:
        """At once, also into a pipe."""
        self.stdout.write(line)
        self.stdout.flush()
