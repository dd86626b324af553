"""The Desk over HTTP: order, views, pages, filter, polls, the record, acts and who may do them."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from escalations.models import Entry, Escalation, Person
from escalations.queries import desk
from escalations.views import panels
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def documents() -> Person:
    cache.clear()
    return make.catalog()


@pytest.fixture
def jonas() -> Person:
    return make.person("jonas", name="Jonas Weber", title="Platform support", user=make.login("jonas"))


@pytest.fixture
def desk_of(client: Client, jonas: Person) -> Client:
    client.force_login(jonas.user)  # type: ignore[arg-type]  # the fixture gave this person a login
    return client


def ids(client: Client, query: str = "") -> list[int]:
    html = client.get(f"/desk/rows/?{query}").content.decode()
    return [int(part.split('"')[0]) for part in html.split('id="e')[1:]]


def rank(minutes: int, **fields: Any) -> Escalation:
    at = make.now() + timedelta(minutes=minutes)
    return make.escalation(rank_at=at, rank_base_at=at, **fields)


def test_signed_out_goes_to_login_and_a_fragment_says_so(client: Client) -> None:
    assert client.get("/?view=mine").headers["Location"].startswith("/admin/login/?next=/")
    assert client.get("/desk/rows/").status_code == 401


def test_without_the_right_to_see_nothing_is_shown(client: Client) -> None:
    make.escalation()
    client.force_login(make.login("nobody", may=()))
    assert client.get("/desk/rows/").status_code == 403
    page = client.get("/")
    assert page.status_code == 403
    assert "does not see escalations" in page.content.decode()


def test_rows_stand_in_the_order_of_rank_and_only_while_open(desk_of: Client) -> None:
    late, soon, far = rank(50), rank(10), rank(99)
    rank(1, state="closed", closed_at=make.now())
    assert ids(desk_of) == [soon.pk, late.pk, far.pk]


def test_a_row_says_who_what_when_and_why(desk_of: Client, jonas: Person) -> None:
    make.escalation(owner=jonas, account=make.account("Halden <Freight>"), blocker="access")
    html = desk_of.get("/desk/rows/").content.decode()
    for words in ("Halden &lt;Freight&gt;", "Jonas", "critical +24 h", "blocker: access", "14 min", ">Crit<"):
        assert words in html


@pytest.mark.parametrize(
    ("view", "fields"),
    [
        ("executive", {"risk": ["churn", "executive"]}),
        ("engineering", {"blocker": "bug_fix"}),
        ("reproduction", {"blocker": "unclear_repro"}),
        ("reset", {"kind": "communication"}),
        ("waiting", {"state": "waiting"}),
        ("ownerless", {"level": 3}),
        ("late", {"due": make.now() - timedelta(hours=1)}),
    ],
)
def test_a_view_holds_what_its_name_says_and_its_tab_counts_it(
    desk_of: Client, view: str, fields: dict[str, Any]
) -> None:
    rank(5)
    wanted = rank(10, **fields)
    assert ids(desk_of, f"view={view}") == [wanted.pk]
    assert f'<li data-count="{view}">1</li>' in desk_of.get("/desk/rows/").content.decode()


def test_mine_is_what_i_own(desk_of: Client, jonas: Person) -> None:
    rank(5)
    mine = rank(10, owner=jonas)
    assert ids(desk_of, "view=mine") == [mine.pk]


def test_pages_follow_each_other_without_a_gap(desk_of: Client) -> None:
    owner, account = make.person(), make.account()
    at = make.now()
    made = [make.escalation(owner=owner, account=account, rank_at=at).pk for _ in range(desk.PAGE + 3)]
    html = desk_of.get("/desk/rows/").content.decode()
    more = html.split('data-more="')[1].split('"')[0]
    assert ids(desk_of) + ids(desk_of, f"after={more}") == made


def test_a_rare_view_is_looked_for_piece_by_piece(desk_of: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "WINDOW", 3)
    owner, account = make.person(), make.account()
    for minute in range(7):
        rank(minute, owner=owner, account=account)
    wanted = rank(30, owner=owner, account=account, blocker="bug_fix")
    query, found = "view=engineering", []
    for _ in range(3):
        html = desk_of.get(f"/desk/rows/?{query}").content.decode()
        found += ids(desk_of, query)
        query = f"view=engineering&after={html.split('data-more="')[1].split('"')[0]}"
    assert found == [wanted.pk]
    assert '<li data-count="all">3+</li>' in html


@pytest.mark.parametrize("text", ["halden", "Sign in", "ESC-{pk}", "{pk}"])
def test_the_filter_knows_customer_title_and_number(desk_of: Client, text: str) -> None:
    rank(5, title="Something else")
    wanted = rank(10, account=make.account("Halden Freight"), title="Nobody can sign in")
    assert ids(desk_of, f"q={text.format(pk=wanted.pk)}") == [wanted.pk]


@pytest.mark.parametrize(
    "query", ["after=never", "after=2026-05-14T10:00:00,1", "e=x&n=-1", "view=%00&q=%00", "q=9" * 30]
)
def test_any_query_is_answered(desk_of: Client, query: str) -> None:
    rank(5)
    assert desk_of.get(f"/desk/rows/?{query}").status_code == 200
    assert desk_of.get(f"/?{query}").status_code == 200


def test_a_poll_costs_nothing_until_something_changes(desk_of: Client) -> None:
    record = rank(5)
    etag = desk_of.get("/desk/rows/").headers["ETag"]
    assert desk_of.get("/desk/rows/", headers={"If-None-Match": etag}).status_code == 304
    Escalation.objects.filter(pk=record.pk).update(version=2)
    assert desk_of.get("/desk/rows/", headers={"If-None-Match": etag}).status_code == 200


def full(jonas: Person) -> Escalation:
    record = make.escalation(
        owner=jonas, account=make.account("Halden Freight", amount=412_000, owner=jonas), held=True
    )
    make.promise(record, by=jonas, due=make.now() + timedelta(minutes=26))
    make.case(record, owner=jonas)
    make.step(record, 0, "Acknowledge", do="wait_for_acknowledgement", state="waiting")
    make.timer(record, "acknowledge", record.acknowledge_by)  # type: ignore[arg-type]  # the factory sets it
    make.entry(record, "Jonas Weber noted: callback refused", actor="Jonas Weber")
    return record


def test_the_record_shows_the_whole_story(desk_of: Client, jonas: Person) -> None:
    record = full(jonas)
    html = desk_of.get(f"/desk/record/{record.pk}/").content.decode()
    for words in (
        "Jonas Weber",
        "you, Platform support",
        "acknowledge by",
        "to Karin Holm, ",
        "becomes the next owner",
        "Which tier holds?",
        "/review/",
        "€412,000 a year",
        "noted: callback refused",
        'data-act="acknowledge"',
    ):
        assert words in html
    assert desk_of.get("/desk/record/999999/").status_code == 404


def test_statements_and_bytes_stay_within_the_budget(desk_of: Client, jonas: Person) -> None:
    record = full(jonas)
    for minute in range(60):
        rank(minute, owner=jonas, account=record.account, blocker="access", title="A summary of some forty letters")
    for address, kilobytes in (("/desk/rows/", 60), (f"/desk/record/{record.pk}/", 60), ("/", 100)):
        desk_of.get(address)
        with CaptureQueriesContext(connection) as queries:
            answer = desk_of.get(address)
        assert len(queries) <= 12, address
        assert len(answer.content) <= kilobytes * 1000, address


def act(client: Client, record: Escalation, slug: str, **form: str) -> Any:
    return client.post(f"/desk/act/{record.pk}/{slug}/", {"seen_version": record.version, **form})


def test_every_panel_opens(desk_of: Client, jonas: Person) -> None:
    record = full(jonas)
    for slug in panels.ACTS:
        answer = desk_of.get(f"/desk/act/{record.pk}/{slug}/")
        assert answer.status_code == 200, slug
        assert "csrfmiddlewaretoken" in answer.content.decode()
    assert desk_of.get(f"/desk/act/{record.pk}/burn/").status_code == 404


def test_acknowledging_takes_the_record(desk_of: Client, jonas: Person) -> None:
    record = make.escalation()
    assert act(desk_of, record, "acknowledge").json()["done"].endswith("is acknowledged and yours")
    record.refresh_from_db()
    assert (record.state, record.owner) == ("acknowledged", jonas)
    assert record.history.latest().history_door == "desk"


def test_a_hand_off_wants_all_it_needs_and_says_what_is_missing(desk_of: Client, jonas: Person) -> None:
    record, tomas = make.escalation(owner=jonas), make.person("tomas", name="Tomas Rehak")
    answer = act(desk_of, record, "hand-off", reason="He knows the proxy", to="", expected="")
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Choose who gets it" in html
    assert "Say within what time" in html
    assert "He knows the proxy" in html
    assert act(desk_of, record, "hand-off", reason="He knows it", to=str(tomas.pk), expected="2h").status_code == 200
    record.refresh_from_db()
    assert record.owner == tomas


def test_a_promise_takes_a_time_of_day_in_the_readers_zone(desk_of: Client, jonas: Person) -> None:
    record = make.escalation(owner=jonas)
    answer = act(desk_of, record, "promise", to_whom="Karin", text="the cause", due_at="in a while")
    assert "say it like 30m" in answer.content.decode()
    assert act(desk_of, record, "promise", to_whom="Karin", text="the cause", due_at="2h").status_code == 200
    record.refresh_from_db()
    assert record.promise_at is not None
    assert act(desk_of, record, "kept", text="told them").status_code == 200


def test_a_stale_form_is_refused_with_what_happened_and_the_text_kept(desk_of: Client, jonas: Person) -> None:
    record = make.escalation(owner=jonas)
    seen = make.entry(record, "Opened")
    Escalation.objects.filter(pk=record.pk).update(version=5)
    make.entry(record, "Dana Okafor noted: called them")
    answer = act(desk_of, record, "resolve", resolution="Callback allowed", seen_entry=str(seen.pk))
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "Dana Okafor noted: called them" in html
    assert "Callback allowed" in html
    assert 'name="seen_version" value="5"' in html
    record.refresh_from_db()
    assert record.state == "open"


def test_what_the_state_forbids_is_refused_in_words(desk_of: Client) -> None:
    record = make.escalation(state="resolved", resolved_at=make.now())
    answer = act(desk_of, record, "acknowledge")
    assert answer.status_code == 422
    assert "can not be acknowledged now" in answer.content.decode()


def test_a_reader_sees_the_buttons_and_why_they_do_nothing(client: Client) -> None:
    record = make.escalation()
    user = make.login("ruth", may=make.READ)
    make.person("ruth", name="Ruth Keller", user=user)
    client.force_login(user)
    html = client.get(f"/desk/record/{record.pk}/").content.decode()
    assert 'aria-disabled="true"' in html
    assert "An operator or a lead can." in html
    assert act(client, record, "acknowledge").status_code == 403
    assert not Entry.objects.exists()


def test_an_act_needs_the_form_token(jonas: Person) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(jonas.user)  # type: ignore[arg-type]  # the fixture gave this person a login
    assert act(strict, make.escalation(), "acknowledge").status_code == 403
