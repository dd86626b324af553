"""What `make run` starts: brings the database up to this version, then keeps web, worker and simulator running."""

import os
import socket
import sqlite3
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from environ import FileAwareEnv

from escalations.demo import CATALOG as DEMO
from opsportal import first_run
from opsportal.demo_logins import LOGINS, PASSWORD
from opsportal.lib import env, statics, upgrades
from opsportal.lib.keeping import Keeper
from opsportal.lib.processes import Group
from opsportal.roles import ensure_roles
from templates_engine.management.commands.load_catalog import SHIPPED

PORTS = range(1, 65536)
SECRET = "OPSPORTAL_SIMULATOR_SECRET"  # noqa: S105  the variable's name


class Command(BaseCommand):
    """Runs until Ctrl-C or TERM, and ends everything it started."""

    help = "Prepare the database, then run web, worker and, in the demo, a simulator. PORT= and DEMO=0 as for make."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Adds an example."""
        return super().create_parser(prog_name, subcommand, epilog="Example: PORT=8010 manage.py serve", **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen."""
        parser.add_argument("--bind", default="127.0.0.1", help="address to listen on (default: this machine only)")
        parser.add_argument("--prepare", action="store_true", help="bring the database up to this version, then end")

    def handle(self, *args: object, **options: Any) -> None:
        """Prepare, then serve."""
        bind, port = options["bind"], _port()
        if not options["prepare"]:
            _free(bind, port)
        try:
            self._prepare()
        except DatabaseError as fault:
            raise CommandError(f"The database does not answer as it should: {str(fault).strip()}") from fault
        if statics.collect():
            self._say("Static files collected.")
        connection.close()
        if not options["prepare"]:
            Keeper(programs(bind, port), tell=self._say).run(started=self._welcome)
            self._say("Stopped.")

    def _prepare(self) -> None:
        newer = upgrades.unknown()
        if newer:
            raise CommandError(
                f"This database was used by a newer version of the portal ({newer[-1]} is unknown here). "
                "Start that version, or restore the copy made before its first start."
            )
        new = upgrades.is_new()
        pending = upgrades.pending()
        if pending:
            if not new:
                self._copy(len(pending))
            call_command("migrate", interactive=False, verbosity=0)
            self._say("Database made." if new else f"Database brought up to date: {len(pending)} migrations.")
        ensure_roles()
        folders = [SHIPPED, DEMO] if settings.DEMO else [SHIPPED]
        call_command("load_catalog", *map(str, folders), stdout=self.stdout)
        if settings.DEMO:
            os.environ[SECRET] = env.secret(FileAwareEnv(), SECRET, settings.VAR_DIR)
            call_command("seed_demo", stdout=self.stdout)

    def _copy(self, count: int) -> None:
        try:
            copy = upgrades.backup(settings.VAR_DIR / "backups")
        except (OSError, sqlite3.Error) as fault:
            raise CommandError(f"No copy of the database could be made ({fault}): nothing was changed.") from fault
        if copy:
            self._say(f"Copied the database to {copy} before {count} migrations.")
        else:
            self._say(f"{count} migrations to run. A database server is not copied here: see that you have a backup.")

    def _welcome(self) -> None:
        self._say(f"Opsportal: {settings.PUBLIC_URL}")
        if settings.DEMO:
            self._say(f"Demo logins: {', '.join(LOGINS)}; password: {PASSWORD}")
        else:
            link = first_run.link()
            if link:
                self._say(f"Nobody can sign in yet. Make the first administrator, once: {link}")
        self._say("Ctrl-C stops everything.")
        connection.close()

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _port() -> int:
    given = os.environ.get("PORT", "8000")
    if not given.isdigit() or int(given) not in PORTS:
        raise CommandError(f"PORT takes a number from 1 to 65535, not {given!r}")
    return int(given)


def _free(bind: str, port: int) -> None:
    """Raises CommandError when somebody listens there already."""
    with socket.socket(socket.AF_INET6 if ":" in bind else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except OSError as fault:
            words = fault.strerror.lower() if fault.strerror else str(fault)
            raise CommandError(f"Can not listen on {bind}:{port}: {words}. Try PORT={port % 65535 + 1}.") from fault


def programs(bind: str, port: int) -> dict[str, Group]:
    """What the portal consists of when it runs, by the name people read."""
    manage = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py")]
    host = f"[{bind}]" if ":" in bind else bind
    gunicorn = [
        "-m",
        "gunicorn",
        "opsportal.wsgi:application",
        "--chdir",
        str(settings.BASE_DIR),
        "--no-control-socket",
    ]
    # Loaded once and forked: a worker that was killed answers again at once, not seconds later when it has read all.
    threads = ["--preload", "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--graceful-timeout", "5"]
    programs = {
        "The web server": Group(
            [sys.executable, *gunicorn, *threads, "--bind", f"{host}:{port}", "--log-level", "warning"]
        ),
        "The worker": Group([*manage, "work"]),
    }
    if settings.DEMO:
        # Through the front door, as any other sender: it knows an address and a secret, nothing else.
        address = f"http://{'127.0.0.1' if bind in {'0.0.0.0', '::'} else host}:{port}"  # noqa: S104  compared only
        programs["The simulator"] = Group([*manage, "simulate_demo", "--address", address])
    return programs
