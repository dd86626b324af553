"""J5: a version tried over stored signals, the incident log of ../shared and generated ones. Prints one JSON object.

python -m benchmarks.lookback [--quick]
"""

import csv
import io
import json
import lzma
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import batched, islice
from pathlib import Path
from typing import Any

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402  models need django.setup() first

from benchmarks import meters, seeding, signals  # noqa: E402  as above
from benchmarks.scratch import ROOT  # noqa: E402  as above
from escalations.models import Account, AccountIdentifier, Signal, Source  # noqa: E402  as above
from escalations.services import backtesting, importing, sources  # noqa: E402  as above
from escalations.services.importing import Line  # noqa: E402  as above
from opsportal.lib import queue  # noqa: E402  as above
from templates_engine import services as documents  # noqa: E402  as above
from templates_engine.models import Version  # noqa: E402  as above

Figures = dict[str, float]
LOG = ROOT.parent / "shared" / "data" / "uci_incidents_opened_until_2016-04-10.csv.xz"
SECRET = "bench-" + "b" * 30
TOGETHER = 1000
GENERATED = 100_000
TICKETS = 3  # of so many signals one is about a new ticket
BEGAN = datetime(2016, 5, 1, tzinfo=UTC)
NARROWER = 'known.title && !ticket.endsWith("7") &&'


def main() -> None:
    """Store, try one version over each, print."""
    quick = "--quick" in sys.argv
    queue.keep_connections()
    seeding.fill(0)
    version = _version()
    found: dict[str, Figures] = {}
    count = 2000 if quick else GENERATED
    generated = "J5 backtest, generated signals"
    found[generated] = _tried(version, Source.objects.get(slug="zendesk"), _generated(count))
    if LOG.is_file():
        log, _ = sources.connect(
            kind="generic", slug="incident-log", name="Incident log", secrets=(SECRET,), mapping_key="incident-log"
        )
        rows = list(islice(_rows(LOG), 2000 if quick else None))
        _accounts({str(row["location"]) for row in rows})
        found["J5 backtest, incident log"] = _tried(version, log, map(_line, rows))
    print(json.dumps(found))


def _version() -> Version:
    """A draft that takes less than the active version of the template most signals end on."""
    active = Version.objects.get(document__key="any-customer-trouble", state="active")
    text = active.text.replace("known.title &&", NARROWER)
    made: Version = documents.draft(text=text, author=User.objects.get(username="author"), now=datetime.now(UTC))
    return made


def _tried(version: Version, source: Source, lines: Iterator[Line]) -> Figures:
    """Import as history, and try the version over exactly that."""
    moments = []
    for part in batched(lines, TOGETHER):
        importing.remember(source, part)
        moments += [part[0].at, *(line.at for line in part)]
    since, until = min(moments), max(moments) + timedelta(seconds=1)
    run = backtesting.start(version_id=version.pk, by=None, now=datetime.now(UTC), since=since, until=until)
    meters.look_again()
    wall, cpu, served = meters.timed(lambda: backtesting.run(run.pk))
    run.refresh_from_db()
    if run.state != "done":
        raise SystemExit(f"{run.state}: {run.fault}")
    Signal.objects.filter(source=source).update(stage=Signal.Stage.ERASED)
    figures = {"per_core": run.done / (cpu + served), "signals": run.done, "seconds": wall}
    return figures | {"changed": run.report["changed"]}


def _generated(count: int) -> Iterator[Line]:
    """Tickets of known customers, each told of a few times within days."""
    for number in range(count):
        body = signals.body(f"look-{number // TICKETS}", number // TICKETS)
        told = json.loads(body) | {"ticket_status": ("Open", "Pending", "Open")[number % TICKETS], "n": number}
        yield Line(json.dumps(told).encode(), BEGAN + timedelta(seconds=number * 7))


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(path) as file:
        yield from csv.DictReader(io.TextIOWrapper(file, encoding="utf-8", newline=""))


def _line(row: dict[str, Any]) -> Line:
    moment = datetime.strptime(str(row["sys_updated_at"]), "%d/%m/%Y %H:%M").replace(tzinfo=UTC)
    return Line(json.dumps(row, separators=(",", ":")).encode(), moment)


def _accounts(locations: set[str]) -> None:
    """The log names no customer: a location stands for one."""
    made = Account.objects.bulk_create(
        [
            Account(key=f"location-{number}", name=name, tier=("enterprise", "business", "starter")[number % 3])
            for number, name in enumerate(sorted(locations))
        ]
    )
    AccountIdentifier.objects.bulk_create(
        [AccountIdentifier(account=one, system="location", value=one.name) for one in made]
    )


if __name__ == "__main__":
    main()
