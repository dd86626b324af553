"""The page of rotas: what it shows, what its forms do, who may, and calendars in and out."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from escalations.models import Absence, Rota, RotaLayer, RotaOverride
from escalations.queries import rotas as reads
from escalations.services import rotas
from tests.stories import world

pytestmark = pytest.mark.django_db
# An event every second for ever.
ENDLESS = (
    "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:1\n"
    f"DTSTART:{datetime.now(UTC):%Y%m%dT%H%M%SZ}\n"
    "DURATION:PT1S\nRRULE:FREQ=SECONDLY\nSUMMARY:Ada\nEND:VEVENT\nEND:VCALENDAR\n"
).encode()


@pytest.fixture
def rota() -> Rota:
    """Ada on working days; nobody else."""
    world.build()
    made = rotas.save_rota(key="platform", name="Platform", time_zone="UTC")
    office = [{"days": [0, 1, 2, 3, 4], "from": "09:00", "until": "17:00"}]
    start = datetime.now(UTC).date() - timedelta(days=7)
    rotas.add_layer(
        rota=made, name="Week", people=[world.person("ada")], starts_on=start, hand_over_at=time(9), windows=office
    )
    return made


def client(role: str = "lead") -> Client:
    """Ada's browser, in a role."""
    user = world.person("ada").user
    assert user is not None
    user.groups.set([Group.objects.get(name=role)])
    signed_in = Client()
    signed_in.force_login(user)
    return signed_in


def act(verb: str, browser: Client, /, **fields: object) -> str:
    answer = browser.post(reverse("rotas-act", args=[verb]), fields, follow=True)
    return f"{answer.status_code} {answer.content.decode()}"


def ahead(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


def test_the_page_says_who_is_on_call_and_where_nobody_is(rota: Rota) -> None:
    page = client().get(reverse("rotas")).content.decode()
    assert "Platform" in page
    assert "without anybody" in page
    assert "Nobody: " in page
    assert "Everybody is there" in page


def test_an_empty_portal_says_what_a_rota_is() -> None:
    world.build()
    assert "No rota yet" in client().get(reverse("rotas")).content.decode()


def test_a_gap_is_covered_and_taken_back(rota: Rota) -> None:
    browser = client("operator")
    said = act("cover", browser, rota="platform", person="ben", starts_at=ahead(1), ends_at=ahead(30), reason="gap")
    assert "Ben covers Platform" in said
    row = RotaOverride.objects.get()
    shift = reads.on_call("platform", row.starts_at)
    assert shift is not None
    assert shift.person == world.person("ben").pk
    assert "no longer covers" in act("uncover", browser, override=row.pk)
    assert "over already" in act("uncover", browser, override=row.pk)


def test_an_absence_is_said_and_ended(rota: Rota) -> None:
    browser = client("operator")
    fields = {"person": "ben", "starts_at": ahead(-1), "ends_at": ahead(20), "deputy": "cleo", "reason": "flu"}
    assert "Ben is away" in act("away", browser, **fields)
    page = browser.get(reverse("rotas")).content.decode()
    assert "flu" in page
    assert "Back now" in page
    assert "Ben is back" in act("back", browser, absence=Absence.objects.get().pk)


# The act, what was typed, and what is said of it.
REFUSED: list[tuple[str, dict[str, str], str]] = [
    ("cover", {"rota": "platform", "person": "nobody", "starts_at": "soon", "ends_at": ""}, "choose somebody"),
    ("cover", {"rota": "gone"}, "choose a rota"),
    ("away", {"person": "ben", "starts_at": "2026-01-02T09:00", "ends_at": "2026-01-01T09:00"}, "must lie ahead"),
    ("swap", {"rota": "platform", "first": "x", "second": "y"}, "choose a shift"),
    ("layer", {"rota": "platform", "people": "ada, zed", "windows": "always"}, "nobody is called zed"),
    ("layer", {"rota": "platform", "people": "ada", "windows": "always"}, "is not said like Mon-Fri"),
    ("new", {"key": "x", "name": "X", "time_zone": "Mars/Base"}, "is no time zone"),
    ("back", {"absence": "one"}, "whole number"),
    ("calendar", {"rota": "platform"}, "choose a calendar file"),
]


def test_what_does_not_do_stays_in_its_form(rota: Rota) -> None:
    browser = client()
    for name, fields, says in REFUSED:
        said = act(name, browser, **{**fields, "reason": "typed <b>words</b>"})
        assert said.startswith("422"), (name, fields)
        assert says in said, (name, fields)
        assert "<b>words</b>" not in said
    assert not RotaOverride.objects.exists()
    assert not Absence.objects.exists()


def test_a_rota_and_its_layers_are_made_in_the_browser() -> None:
    world.build()
    browser = client()
    assert "Add its first layer" in act("new", browser, key="night", name="Nights", time_zone="Europe/Berlin")
    fields = {
        "rota": "night",
        "name": "All",
        "people": "ada, -, ben",
        "starts_on": "2026-11-02",
        "hand_over_at": "22:00",
    }
    assert "has the layer All" in act("layer", browser, **fields, turn_hours="24", windows="Fri-Mon 22:00-06:00")
    layer = RotaLayer.objects.get()
    assert layer.people == [world.person("ada").pk, None, world.person("ben").pk]
    assert layer.windows == [{"days": [4, 5, 6, 0], "from": "22:00", "until": "06:00"}]


@pytest.mark.parametrize(("role", "name", "status"), [("auditor", "cover", "403"), ("operator", "new", "403")])
def test_who_may_not_is_told_who_can(rota: Rota, role: str, name: str, status: str) -> None:
    said = act(name, client(role), rota="platform")
    assert said.startswith(status)
    assert "a lead or an admin" in said


def test_a_calendar_goes_out_and_comes_back(rota: Rota) -> None:
    """What we tell others, read by our own reader, gives the same hours to the same people."""
    browser = client()
    now = datetime.now(UTC)
    feed = Client().get(reverse("rota-calendar", args=["platform", rota.feed_key]))
    assert feed["Content-Type"].startswith("text/calendar")
    assert Client().get(reverse("rota-calendar", args=["platform", "guess"])).status_code == 404
    rotas.save_rota(key="copy", name="Copy", time_zone="UTC")
    file = SimpleUploadedFile("rota.ics", feed.content)
    assert "Copy took" in act("calendar", browser, rota="copy", calendar=file)
    again = SimpleUploadedFile("rota.ics", feed.content)
    assert "Copy took" in act("calendar", browser, rota="copy", calendar=again)
    for hours in range(1, 24 * 14, 5):
        at = now + timedelta(hours=hours)
        one, two = reads.on_call("platform", at), reads.on_call("copy", at)
        assert one is not None
        assert two is not None
        assert one.person == two.person


def test_a_bad_calendar_changes_nothing(rota: Rota) -> None:
    browser = client()
    bad = (
        (b"no calendar", "can not be read"),
        (b"\x00\xff", "can not be read"),
        (ENDLESS, "more often than every hour"),
    )
    for body, says in bad:
        assert says in act("calendar", browser, rota="platform", calendar=SimpleUploadedFile("x.ics", body))
    assert not RotaOverride.objects.exists()


def test_whom_nobody_knows_is_named(rota: Rota) -> None:
    starts = datetime.now(UTC) + timedelta(days=1)
    body = (
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:1\n"
        f"DTSTART:{starts:%Y%m%dT%H%M%SZ}\nDURATION:PT1H\nSUMMARY:Zed\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    said = act("calendar", client(), rota="platform", calendar=SimpleUploadedFile("x.ics", body.encode()))
    assert "nobody in the directory is meant by: Zed" in said
