"""What approvers see and do without a script: the page in every state, every act, and who may not."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from escalations.models import Backtest, Escalation, Person
from escalations.services import backtesting, governing, people
from templates_engine.models import Remark, Version
from tests.escalations.views.authoring import PAYOUTS, activated, client_of, colleague, draft_of
from tests.escalations.views.casework import World, arrive, world

pytestmark = pytest.mark.django_db
LATER = PAYOUTS.replace("within: 15m", "within: 10m").replace("# Payouts are", "# Payouts were")


@pytest.fixture
def here() -> World:
    return world()


@pytest.fixture
def lee(here: World) -> Person:
    return colleague("lee", "Lee Tanaka", "author")


@pytest.fixture
def priya(here: World) -> Person:
    return colleague("priya", "Priya Nair", "approver")


@pytest.fixture
def first(lee: Person, priya: Person) -> Version:
    return activated(draft_of(lee), author=lee, approver=priya)


@pytest.fixture
def asked(first: Version, lee: Person) -> Version:
    made = draft_of(lee, LATER, based_on=first)
    assert lee.user is not None
    return governing.submit(version_id=made.pk, by=lee.user, intent="Ten minutes are in the contract.", now=_now())


def _now() -> datetime:
    return timezone.now()


def text(client: Client, version: Version, query: str = "") -> str:
    answer = client.get(f"/templates/versions/{version.pk}/{query}")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def do(client: Client, version: Version, verb: str, status: int = 302, **typed: str) -> str:
    form = {"digest": version.digest, "panel": verb, "on": str(version.pk), **typed}
    answer = client.post(f"/templates/versions/{version.pk}/do/{verb}/", form)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return " ".join(answer.content.decode().split())


def state(version: Version) -> str:
    return Version.objects.get(pk=version.pk).state


# ------------------------------------------------------------------ judging


def test_the_page_stands_in_its_order(asked: Version, priya: Person) -> None:
    page = text(client_of(priya), asked)
    order = ["Ten minutes are in the contract.", "What changes", "What it would have done", "Field diff", "Checks"]
    order += ["In flight", "Discussion", "You can sign."]
    places = [page.index(words) for words in order]
    assert places == sorted(places)
    assert "v1 → v2" in page
    assert "decide by" in page
    assert "Step &#x27;acknowledge&#x27;, within 15 min" in page
    assert "<b>10 min</b>" in page
    assert 'href="#l15" data-path="steps.2.within">line 15</a>' in page
    assert "<u>15m</u>" in page
    assert "lines unchanged" in page
    assert "lines unchanged" not in text(client_of(priya), asked, "?whole=1")
    assert 'id="act-approve" method="post"' in page
    assert 'id="act-approve"' in page
    assert state(asked) == "in_review"


def test_opening_from_a_notification_signs_nothing(asked: Version, priya: Person) -> None:
    page = text(client_of(priya), asked, "?act=approve")
    assert "hash" in page
    assert state(asked) == "in_review"
    assert client_of(priya).get(f"/templates/versions/{asked.pk}/do/approve/").status_code == 405


def test_signed_it_is_active_and_can_go_back(asked: Version, first: Version, priya: Person) -> None:
    client = client_of(priya)
    do(client, asked, "approve", then="now", comment="Agreed")
    assert (state(asked), state(first)) == ("active", "retired")
    page = text(client, asked)
    assert "Roll back to v1" in page
    assert "Emergency roll back" in page
    assert "Make v1 current" in text(client, first)
    do(client, first, "roll_back", comment="Ten is too short")
    made = Version.objects.get(number=3, document=first.document)
    assert (made.state, made.digest) == ("in_review", first.digest)
    assert "You wrote this version, so you can not sign it." in text(client, made)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"then": "later"}, "approved"),
        ({"then": "shadow"}, "pilot"),
        ({"then": "team", "team": "support"}, "pilot"),
    ],
)
def test_what_follows_a_signature(asked: Version, priya: Person, typed: dict[str, str], expected: str) -> None:
    do(client_of(priya), asked, "approve", 302, **typed)
    assert state(asked) == expected


def test_a_schedule_is_kept_in_the_zone_it_was_typed_in_and_cancelled(asked: Version, priya: Person) -> None:
    client = client_of(priya)
    day = (_now() + timedelta(days=3)).date()
    do(client, asked, "approve", then="at", at=f"{day}T09:00", zone="UTC")
    assert Version.objects.get(pk=asked.pk).activate_at == datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    assert "Cancel schedule" in text(client, asked)
    do(client, asked, "cancel_schedule")
    assert Version.objects.get(pk=asked.pk).activate_at is None
    do(client, asked, "activate")
    assert state(asked) == "active"


def test_pilot_begins_and_ends(asked: Version, priya: Person) -> None:
    client = client_of(priya)
    do(client, asked, "approve", then="later")
    do(client, asked, "start_pilot", then="shadow")
    page = text(client, asked)
    assert "in shadow" in page
    assert "No signal has come in since it began." in page or "signals," in page
    do(client, asked, "end_pilot")
    assert state(asked) == "approved"
    do(client, asked, "retire", comment="Not needed")
    assert state(asked) == "retired"


# ------------------------------------------------------------------ who may not, and what is kept


def test_an_author_sees_why_and_who_could(asked: Version, lee: Person) -> None:
    page = text(client_of(lee), asked)
    assert 'aria-disabled="true"' in page
    assert "You wrote this version, so you can not sign it." in page
    assert "priya can." in page
    assert 'id="act-approve"' not in page
    refused = do(client_of(lee), asked, "approve", 403, then="now")
    assert "You wrote this version" in refused
    do(client_of(lee), asked, "recall", comment="A word is missing")
    assert state(asked) == "draft"
    assert "Open in the editor" in text(client_of(lee), asked)


@pytest.mark.parametrize("verb", ["approve", "send_back", "recall", "retire", "activate", "start_pilot", "backtest"])
def test_a_reader_does_nothing(asked: Version, here: World, verb: str) -> None:
    client = Client()
    client.force_login(here.reader)
    answer = client.post(
        f"/templates/versions/{asked.pk}/do/{verb}/", {"comment": "x", "then": "shadow", "digest": asked.digest}
    )
    assert answer.status_code in (403, 422)
    assert state(asked) == "in_review"
    assert not Backtest.objects.exists()


def test_sent_back_needs_words_and_the_author_reads_them(asked: Version, lee: Person, priya: Person) -> None:
    refused = do(client_of(priya), asked, "send_back", 422, comment="  ")
    assert "Say what has to change." in refused
    assert "act-send_back" in refused
    do(client_of(priya), asked, "send_back", comment="Why ten?")
    page = text(client_of(lee), asked)
    assert state(asked) == "draft"
    assert "Why ten?" in page


def test_another_digest_is_refused_and_the_text_kept(asked: Version, priya: Person) -> None:
    refused = do(client_of(priya), asked, "approve", 409, then="now", digest="0" * 64, comment="Read it twice")
    assert "Read it twice</textarea>" in refused
    assert "what you typed is kept" in refused
    assert state(asked) == "in_review"


def test_a_second_decision_is_told_who_was_first(asked: Version, priya: Person) -> None:
    do(client_of(priya), asked, "approve", then="now")
    again = do(client_of(priya), asked, "send_back", 422, comment="Wait")
    assert "is active" in again


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"at": ""}, "Say when"),
        ({"at": "soon"}, "say it like"),
        ({"at": "2001-01-01T10:00"}, "must lie ahead"),
        ({"at": "9999-99-99T10:00"}, "no such day"),
    ],
)
def test_a_moment_that_is_none(asked: Version, priya: Person, typed: dict[str, str], words: str) -> None:
    refused = do(client_of(priya), asked, "approve", 422, then="at", panel="schedule", **typed)
    assert words in refused
    assert state(asked) == "in_review"


def test_red_checks_close_the_button(asked: Version, priya: Person, here: World) -> None:
    for person in Person.objects.all():
        person.email = ""
        people.save_person(person=person)
    page = text(client_of(priya), asked)
    assert "It can not be signed yet." in page
    assert 'id="act-approve"' not in page
    refused = do(client_of(priya), asked, "approve", 422, then="now")
    assert "is not ready" in refused
    assert state(asked) == "in_review"


def test_an_emergency_wants_a_second_hand(asked: Version, first: Version, priya: Person) -> None:
    client = client_of(priya)
    do(client, asked, "approve", then="now")
    do(client, first, "emergency_roll_back", comment="It pages everybody")
    made = Version.objects.get(number=3, document=first.document)
    assert made.state == "active"
    assert "Second signature missing." in text(client, made)
    assert "You wrote this version" in text(client, made)
    carl = client_of(colleague("carl", "Carl Roth", "approver"))
    assert "Countersign v3" in text(carl, made)
    assert "Missing countersignatures" in " ".join(carl.get("/governance/").content.decode().split())
    do(carl, made, "countersign", comment="Seen")
    assert "countersigned Carl Roth" in text(carl, made)


# ------------------------------------------------------------------ talking and testing


def test_a_remark_stands_at_its_line(asked: Version, lee: Person, priya: Person) -> None:
    do(client_of(priya), asked, "remark", path="steps.2.within", text="Ten <b>working</b> minutes?")
    assert Remark.objects.get(version=asked).path == "steps.2.within"
    page = text(client_of(lee), asked)
    assert page.count("Ten &lt;b&gt;working&lt;/b&gt; minutes?") == 2
    do(client_of(priya), asked, "remark", 422, text=" ")
    assert Remark.objects.filter(version=asked).count() == 1


def test_a_backtest_is_run_and_read(asked: Version, priya: Person, here: World) -> None:
    arrive(here, account="Tessel Bank", title="Payout file rejected", severity="high", problem="payouts")
    client = client_of(priya)
    assert "Not run yet." in text(client, asked)
    do(client, asked, "backtest")
    going = Backtest.objects.get()
    assert f'data-going="/templates/backtests/{going.pk}/"' in text(client, asked)
    backtesting.run(going.pk)
    part = client.get(f"/templates/backtests/{going.pk}/?part=1").content.decode()
    assert "Would page, by hour" in part
    assert "The same figures as a table" in part
    assert client.get(f"/templates/backtests/{going.pk}/").status_code == 302
    do(client, asked, "backtest", since="2026-05-01", until="2026-05-02")
    do(client, asked, "stop_backtest", backtest=str(Backtest.objects.latest("pk").pk))
    assert Backtest.objects.latest("pk").state == "stopped"
    assert "no day" in do(client, asked, "backtest", 422, since="yesterday")
    assert "lies before until" in do(client, asked, "backtest", 422, since="2026-05-03", until="2026-05-01")


def test_running_records_move_by_the_list_that_was_shown(asked: Version, priya: Person, here: World) -> None:
    arrive(here, account="Tessel Bank", title="Payout file rejected", severity="high", problem="payouts")
    page = text(client_of(priya), asked)
    assert "1 running escalation" in page
    assert "Before and after, one by one" in page
    stamp = governing.fingerprint(governing.affected(asked))
    refused = do(client_of(priya), asked, "approve", 409, then="now", running="migrate", list="0" * 64, comment="Go")
    assert "Go</textarea>" in refused
    assert state(asked) == "in_review"
    do(client_of(priya), asked, "approve", then="now", running="migrate", list=stamp)
    assert state(asked) == "active"


def test_a_running_record_says_that_it_stays(asked: Version, priya: Person, here: World) -> None:
    arrive(here, account="Tessel Bank", title="Payout file rejected", severity="high", problem="payouts")
    record = Escalation.objects.get()
    omar = client_of(here.omar)
    assert "Runs on v1" not in omar.get(f"/desk/record/{record.pk}/").content.decode()
    do(client_of(priya), asked, "approve", then="now")
    pane = " ".join(omar.get(f"/desk/record/{record.pk}/").content.decode().split())
    assert f'<a class="link" href="/templates/versions/{asked.pk}/">Runs on v1; v2 is active since' in pane


# ------------------------------------------------------------------ governance


def test_governance_says_what_waits(asked: Version, priya: Person) -> None:
    client = client_of(priya)
    page = " ".join(client.get("/governance/?days=7").content.decode().split())
    for words in ("1 version waits for a signature", "priya, you", "What the audit requires", "last 7 days"):
        assert words in page
    assert "Never triggered" in page
    do(client, asked, "approve", then="now")
    page = " ".join(client.get("/governance/?days=nonsense").content.decode().split())
    assert "Nothing waits for a signature." in page
    assert "v2 active, signed" in page
    assert "last 30 days" in page


def test_everybody_reads_and_nobody_without_a_login(asked: Version, here: World) -> None:
    client = Client()
    assert client.get(f"/templates/versions/{asked.pk}/").status_code == 302
    assert client.get("/governance/").status_code == 302
    client.force_login(here.reader)
    assert "can not decide about versions" in text(client, asked)
    assert client.get("/governance/").status_code == 200
    assert client.get("/templates/versions/999999/").status_code == 404
    assert client.post(f"/templates/versions/{asked.pk}/do/eat/").status_code == 404
