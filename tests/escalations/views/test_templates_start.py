"""One path from five answers: whatever is answered, the document is whole; what is missing is said beside it."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from escalations.models import Backtest, Person
from escalations.views.templates import firstpath
from templates_engine.models import Version
from templates_engine.services import check
from templates_engine.spec.documents import Template
from tests.escalations.views.authoring import PAYOUTS, client_of, colleague
from tests.escalations.views.casework import World, arrive, world

pytestmark = pytest.mark.django_db
ANSWERS: dict[str, Any] = {
    "title": "Payouts bounce",
    "severities": ["critical", "high"],
    "tiers": ["business"],
    "words": "payout, pay-out",
    "primary": "team:support",
    "escalation": "person:lena",
    "within": "15m",
    "resolve": "4h",
    "action": "Call the bank, then the customer",
    "exception": "amount",
    "amount": "100000",
    "metric": "The payout went through the same day",
    "measure": "time_to_resolve",
    "target": "1d",
}


@pytest.fixture
def here() -> World:
    return world()


@pytest.fixture
def author(here: World) -> Client:
    return client_of(colleague("lee", "Lee Tanaka", "author"))


def test_it_makes_a_draft_with_its_first_backtest(here: World, author: Client) -> None:
    arrive(here, account="Tessel Bank", title="Payout file rejected", severity="high", problem="payouts")
    cache.clear()
    answer = author.post("/templates/start/", ANSWERS)
    made = Version.objects.get(document__key="payouts-bounce")
    assert answer["Location"] == f"/templates/versions/{made.pk}/edit/"
    assert (made.state, made.problems) == ("draft", [])
    assert made.text.startswith("# One path")
    assert made.body["trigger"] == (
        'severity in ["critical", "high"] && tier == "business" && title.matches("(?i)(payout|pay\\\\-out)")'
    )
    assert made.body["owners"]["escalation"] == {"person": "lena"}
    assert made.body["success"] == [{"measure": "time_to_resolve", "at_most": "1d"}]
    assert Backtest.objects.get(version=made).total == 1
    again = author.post("/templates/start/", ANSWERS)
    assert Version.objects.filter(document__key="payouts-bounce-2").exists()
    assert again.status_code == 302


def test_two_paths_never_stand_at_one_place_in_the_order(author: Client) -> None:
    orders = set(
        Version.objects.filter(state="active", document__kind="template").values_list("body__order", flat=True)
    )
    author.post("/templates/start/", ANSWERS)
    assert Version.objects.get(document__key="payouts-bounce").body["order"] not in orders


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("title", " ", "what goes wrong"),
        ("primary", "", "who is asked first"),
        ("action", "\x00", "what happens next"),
        ("metric", "", "that it went well"),
        ("within", "soon", "Say it like 15m"),
        ("resolve", "-4h", "Say it like 15m"),
        ("amount", "a lot", "whole number"),
        ("target", "nan", "as the measure asks"),
        ("measure", "fame", "as the measure asks"),
    ],
)
def test_what_is_missing_is_said_and_the_rest_is_kept(author: Client, name: str, value: str, words: str) -> None:
    before = Version.objects.count()
    answer = author.post("/templates/start/", ANSWERS | {name: value})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    kept = "The payout went through" if name != "metric" else "Call the bank"
    assert kept in page
    assert Version.objects.count() == before


def test_a_path_that_would_take_everything_is_refused(author: Client) -> None:
    answer = author.post("/templates/start/", ANSWERS | {"severities": ["made up"], "tiers": [], "words": ","})
    assert answer.status_code == 422
    assert "it would take every signal" in answer.content.decode()


def test_the_preview_says_what_the_answers_make_so_far(author: Client) -> None:
    said = author.post("/templates/start/?part=preview", {"severities": ["high"]}).json()
    assert said["trigger"] == 'severity == "high"'
    assert said["text"].startswith("# One path")
    whole = author.post("/templates/start/?part=preview", ANSWERS).json()
    assert "Call the bank" in whole["outline"]


@pytest.mark.parametrize(("measure", "target"), [("handoffs", "2"), ("resolved_in_time", "0.9"), ("reopened", "0")])
def test_every_measure_makes_a_document_without_problems(author: Client, measure: str, target: str) -> None:
    author.post("/templates/start/", ANSWERS | {"measure": measure, "target": target})
    assert Version.objects.get(document__key="payouts-bounce").problems == []


WORDS = st.text(max_size=60)
SHARP = st.sampled_from(
    ['"', "'", "\\", "{{customer}}", "{due}", "# no", ": yes", "- a", "'''", "%x", "\x85", "\u2028", "\x1b", "\ud7ff",
     "😀", "<script>alert(1)</script>", ")|(.*", "!!python/object", "null", "yes", "~"]
)  # fmt: skip


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=WORDS | SHARP, words=WORDS | SHARP, action=WORDS | SHARP, metric=WORDS | SHARP)
def test_any_words_make_a_document_without_problems(
    here: World, title: str, words: str, action: str, metric: str
) -> None:
    form = {**ANSWERS, "title": title, "words": words, "action": action, "metric": metric}
    said = firstpath.read(form, {"severities": ["high"], "tiers": (), "sources": ()})
    if firstpath.problems(said):
        return
    text = firstpath.written(said, key=firstpath.key_of(said.title), order=500)
    parsed, problems = check([("draft", text)])
    assert problems == [], text
    document = parsed[0][1].document
    assert isinstance(document, Template)
    assert (document.title, document.outcome) == (said.title, said.metric)


@pytest.mark.parametrize("name", ["Refunds: late", 'Say "no"', "# Refunds"])
def test_a_copy_under_another_name_is_another_document(here: World, author: Client, name: str) -> None:
    source = Version.objects.get(document__key="any-customer-trouble")
    author.post("/templates/new/", {"from": source.pk, "name": name})
    made = Version.objects.latest("pk")
    assert (made.document.key, made.document.title) == (firstpath.key_of(name), name)
    assert (made.based_on, made.problems) == (None, [])


def test_renaming_leaves_the_rest_as_it_is(here: World) -> None:
    renamed = firstpath.renamed(PAYOUTS, "Refunds", "refunds")
    changed = [pair for pair in zip(PAYOUTS.splitlines(), renamed.splitlines(), strict=True) if pair[0] != pair[1]]
    assert changed == [("key: payouts", "key: refunds"), ("title: Payouts are rejected", 'title: "Refunds"')]


def test_people_who_left_are_not_offered(here: World, author: Client) -> None:
    Person.objects.filter(username="omar").update(is_active=False)
    page = author.get("/templates/start/").content.decode()
    assert "person:lena" in page
    assert "person:omar" not in page
