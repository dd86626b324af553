"""Documents over the wire: written, signed by another, at work, rolled back, each refusal in problem details."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from escalations.models import Message, Person
from templates_engine import queries
from templates_engine.models import Version
from tests.escalations.api.test_api import Caller
from tests.stories import world

pytestmark = pytest.mark.django_db
SLA = """\
# Times as the contracts say
kind: sla
key: sla
title: Times
levels: {critical: {acknowledge: 10m, resolve: 8h}}
floor: {acknowledge: 1h, resolve: 1d}
"""


@pytest.fixture(autouse=True)
def company(db: None) -> None:
    """The small company of the stories, with somebody who writes and two who sign."""
    world.build()


@pytest.fixture
def ann(company: None) -> Caller:
    return _with_mail(Caller("ann", "author"))


@pytest.fixture
def ben(company: None) -> Caller:
    return _with_mail(Caller("ben-signs", "approver"))


def _with_mail(caller: Caller) -> Caller:
    Person.objects.filter(user=caller.user).update(email=f"{caller.user.username}@example.com")
    return caller


def made(caller: Caller, text: str = SLA) -> dict[str, Any]:
    answer = caller("POST", "/versions/", {"text": text})
    assert answer.status_code == 201, answer.content
    found: dict[str, Any] = answer.json()
    return found


def act(caller: Caller, version: dict[str, Any], verb: str, body: Any = None, **headers: str) -> Any:
    return caller("POST", f"/versions/{version['id']}/{verb}/", body or {}, **headers)


def submitted(ann: Caller, text: str = SLA) -> dict[str, Any]:
    version = made(ann, text)
    answer = act(ann, version, "submit", {"intent": "Contracts changed"})
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_the_whole_way_and_back(ann: Caller, ben: Caller) -> None:
    version = submitted(ann)
    assert (version["state"], version["contributors"]) == ("in_review", ["ann"])
    told = Message.objects.get(version_id=version["id"])
    assert (told.person.username, told.channel) == ("ben-signs", "email")
    signed = act(ben, version, "approve", {"comment": "Agreed"}, **{"if-match": f'"{version["digest"]}"'})
    assert signed.status_code == 200, signed.content
    assert act(ben, version, "activate").json()["state"] == "active"
    assert queries.active_documents().sla.levels["critical"].acknowledge == "10m"
    before = ben("GET", "/versions/?kind=sla&state=retired").json()["results"]
    assert [one["number"] for one in before] == [1]
    again = act(ann, before[0], "roll-back", {"comment": "Too short"}).json()
    assert (again["state"], again["origin"], again["digest"]) == ("in_review", "rolled_back", before[0]["digest"])
    assert Message.objects.filter(version_id=version["id"], person__username="ann", key__contains="approved").exists()


def test_a_draft_keeps_its_faults_and_says_where(ann: Caller) -> None:
    version = made(ann, SLA.replace("10m", "10 apples"))
    (problem,) = version["problems"]
    assert (problem["path"], problem["line"]) == ("levels.critical.acknowledge", 5)
    refused = act(ann, version, "submit", {"intent": "Try"})
    assert refused.status_code == 409
    assert "levels.critical.acknowledge" in refused.json()["detail"]
    saved = act(ann, version, "edit", {"text": SLA}, **{"if-match": f'"{version["digest"]}"'})
    assert saved.json()["problems"] == []
    late = act(ann, version, "edit", {"text": SLA}, **{"if-match": f'"{version["digest"]}"'})
    assert (late.status_code, late.json()["title"]) == (412, "Stale")


def test_what_is_no_document_is_refused_with_its_problems(ann: Caller) -> None:
    answer = ann("POST", "/versions/", {"text": "hello: [world"})
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["problems"][0]["line"] == 1


REFUSED = [
    ("its author", "ann", {"comment": "", "digest": "seen"}, 403, "wrote this version"),
    ("nobody said what they saw", "ben", {"comment": ""}, 400, "digest"),
    ("another digest", "ben", {"comment": "", "digest": "0" * 64}, 412, "not what you saw"),
    ("a moment that is over", "ben", {"digest": "seen", "activate_at": "2020-01-01T00:00:00Z"}, 409, "lie ahead"),
    ("an unknown wish", "ben", {"digest": "seen", "running": "vanish"}, 400, "running"),
    ("fields of the row", "ben", {"digest": "seen", "approved_by": "ann", "state": "active"}, 400, "no field"),
]


@pytest.mark.parametrize(("what", "who", "body", "status", "words"), REFUSED, ids=[one[0] for one in REFUSED])
def test_approval_is_refused(
    ann: Caller, ben: Caller, what: str, who: str, body: dict[str, Any], status: int, words: str
) -> None:
    version = submitted(ann)
    said = {**body, "digest": version["digest"]} if body.get("digest") == "seen" else body
    answer = act({"ann": ann, "ben": ben}[who], version, "approve", said)
    assert answer.status_code == status, answer.content
    assert words in answer.content.decode()
    assert Version.objects.get(pk=version["id"]).state == "in_review"


def test_an_operator_reads_and_may_not_write(ann: Caller) -> None:
    version = submitted(ann)
    ada = Caller("ada", "operator")
    shown = ada("GET", f"/versions/{version['id']}/")
    assert shown.headers["ETag"] == f'"{version["digest"]}"'
    assert "ben" not in shown.json()["may"]["remark"]
    assert shown.json()["may"]["approve"].startswith("You can not decide about versions.")
    assert ada("POST", "/versions/", {"text": SLA}).status_code == 403
    assert act(ada, version, "send-back", {"comment": "No"}).status_code == 403
    assert act(ada, version, "remark", {"text": "Is 10 min enough?", "path": "levels.critical"}).status_code == 200
    for method in ("PATCH", "PUT", "DELETE"):
        assert ada(method, f"/versions/{version['id']}/", {"state": "active"}).status_code in (403, 405)


def test_sent_back_with_words_and_the_same_act_twice(ann: Caller, ben: Caller) -> None:
    version = submitted(ann)
    assert act(ben, version, "send-back").status_code == 409
    answers = [act(ben, version, "send-back", {"comment": "Why 10?"}, **{"idempotency-key": "k1"}) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].json()["state"] == answers[1].json()["state"] == "draft"
    assert [one["text"] for one in answers[0].json()["remarks"]] == ["Why 10?"]


def test_an_emergency_works_at_once_and_asks_for_a_second_signature(ann: Caller, ben: Caller) -> None:
    version = submitted(ann)
    act(ben, version, "approve", {"digest": version["digest"]})
    act(ben, version, "activate")
    first = Version.objects.get(document__kind="sla", number=1)
    carl = _with_mail(Caller("carl", "approver"))
    made = act(ben, {"id": first.pk}, "roll-back", {"comment": "Pages storm", "emergency": True})
    assert made.status_code == 200, made.content
    assert (made.json()["state"], made.json()["second_by"]) == ("active", None)
    assert act(ben, made.json(), "countersign", {"digest": made.json()["digest"]}).status_code == 403
    second = act(carl, made.json(), "countersign", {"digest": made.json()["digest"], "comment": "Right"})
    assert second.json()["second_by"] == "carl"


def test_readiness_and_the_list_of_what_would_move(ann: Caller) -> None:
    text = queries.active_documents()
    assert text.templates
    running = world.opened()
    body = running.template.text.replace("severity: critical", "severity: critical\nnote: shorter", 1)
    version = made(ann, body)
    found = ann("GET", f"/versions/{version['id']}/readiness/").json()["findings"]
    assert {one["level"] for one in found} >= {"read"}
    moved = ann("GET", f"/versions/{version['id']}/affected/").json()
    assert [one["reference"] for one in moved["records"]] == [running.reference]
    assert len(moved["fingerprint"]) == 64


def test_lists_cost_the_same_however_many(ann: Caller, django_assert_max_num_queries: Any) -> None:
    for _ in range(5):
        made(ann)
    with django_assert_max_num_queries(8):
        assert len(ann("GET", "/versions/?state=draft").json()["results"]) == 5
    with django_assert_max_num_queries(8):
        assert ann("GET", "/templates/?kind=sla").json()["results"][0]["active"]["number"] == 1


def test_a_schedule_is_shown(ann: Caller, ben: Caller) -> None:
    version = submitted(ann)
    at = (timezone.now() + timedelta(hours=2)).isoformat()
    shown = act(ben, version, "approve", {"digest": version["digest"], "activate_at": at}).json()
    assert shown["activate_at"][:16] == at[:16]
