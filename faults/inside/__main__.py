"""One run on one database: build, send and kill, settle, stop, look. Started by `python -m faults`."""

import argparse
import logging
import os
import random
import secrets
import sys
import time
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from faults.inside import company, figures, sabotage, settling, verdict
from faults.programs import Programs
from faults.receiver import Receiver
from faults.sender import Letter, Sender, letters
from faults.victims import Killer
from opsportal.lib.processes import Group
from opsportal.management.commands.serve import programs

READY_S = 90
SHORTEST_S = 0.05
# So many letters the stream may run ahead of the kills.
AHEAD = 20
OVERTIME = 3.0


def tell(line: str) -> None:
    """Print at once, also into a pipe."""
    print(line, flush=True)


def arguments() -> argparse.Namespace:
    """As `python -m faults` hands them on."""
    parser = argparse.ArgumentParser(prog="python -m faults.inside")
    parser.add_argument("--db", required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--signals", type=int, required=True)
    parser.add_argument("--kills", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--settle", type=float, required=True)
    parser.add_argument("--sabotage", default="")
    return parser.parse_args()


def groups() -> dict[str, Group]:
    """What `serve` starts, and on a database server a second worker, as another host would run it."""
    web, work = programs("127.0.0.1", int(os.environ["PORT"])).values()
    found = {"web": web, "work": work}
    if connection.vendor != "sqlite":
        found["work too"] = Group(work.command)
    return found


def wait_until_ready(sender: Sender, first: Letter) -> None:
    """Until one delivery is taken and read: a run that kills what never started tells nothing."""
    limit = time.monotonic() + READY_S
    sender.start()
    while not first.answers:
        if time.monotonic() > limit:
            raise SystemExit(f"the portal did not come up in {READY_S} s: see {settings.VAR_DIR}")
        time.sleep(0.2)


def storm(killer: Killer, sender: Sender, choice: random.Random, given: argparse.Namespace) -> float:
    """Kill at random points of the stream; returns the seconds it took.

    The points are numbers of acknowledged letters, not of seconds: a slow machine gets the same storm, only longer.
    """
    began = time.monotonic()
    limit = began + given.seconds * OVERTIME + 60
    points = sorted(choice.choices(range(1, given.signals), k=given.kills))
    told = 0
    while time.monotonic() < limit and (sender.sending() or killer.killed.total() < given.kills):
        time.sleep(SHORTEST_S)
        done = killer.killed.total()
        sender.allowed = points[done] + AHEAD if done < len(points) else given.signals
        if done == len(points) or sender.acknowledged < points[done] or not killer.strike():
            continue
        if (done + 1) * 10 // len(points) > told:
            told = (done + 1) * 10 // len(points)
            tell(f"  {time.monotonic() - began:5.0f} s  {done + 1} kills, {sender.acknowledged} acknowledged")
    return time.monotonic() - began


def main() -> int:
    """The run; 1 when anything did not hold."""
    given = arguments()
    logging.disable(logging.WARNING)
    tell(f"{given.db}: seed {given.seed}, {given.signals} signals, {given.kills} kills in {given.seconds:.0f} s")
    choice = random.Random(given.seed)
    secret = secrets.token_urlsafe(24)
    receiver = Receiver()
    call_command("migrate", interactive=False, verbosity=0)
    company.build(hooks=receiver.url, secret=secret)
    post = letters(count=given.signals, choice=choice)
    address = f"http://127.0.0.1:{os.environ['PORT']}"
    sender = Sender(address=address, secret=secret, post=post, seconds=given.seconds)
    running = Programs(groups())
    _log_to(Path(settings.VAR_DIR) / "programs.log")
    connection.close()
    running.start()
    try:
        wait_until_ready(sender, post[0])
        killer = Killer(running, choice)
        took = storm(killer, sender, choice, given)
        began = time.monotonic()
        quiet = settling.settle(seconds=given.settle, tell=tell)
        settled = time.monotonic() - began
    finally:
        running.stop()
    kinds = dict(killer.killed.most_common())
    tell(f"  {killer.killed.total()} kills in {took:.0f} s: {kinds}; settled in {settled:.0f} s")
    return judge(given, post, receiver, quiet and killer.killed.total() >= given.kills)


def _log_to(path: Path) -> None:
    """What the killed programs say goes to a file; our own words go on to where they went."""
    ours = os.dup(1)
    with path.open("ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    sys.stdout = os.fdopen(ours, "w", buffering=1)


def judge(given: argparse.Namespace, post: list[Letter], receiver: Receiver, complete: bool) -> int:
    """Look, tell, and say with which code to end."""
    receiver.close()
    if given.sabotage:
        sabotage.break_one(given.sabotage)
        tell(f"  sabotage: {given.sabotage}")
    found = verdict.faults_of(post, receiver)
    for line in figures.lines(post, receiver):
        tell(line)
    if not complete:
        found.append("the run was not complete: too few kills, or it did not settle")
    for line in found:
        tell(f"  BREACH {line}")
    tell(f"{given.db}: {'BROKEN' if found else 'everything held'}")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
