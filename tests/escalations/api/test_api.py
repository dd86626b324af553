"""The REST API: tokens, acts, refusals in problem details, and the shapes others rely on."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from escalations import pipeline
from escalations.models import Case, Entry, Escalation, Person, Signal
from escalations.services import tokens
from opsportal.roles import ROLES
from tests import factories
from tests.stories import world

pytestmark = pytest.mark.django_db
BASE = "/api/v1"


@pytest.fixture(autouse=True)
def company(db: None) -> None:
    """The small company of the stories."""
    world.build()


class Caller:
    """Somebody with a token."""

    def __init__(self, username: str, role: str = "") -> None:
        self.user = User.objects.filter(username=username).first() or User.objects.create_user(username)
        if role:
            self.user.groups.set([Group.objects.get(name=role)])
            Person.objects.get_or_create(username=username, defaults={"name": username, "user": self.user})
        self.token = tokens.create(user=self.user, name="t", now=timezone.now())

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return Client().generic(
            method,
            BASE + path,
            data,
            content_type="application/json",
            headers={"authorization": f"Bearer {self.token}", **headers},
        )


def record() -> Escalation:
    """A record, told of by a signal."""
    return world.opened()


def case() -> Case:
    """A case that asks whose trouble it is."""
    world.told("zendesk", world.ticket(9, organization_id="404"), delivery="d-9")
    return Case.objects.get(reason="account_unknown")


def is_problem(answer: Any, status: int) -> dict[str, Any]:
    """RFC 9457."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"].startswith("application/problem+json")
    told: dict[str, Any] = answer.json()
    assert told["status"] == status
    assert told["title"]
    return told


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ops_nope", "Bearer a b", "Token \xe9", "Basic YTpi"])
def test_without_a_token_that_opens_nothing_is_shown(header: str) -> None:
    """401, and what it asks for."""
    answer = Client().get(f"{BASE}/escalations/", headers={"authorization": header})
    is_problem(answer, 401)
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_revoked_token_and_an_inactive_login_open_nothing() -> None:
    """At once."""
    ada = Caller("ada")
    assert ada("GET", "/owners/").status_code == 200
    User.objects.filter(username="ada").update(is_active=False)
    is_problem(ada("GET", "/owners/"), 401)
    User.objects.filter(username="ada").update(is_active=True)
    tokens.revoke(token=ada.user.api_tokens.get(), now=timezone.now())  # type: ignore[attr-defined]  # reverse side
    is_problem(ada("GET", "/owners/"), 401)


def test_shapes_of_signals_and_deliveries() -> None:
    """doors.md: stage, facts, reasons, escalation, case, attempts; a delivery lists all its signals."""
    body = {"alerts": [{"account": "Acme", "title": "a", "problem": "a", "severity": "high"}, {"account": "Who?"}]}
    answer = world.post("generic", body)
    first = Signal.objects.get(pk=answer.json()["signal"])
    pipeline.drain()
    pipeline.drain()
    ada = Caller("ada", "operator")
    signal = ada("GET", f"/signals/{first.pk}/").json()
    assert {"id", "stage", "facts", "reasons", "escalation", "case", "attempts", "delivery"} <= set(signal)
    assert (signal["id"], signal["stage"], signal["attempts"]) == (str(first.pk), "matched", 0)
    assert isinstance(signal["escalation"], str)
    assert signal["case"] is None
    delivery = ada("GET", f"/deliveries/{signal['delivery']}/").json()
    assert delivery["length"] == len(json.dumps(body))
    assert {one["stage"] for one in delivery["signals"]} == {"matched", "review"}
    assert [one["position"] for one in delivery["signals"]] in ([0, 1], [1, 0])
    assert ada("GET", "/deliveries/").json()["results"][0]["id"] == signal["delivery"]


def test_each_act_does_its_work() -> None:
    """From acknowledge to close, by the person of the token, through the door called api."""
    row, ada = record(), Caller("ada", "operator")
    at = f"/escalations/{row.pk}"
    soon = (timezone.now() + timedelta(hours=2)).isoformat()
    assert ada("POST", f"{at}/acknowledge/").json()["state"] == "acknowledged"
    assert ada("POST", f"{at}/note/", {"text": "seen", "customer_told": True}).status_code == 200
    assert ada("POST", f"{at}/block/", {"blocker": "access"}).json()["blocker"] == "access"
    assert ada("POST", f"{at}/block/", {"blocker": ""}).json()["blocker"] == ""
    made = ada("POST", f"{at}/promise/", {"to_whom": "Karin", "text": "cause", "due_at": soon})
    assert (made.status_code, made.json()["state"]) == (201, "open")
    given = ada("POST", f"{at}/hand-off/", {"to": "ben", "reason": "knows it", "expected": "2h"}).json()
    assert (given["owner"], given["state"]) == ("ben", "open")
    assert ada("POST", f"{at}/snooze/", {"until": soon, "reason": "logs"}).json()["state"] == "waiting"
    assert ada("POST", f"{at}/resolve/", {"resolution": "fixed"}).json()["state"] == "resolved"
    refused = is_problem(ada("POST", f"{at}/close/", {}), 400)
    assert refused["errors"]
    assert set(Entry.objects.filter(escalation=row, verb="note").values_list("actor", flat=True)) == {"Ada"}
    assert row.history.first().history_door == "api"


