"""Make this a rule, over HTTP: which document each kind of case would change, and who goes on with the draft."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from escalations.models import Backtest, Case, Entry, Message, Person
from escalations.services import cases, ruling
from templates_engine.models import Version
from templates_engine.spec import documents as spec
from tests.escalations.views.casework import World, arrive, doubtful, stranger, world

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture
def here() -> World:
    found = world()
    author = found.reader
    author.groups.set([Group.objects.get(name="author")])
    Person.objects.create(username="ada", name="Ada Berg", user=author)
    return found


@pytest.fixture
def omar(here: World) -> Client:
    client = Client()
    client.force_login(here.login(here.omar))
    return client


def draft_of(case: Case) -> Version:
    return Version.objects.get(pk=Entry.objects.get(case=case, verb="rule").data["version"])


def propose(client: Client, case: Case, **data: object) -> Any:
    return client.post(f"/review/{case.pk}/rule/", data, headers=JSON)


def test_an_operator_proposes_what_a_word_means_and_stays_with_the_case(here: World, omar: Client) -> None:
    case = doubtful(here)
    page = omar.get(f"/review/{case.pk}/rule/?part=form&choice=2").content.decode()
    assert "“P9” in Generic JSON means severity high." in page
    assert "+           P9: high" in page
    told = propose(omar, case, choice="2").json()
    assert told["go"] == f"/review/{case.pk}/"
    assert told["told"] == 1
    draft = draft_of(case)
    assert (draft.state, draft.origin, draft.author) == ("draft", "proposed", here.omar.user)
    assert draft.problems == []
    assert draft.based_on is not None
    assert draft.based_on.state == "active"
    assert "# The simple shape: account, title" in draft.text
    assert Case.objects.get(pk=case.pk).state == "open"
    message = Message.objects.get(version=draft)
    assert message.person is not None
    assert message.person.name == "Ada Berg"
    backtest = Backtest.objects.get(version=draft)
    assert backtest.total == 1
    assert backtest.since <= case.opened_at


def test_the_third_identical_case_finds_the_rule_there(here: World, omar: Client) -> None:
    propose(omar, doubtful(here), choice="2")
    second = doubtful(here, title="Exports fail")
    assert "says so already" in omar.get(f"/review/{second.pk}/rule/?part=form&choice=2").content.decode()
    assert propose(omar, second, choice="2").status_code == 422
    assert Version.objects.filter(origin="proposed").count() == 1


def test_an_author_goes_on_in_the_editor(here: World) -> None:
    here.reader.groups.add(Group.objects.get(name="operator"))
    client = Client()
    client.force_login(here.reader)
    case = doubtful(here)
    told = propose(client, case, choice="1").json()
    assert told["go"] == f"/templates/versions/{draft_of(case).pk}/"
    assert told["told"] == 0


def test_a_decided_case_gives_its_decision(here: World, omar: Client) -> None:
    case = doubtful(here)
    answer = {"severity": "low", "title": "Low"}
    cases.decide(case_id=case.pk, by=here.omar, answer=answer, reason="never harms", now=timezone.now())
    propose(omar, case)
    draft = draft_of(case)
    assert draft.body["variants"][-1]["facts"]["severity"]["values"]["P9"] == "low"
    assert draft.remarks.get().text.endswith("because never harms")


def test_an_account_is_a_matter_of_the_directory(here: World, omar: Client) -> None:
    page = omar.get(f"/review/{stranger(here).pk}/rule/?part=form&choice=1").content.decode()
    assert "account directory is the rule here" in page
    assert "name Tessel Bnak" in page
    assert "Draft it" not in page


def test_a_sender_that_is_no_customer_is_ignored_by_a_variant(here: World, omar: Client) -> None:
    case = stranger(here, name="Zzyx' Ltd")
    propose(omar, case, choice="1")
    first = draft_of(case).body["variants"][0]
    assert first["ignore"] == "it is no customer of ours"
    assert first["when"].endswith("== 'Zzyx\\' Ltd'")


def test_without_an_answer_there_is_no_rule_yet(here: World, omar: Client) -> None:
    case = doubtful(here)
    assert "Choose the answer first" in omar.get(f"/review/{case.pk}/rule/?part=form").content.decode()
    assert propose(omar, case).status_code == 422
    assert not Version.objects.filter(origin="proposed").exists()


def test_sources_that_disagree_get_an_order(here: World, omar: Client) -> None:
    case = arrive(here, account="Tessel Bank", title="Cards fail", severity="high", problem="cards", tier="enterprise")
    assert case is not None
    assert case.reason == "sources_disagree"
    says = [one["source"] for one in case.known["says"] if one["value"] == "enterprise"]
    place = next(n for n, one in enumerate(case.answers, 1) if one["answer"] == {"tier": "enterprise"})
    propose(omar, case, choice=str(place))
    rule = draft_of(case).body["fields"]["tier"]
    assert rule["on_conflict"] == "win"
    assert rule["order"][0] == says[0]
    assert "directory" in rule["order"]


def test_a_tie_is_settled_by_the_order(here: World, omar: Client) -> None:
    seen = ruling.preview(
        _case(here, "templates_tie", templates=["a"]), {"template": "any-customer-trouble"}, now=timezone.now()
    )
    assert spec.parse(seen.text).body == {**_body("any-customer-trouble"), "order": 999}


def test_a_trigger_says_what_holds_while_its_fact_is_missing(here: World) -> None:
    case = _case(here, "condition_unresolved", templates=["sla-breach-high-priority"])
    other = ruling.preview(case, {"template": "any-customer-trouble"}, now=timezone.now())
    assert other.changes
    assert (spec.parse(other.text).body or {})["trigger"].startswith("known.severity && known.sla_minutes_over && (")
    same = ruling.preview(case, {"template": "sla-breach-high-priority"}, now=timezone.now())
    assert (spec.parse(same.text).body or {})["trigger"].startswith("(!known.severity || !known.sla_minutes_over) || (")
    for text in (other.text, same.text):
        facts = spec.parse(Version.objects.get(document__kind="facts").text).document
        assert spec.parse(text, facts).problems == []  # type: ignore[arg-type]  # it is the facts policy


@pytest.mark.parametrize("reason", ["delivery_failed", "signatures_failing", "chain_exhausted", "source_silent"])
def test_what_no_document_decides_says_so(here: World, reason: str) -> None:
    seen = ruling.preview(_case(here, reason), {"seen": True}, now=timezone.now())
    assert not seen.possible
    assert "No document" in seen.rule.words


def test_an_auditor_proposes_nothing(here: World) -> None:
    case = doubtful(here)
    client = Client()
    here.reader.groups.set([Group.objects.get(name="auditor")])
    client.force_login(here.reader)
    assert propose(client, case, choice="1").status_code == 403


def _body(key: str) -> dict[str, Any]:
    body: dict[str, Any] = Version.objects.get(document__key=key, state="active").body
    return body


def _case(here: World, reason: str, **known: object) -> Case:
    return Case.objects.create(
        reason=reason, question="?", key=reason, owner=here.omar, due_at=timezone.now(), opened_at=timezone.now(),
        known=known,
    )  # fmt: skip
