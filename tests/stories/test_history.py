"""Logs taken in as history: to be looked back on, while nothing comes of them."""

import csv
import gzip
import io
import lzma
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from escalations import clockwork, replaying
from escalations.models import Case, Delivery, Escalation, Message, Signal, Source
from escalations.services import accounts, backtesting, sources
from templates_engine.management.commands.load_catalog import SHIPPED
from templates_engine.models import Version
from tests.stories import world

pytestmark = pytest.mark.django_db
LOG = Path(__file__).parents[3] / "shared" / "data" / "uci_incidents_opened_until_2016-04-10.csv.xz"
COLUMNS = ("number", "incident_state", "priority", "location", "sys_updated_at", "caller_id", "subcategory")
ROWS = [
    ("INC1", "New", "3 - Moderate", "Location 1", "29/2/2016 01:23", "Caller 1", "Sub, 1"),
    ("INC1", "Active", "2 - High", "Location 1", "29/2/2016 02:23", "Caller 1", 'Sub "1"'),
    ("INC2", "New", "4 - Low", "Location 2", "1/3/2016 07:00", "Caller 2", "ü"),
    ("INC3", "New", "?", "?", "not a time", "?", "?"),
]


@pytest.fixture
def log() -> Source:
    """A source whose mapping reads the incident log, and the customers its locations stand for."""
    mappings = Path(__file__).parents[2] / "benchmarks" / "catalog"
    world.build(SHIPPED, world.OWNERSHIP, mappings)
    for number in range(1, 4):
        name = f"Location {number}"
        accounts.upsert(key=f"location-{number}", name=name, tier="business", identifiers=[("location", name)])
    return sources.connect(kind="generic", slug="log", name="Log", secrets=("s" * 30,), mapping_key="incident-log")[0]


def written(path: Path) -> Path:
    text = io.StringIO()
    table = csv.writer(text)
    table.writerows([COLUMNS, *ROWS])
    data = text.getvalue().encode()
    packed = {".xz": lzma.compress, ".gz": gzip.compress}.get(path.suffix, bytes)
    path.write_bytes(packed(data))
    return path


def imported(path: Path, **options: Any) -> str:
    out = StringIO()
    call_command(
        "import_signals",
        path,
        source="log",
        history=True,
        at="sys_updated_at",
        stdout=out,
        stderr=StringIO(),
        **options,
    )
    return out.getvalue().strip()


@pytest.mark.parametrize("name", ["log.csv", "log.csv.gz", "log.csv.xz"])
def test_rows_become_history_and_nothing_comes_of_them(tmp_path: Path, log: Source, name: str) -> None:
    """Kept with the moment of their own log; no sweep, no replay takes them; a second import finds them again."""
    path = written(tmp_path / name)
    assert imported(path, dry_run=True).startswith("3 would be imported as history")
    assert not Delivery.objects.exists()
    told = imported(path)
    assert told == "3 imported as history, 0 known already, 0 not JSON (kept), 1 without a time left out"
    first = Signal.objects.earliest("received_at")
    assert (first.stage, first.received_at) == ("history", datetime(2016, 2, 29, 1, 23, tzinfo=UTC))
    assert first.facts["title"] == "Incident INC1"
    assert imported(path).startswith("0 imported as history, 3 known already")
    clockwork.sweep()
    replaying.replay(Signal.objects.all(), now=datetime.now(UTC))
    assert set(Signal.objects.values_list("stage", flat=True)) == {"history"}
    assert not (Escalation.objects.exists())
    assert not (Case.objects.exists())
    assert not Message.objects.exists()


def test_an_import_that_was_cut_off_goes_on(tmp_path: Path, log: Source) -> None:
    """What was kept is known; the rest is added."""
    path = written(tmp_path / "log.csv.xz")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CommandError, match="can not be read"):
        imported(path)
    path.write_bytes(whole)
    imported(path)
    assert Signal.objects.count() == 3


def test_a_backtest_over_history_plays_both_sides(tmp_path: Path, log: Source) -> None:
    """Opened, joined and raised in memory by what is active; a version beside it shows its difference alone."""
    imported(written(tmp_path / "log.csv"))
    active = Version.objects.get(document__key="any-customer-trouble", state="active")
    since, until = datetime(2016, 1, 1, tzinfo=UTC), datetime(2017, 1, 1, tzinfo=UTC)
    run = backtesting.start(version_id=active.pk, by=None, now=datetime.now(UTC), since=since, until=until)
    report = backtesting.run(run.pk).report
    shown = {name: report[name] for name in ("signals", "opened", "joined", "changed", "recorded")}
    assert shown == {"signals": 3, "opened": 2, "joined": 1, "changed": 0, "recorded": 0}
    assert report["pages_by_hour"][1] == report["pages_by_hour"][7] == 1
    assert Escalation.objects.count() == 0


def test_a_moment_is_for_history_only(tmp_path: Path, log: Source) -> None:
    """What goes down the line happens now, whatever its row says."""
    with pytest.raises(CommandError, match="--history"):
        call_command("import_signals", written(tmp_path / "log.csv"), source="log", at="sys_updated_at")


def test_rows_of_a_csv_go_down_the_line_too(tmp_path: Path, log: Source) -> None:
    """Without --history a row is a signal like any other; what nobody is known for waits in review."""
    out = StringIO()
    call_command("import_signals", written(tmp_path / "log.csv"), source="log", stdout=out, stderr=StringIO())
    assert out.getvalue().startswith("4 imported, 0 known already")
    assert sorted(Signal.objects.values_list("stage", flat=True)) == ["matched", "matched", "matched", "review"]


@pytest.mark.slow
@pytest.mark.skipif(not LOG.is_file(), reason="only on a machine with ../shared is there the incident log")
def test_the_incident_log_is_read_by_its_mapping(tmp_path: Path, log: Source) -> None:
    """The first 2,000 events: every one has a ticket, a severity and a moment."""
    with lzma.open(LOG) as file:
        head = [file.readline() for _ in range(2001)]
    path = tmp_path / "log.csv"
    path.write_bytes(b"".join(head))
    assert imported(path).startswith("2000 imported as history, 0 known already, 0 not JSON (kept)")
    facts = list(Signal.objects.values_list("facts", flat=True))
    assert all(one["ticket"].startswith("INC") for one in facts)
    assert {one["severity"] for one in facts} <= {"critical", "high", "normal", "low"}
