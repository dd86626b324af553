"""Absences and rotas through the line: open work moves at once, comes back untouched, and a gap is nobody."""

from datetime import UTC, datetime, time, timedelta

import pytest

from escalations import clockwork
from escalations.models import Absence, Entry, Escalation, Handoff, Timer
from escalations.queries import rotas as reads
from escalations.services import absences, ledger, rotas
from escalations.services.errors import Refused
from tests.stories import world

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def company() -> None:
    world.build()


def away(name: str, start: datetime, *, deputy: str = "", days: int = 1) -> Absence:
    """Somebody is away from a moment on."""
    return absences.say(
        person=world.person(name),
        starts_at=start,
        ends_at=start + days * DAY,
        deputy=world.person(deputy) if deputy else None,
        now=start,
    )


def test_open_work_of_an_absent_owner_moves_within_one_tick() -> None:
    """Also what was acknowledged already: whoever is away does not work on it."""
    record = world.opened()
    at = record.opened_at + timedelta(minutes=1)
    ledger.acknowledge(escalation_id=record.pk, by=world.person("ada"), now=at, seen_version=record.version)
    away("ada", at)
    clockwork.sweep(now=at + timedelta(seconds=1))
    record.refresh_from_db()
    assert (record.owner, record.state) == (world.person("ben"), "open")
    moved = Handoff.objects.get(how="failed_over")
    assert moved.reason.startswith("Ada is away until")
    assert Timer.objects.filter(escalation=record, kind="acknowledge", state="pending").count() == 1
    before = Entry.objects.count()
    clockwork.sweep(now=at + timedelta(seconds=2))
    assert Entry.objects.count() == before


def test_the_deputy_takes_it_and_what_nobody_took_up_comes_back() -> None:
    first, second = (
        world.opened(),
        world.opened(body=world.ticket(2, ticket_title="Orders charged twice"), delivery="d-2"),
    )
    at = first.opened_at + timedelta(minutes=1)
    absence = away("ada", at, deputy="cleo")
    clockwork.sweep(now=at)
    assert {one.owner for one in Escalation.objects.all()} == {world.person("cleo")}
    ledger.acknowledge(escalation_id=second.pk, by=world.person("cleo"), now=at + timedelta(seconds=30))
    absences.end(absence_id=absence.pk, now=at + timedelta(minutes=1))
    clockwork.sweep(now=at + timedelta(minutes=1))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.owner, second.owner) == (world.person("ada"), world.person("cleo"))
    assert Handoff.objects.filter(escalation=first).count() == 3


def test_an_absence_ahead_moves_nothing_yet() -> None:
    record = world.opened()
    away("ada", record.opened_at + DAY)
    clockwork.sweep(now=record.opened_at + timedelta(seconds=1))
    record.refresh_from_db()
    assert record.owner == world.person("ada")


@pytest.mark.parametrize(
    ("change", "field"),
    [({"ends_at": timedelta(0)}, "ends_at"), ({"deputy": "ada"}, "deputy"), ({"ends_at": 5000 * DAY}, "ends_at")],
)
def test_an_absence_that_does_not_do_is_refused(change: dict[str, object], field: str) -> None:
    now = datetime(2026, 11, 21, 9, tzinfo=UTC)
    ends = now + change.get("ends_at", DAY)  # type: ignore[operator]  # a span, by the table
    deputy = world.person(str(change["deputy"])) if "deputy" in change else None
    with pytest.raises(Refused) as refused:
        absences.say(person=world.person("ada"), starts_at=now, ends_at=ends, now=now, deputy=deputy)
    assert set(refused.value.problems) == {field}


def test_who_is_on_call_follows_layers_overrides_swaps_and_absences() -> None:
    ada, ben, cleo = (world.person(name) for name in ("ada", "ben", "cleo"))
    rota = rotas.save_rota(key="platform", name="Platform", time_zone="Europe/Berlin")
    monday = datetime(2026, 11, 23, 8, tzinfo=UTC)
    rotas.save_layer(
        rota=rota, position=0, name="Week", people=[ada, ben, None], starts_on=monday.date(), hand_over_at=time(9)
    )

    def holds(at: datetime) -> int | None:
        shift = reads.on_call("platform", at)
        assert shift is not None
        return shift.person

    now = monday - DAY
    weeks = [monday + number * 7 * DAY for number in range(3)]
    assert [holds(week) for week in weeks] == [ada.pk, ben.pk, None]
    rotas.override(rota=rota, person=cleo, starts_at=weeks[2], ends_at=weeks[2] + DAY, reason="covers", now=now)
    assert holds(weeks[2]) == cleo.pk
    rotas.swap(rota=rota, first=(monday, monday + DAY), second=(weeks[1], weeks[1] + DAY), reason="a wedding", now=now)
    assert [holds(monday), holds(monday + DAY), holds(weeks[1])] == [ben.pk, ada.pk, ada.pk]
    away("ben", monday + timedelta(hours=1))
    assert [holds(monday), holds(monday + timedelta(hours=2))] == [ben.pk, ada.pk]
    assert reads.on_call("no-such", monday) is None


def test_what_is_over_is_not_rewritten() -> None:
    rota = rotas.save_rota(key="platform", name="Platform", time_zone="UTC")
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    row = rotas.override(
        rota=rota, person=world.person("ada"), starts_at=now - DAY, ends_at=now + DAY, reason="now", now=now
    )
    assert row.starts_at == now
    cancelled = rotas.cancel_override(override_id=row.pk, reason="not needed", now=now + timedelta(hours=1))
    assert cancelled.ends_at == now + timedelta(hours=1)
    with pytest.raises(Refused, match="over already"):
        rotas.cancel_override(override_id=row.pk, reason="again", now=now + timedelta(hours=2))
    with pytest.raises(Refused, match="history"):
        rotas.override(
            rota=rota, person=world.person("ada"), starts_at=now - 2 * DAY, ends_at=now - DAY, reason="late", now=now
        )