def test_a_stale_version_is_412_wherever_it_is_said() -> None:
    """If-Match or version; an If-Match that no record can have matches nothing."""
    row, ada = record(), Caller("ada", "operator")
    at = f"/escalations/{row.pk}"
    tag = ada("GET", f"{at}/")["ETag"]
    assert tag == f'"{row.version}"'
    assert ada("POST", f"{at}/note/", {"text": "x"}, **{"if-match": tag}).status_code == 200
    for act, body in (
        ("acknowledge", {}),
        ("note", {"text": "y"}),
        ("block", {"blocker": "access"}),
        ("resolve", {"resolution": "z"}),
        ("hand-off", {"to": "ben", "reason": "r", "expected": "1h"}),
        ("snooze", {"until": (timezone.now() + timedelta(hours=1)).isoformat(), "reason": "r"}),
        ("promise", {"to_whom": "k", "text": "t", "due_at": (timezone.now() + timedelta(hours=1)).isoformat()}),
    ):
        stale = is_problem(ada("POST", f"{at}/{act}/", body, **{"if-match": tag}), 412)
        assert (stale["seen"], stale["current"]) == (row.version, row.version + 1)
        is_problem(ada("POST", f"{at}/{act}/", {**body, "version": row.version}), 412)
    for odd in ('"abc"', "²", '"1", "2"', "9" * 5000, "-1"):
        is_problem(ada("POST", f"{at}/acknowledge/", {}, **{"if-match": odd}), 412)
    assert ada("POST", f"{at}/acknowledge/", {}, **{"if-match": "*"}).status_code == 200
    is_problem(ada("POST", f"{at}/acknowledge/", {}), 409)


def test_a_lost_claim_is_409_with_the_winner_s_name() -> None:
    """And a decision after another's as well."""
    row, ada, ben = case(), Caller("ada", "operator"), Caller("ben", "operator")
    at = f"/cases/{row.pk}"
    is_problem(ada("POST", f"{at}/claim/", {"version": row.version + 5}), 412)
    assert ada("POST", f"{at}/claim/", {}).json()["claimed_by"] == "ada"
    lost = is_problem(ben("POST", f"{at}/claim/", {}), 409)
    assert lost["by"] == "Ada"
    is_problem(ben("POST", f"{at}/decide/", {"answer": {"ignore": "x"}, "reason": "x"}), 409)
    assert ada("POST", f"{at}/decide/", {"answer": {"ignore": "x"}, "reason": "spam"}).json()["state"] == "decided"
    is_problem(ada("POST", f"{at}/decide/", {"answer": {"ignore": "x"}, "reason": "spam"}), 409)


def test_the_same_key_is_the_same_act() -> None:
    """Replayed, not repeated; another body or act under it is refused; a refused act may be mended under its key."""
    row, ada, ben = record(), Caller("ada", "operator"), Caller("ben", "operator")
    at, key = f"/escalations/{row.pk}", {"idempotency-key": "k-1"}
    first = ada("POST", f"{at}/note/", {"text": "once"}, **key)
    again = ada("POST", f"{at}/note/", {"text": "once"}, **key)
    assert (again.status_code, again.json()) == (200, first.json())
    assert Entry.objects.filter(verb="note").count() == 1
    is_problem(ada("POST", f"{at}/note/", {"text": "other"}, **key), 422)
    is_problem(ada("POST", f"{at}/acknowledge/", {"text": "once"}, **key), 422)
    assert ben("POST", f"{at}/note/", {"text": "mine"}, **key).status_code == 200
    bad = {"idempotency-key": "k-2"}
    is_problem(ada("POST", f"{at}/note/", {"text": ""}, **bad), 400)
    assert ada("POST", f"{at}/note/", {"text": "now"}, **bad).status_code == 200


BAD = [
    ({"text": "x", "oops": 1}, "oops"),
    ({}, "text"),
    ({"text": ""}, "text"),
    ({"text": "a\x00b"}, "text"),
    ({"text": "\ud800"}, "text"),
    ({"text": ["x"]}, "text"),
    ({"text": "x", "version": "one"}, "version"),
    ({"text": "x", "customer_told": "perhaps"}, "customer_told"),
    ([1], None),
    (b"{", None),
    (b'{"text":"a","text":"b"}', None),
    (b'{"text":NaN}', None),
    (b"[" * 100_000, None),
    (b'"' + b'\\"' * 500_000, None),
    (b"\xff\xfe\x00", None),
    ("x", None),
    (None, "text"),
]


@pytest.mark.parametrize(("body", "field"), BAD, ids=range(len(BAD)))
def test_what_an_act_can_not_take_is_a_400_in_words(body: Any, field: str | None) -> None:
    """Every field that does not do is named."""
    row, ada = record(), Caller("ada", "operator")
    told = is_problem(ada("POST", f"/escalations/{row.pk}/note/", body), 400)
    assert field is None or field in told["errors"]
    assert not Entry.objects.filter(verb="note").exists()


def test_extremes_are_refused_or_done_and_never_a_500() -> None:
    """Long texts, far dates, huge durations, odd answers: both databases agree."""
    row, ada, long = record(), Caller("ada", "operator"), "ä" * 20_000
    at = f"/escalations/{row.pk}"
    tried = [
        ("note", {"text": long}),
        ("block", {"blocker": "access", "note": long}),
        ("block", {"blocker": long}),
        ("hand-off", {"to": "ben", "reason": long, "expected": "1h"}),
        ("hand-off", {"to": long, "reason": "r", "expected": "1h"}),
        ("hand-off", {"to": "cleo", "reason": "r", "expected": "9" * 400 + "d"}),
        ("hand-off", {"to": "cleo", "reason": "r", "expected": "²h"}),
        ("snooze", {"until": "9999-12-31T23:59:59Z", "reason": "r"}),
        ("snooze", {"until": "9999-12-31T23:59:59-23:59", "reason": "r"}),
        ("snooze", {"until": "0001-01-01T00:00:00+23:59", "reason": long}),
        ("promise", {"to_whom": long, "text": "t", "due_at": "2099-01-01T00:00:00Z"}),
        ("promise", {"to_whom": "k", "text": long, "due_at": "2099-01-01T00:00:00Z"}),
        ("promise", {"to_whom": "k", "text": "t", "due_at": "9999-12-31T23:59:59Z"}),
        ("promise", {"to_whom": "k", "text": "t", "due_at": "2099-01-01T00:00:00Z", "reason": long}),
        ("acknowledge", {"version": 10**30}),
        ("resolve", {"resolution": long}),
        ("close", {"reason": long}),
    ]
    codes = {
        f"{act} {number}": ada("POST", f"{at}/{act}/", body).status_code for number, (act, body) in enumerate(tried)
    }
    assert {name: code for name, code in codes.items() if code >= 500} == {}
    fresh = f"/escalations/{world.opened(body=world.ticket(2), delivery='d-2').pk}"
    for until in ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"):
        assert ada("POST", f"{fresh}/snooze/", {"until": until, "reason": "r"}).status_code == 400
    waiting = case()
    for odd in ({"a\x00": 1}, {"a": ["\ud800"]}, {"a": {"b": "\x00"}}, {"account": long}, {"account": 2**70}, {}):
        answer = ada("POST", f"/cases/{waiting.pk}/decide/", {"answer": odd, "reason": "r"})
        assert answer.status_code < 500, odd
        Case.objects.filter(pk=waiting.pk).update(state="open", claimed_by=None, decided_by=None)


@pytest.mark.parametrize("odd", ["0", "999999999999999999", "99999999999999999999", "abc", "1e3", "-1", "%00", "1%27"])
def test_what_is_not_there_is_404(odd: str) -> None:
    """Reading and acting."""
    ada = Caller("ada", "operator")
    for path in (f"/escalations/{odd}/", f"/signals/{odd}/", f"/deliveries/{odd}/", f"/cases/{odd}/"):
        assert ada("GET", path).status_code == 404
    assert ada("POST", f"/escalations/{odd}/acknowledge/", {}).status_code == 404
    assert ada("POST", f"/cases/{odd}/claim/", {}).status_code == 404


def test_nothing_is_written_but_by_acts() -> None:
    """PUT, PATCH, DELETE and POST on resources: 405."""
    row, ada = record(), Caller("ada", "operator")
    for method in ("PUT", "PATCH", "DELETE"):
        for path in (f"/escalations/{row.pk}/", "/escalations/", f"/escalations/{row.pk}/acknowledge/", "/signals/"):
            is_problem(ada(method, path, {}), 405)
    for path in ("/escalations/", "/cases/"):
        is_problem(ada("POST", path, {"state": "closed"}), 405)
    is_problem(ada("GET", f"/escalations/{row.pk}/acknowledge/"), 405)


MATRIX = {  # role: reads all, acts on the ledger, decides cases
    "operator": (200, 200, 200),
    "lead": (200, 200, 200),
    "author": (200, 403, 403),
    "approver": (200, 403, 403),
    "auditor": (200, 403, 403),
    "integrator": (200, 403, 403),
    "admin": (200, 403, 403),
    "": (403, 403, 403),
}


def test_what_each_role_may_do() -> None:
    """The seven, and a login with none; what is forbidden changes nothing."""
    assert set(MATRIX) == {*ROLES, ""}
    row, waiting = record(), case()
    for role, (reads, acts, decides) in MATRIX.items():
        caller = Caller(f"a-{role or 'nobody'}", role)
        for path in ("/escalations/", "/signals/", "/deliveries/", "/cases/", "/owners/"):
            assert caller("GET", path).status_code == reads, (role, path)
        before = Entry.objects.count()
        for act in ("acknowledge", "note", "hand-off", "promise", "block", "snooze", "resolve", "close"):
            wanted = acts if act == "note" else (400, 409, 403)
            body = {"text": "x"} if act == "note" else {"nothing": 1}
            code = caller("POST", f"/escalations/{row.pk}/{act}/", body).status_code
            assert code == wanted or (isinstance(wanted, tuple) and code in wanted), (role, act)
            assert (code == 403) == (acts == 403), (role, act)
        assert caller("POST", f"/cases/{waiting.pk}/claim/", {}).status_code == decides, role
        Case.objects.filter(pk=waiting.pk).update(state="open", claimed_by=None)
        assert Entry.objects.count() - before == (1 if acts == 200 else 0), role


def test_a_login_without_a_person_reads_and_does_not_act() -> None:
    """There is nobody to name on the timeline."""
    row = record()
    robot = Caller("robot")
    robot.user.groups.set([Group.objects.get(name="operator")])
    assert robot("GET", "/escalations/").status_code == 200
    assert (
        "nobody in the directory" in is_problem(robot("POST", f"/escalations/{row.pk}/acknowledge/", {}), 403)["detail"]
    )


def test_a_browser_s_session_needs_its_csrf_token() -> None:
    """A page elsewhere can not act in somebody's name."""
    row = record()
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(username="ada"))
    assert client.get(f"{BASE}/escalations/").status_code == 200
    answer = client.post(f"{BASE}/escalations/{row.pk}/acknowledge/", b"{}", content_type="application/json")
    assert answer.status_code == 403
    answer = client.post(f"{BASE}/escalations/{row.pk}/acknowledge/", {"a": 1})
    assert answer.status_code in (403, 415)


def test_lists_go_by_cursor_and_few_queries() -> None:
    """In the Desk's order, none twice, none left out; a page costs the same whatever is on it."""
    for number in range(5):
        factories.escalation(owner=world.person("ada"), account=world.acme(), title=f"t{number}")
    ada, seen = Caller("ada", "operator"), []
    path: str | None = "/escalations/?page_size=2"
    while path:
        page = ada("GET", path).json()
        seen += [one["id"] for one in page["results"]]
        path = page["next"] and page["next"].partition(BASE)[2]
    wanted = [str(pk) for pk in Escalation.objects.order_by("rank_at", "id").values_list("pk", flat=True)]
    assert seen == wanted
    for path in ("/escalations/", "/signals/", "/deliveries/", "/cases/", "/owners/"):
        with CaptureQueriesContext(connection) as asked:
            assert ada("GET", path).status_code == 200
        assert len(asked) <= 12, path
    for odd in ("?cursor=%00", "?cursor=abc", "?page_size=x", "?state=nope", "?owner=%00", "?open=perhaps"):
        assert ada("GET", f"/escalations/{odd}").status_code < 500, odd
    assert ada("GET", "/signals/?escalation=99999999999999999999").status_code < 500
    narrowed = ada("GET", "/escalations/?account=acme&owner=ada&open=true&state=open&severity=high").json()
    assert set(narrowed) == {"next", "previous", "results"}


def test_the_schema_and_its_page() -> None:
    """OpenAPI without warnings; the page loads everything from here, as the policy wants."""
    text = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=text)
    for act in ("acknowledge", "hand-off", "promise", "note", "block", "resolve", "close", "claim", "decide"):
        assert f"/{act}/" in text.getvalue()
    answer = Client().get(f"{BASE}/docs/")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "https://" not in page.replace("https://www.w3.org", "")
    assert "<script>" not in page
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert Client().get(f"{BASE}/docs/?script=").status_code == 200
    assert Client().get(f"{BASE}/schema/").status_code == 200
