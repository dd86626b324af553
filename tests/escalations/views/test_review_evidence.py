"""What stands beside the suggested answers: how cases alike were decided, and rows that can be decided at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from escalations.domain import alike
from escalations.domain.reasons import Reason
from escalations.models import Case
from escalations.queries import review, waiting
from escalations.services import cases
from escalations.views import railing
from tests.escalations.views.casework import World, doubtful, later, stranger, world

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture
def here() -> World:
    return world()


@pytest.fixture
def omar(here: World) -> Client:
    client = Client()
    client.force_login(here.login(here.omar))
    return client


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def offered(shown: str) -> list[str]:
    """The titles of the answers, from the top."""
    answers = shown.split('id="decide"', maxsplit=1)[1].split("</form>", maxsplit=1)[0]
    return [part.split("</b>", maxsplit=1)[0] for part in answers.split("<b>")[1:]]


TROUBLE = ("Cards", "Tills", "Exports", "Payouts", "Logins")


def decided(here: World, *severities: str, said: str = "P9", days: int = 1) -> None:
    for number, severity in enumerate(severities):
        case = doubtful(
            here,
            severity=said,
            title=f"{TROUBLE[number]} fail, {severity}, {said}, {'long ago' if days > 90 else 'lately'}",
        )
        at = timezone.now() - timedelta(days=days, minutes=number)
        answer = {"severity": severity, "title": severity.capitalize()}
        cases.decide(case_id=case.pk, by=here.lena, answer=answer, reason=f"they mean {severity}", now=at)


def test_evidence_is_counted_from_decisions_of_cases_that_ask_the_same(here: World, omar: Client) -> None:
    decided(here, "high", "high", "low", "high")
    decided(here, "critical", "critical", said="P7")
    decided(here, "low", "low", days=100)
    shown = page(omar, f"/review/{doubtful(here).pk}/")
    assert "3 of 4 decided so" in shown
    assert "1 of 4 decided so" in shown
    assert "0 of 4 decided so" in shown
    assert shown.split("Decided alike before")[1].split("</ul>")[0].count("<li>") == 3
    assert "4 like it in 90 days" in shown
    # The usual answer is the first, whatever the order in which answers were suggested.
    assert offered(shown)[:2] == ["High", "Low"]
    assert 'suggested: <span class="num">3 of 4 decided so' in shown


def test_too_little_evidence_turns_nothing_and_none_says_so(here: World, omar: Client) -> None:
    case = doubtful(here)
    assert "None in 90 days" in page(omar, f"/review/{case.pk}/")
    decided(here, "low", "low")
    shown = page(omar, f"/review/{case.pk}/")
    assert "2 of 2 decided so" in shown
    assert offered(shown) == ["Critical", "High", "Normal", "Low"]


def test_a_decision_taken_back_is_no_evidence(here: World, omar: Client) -> None:
    case = doubtful(here, title="Tills fail")
    answer = {"severity": "low", "title": "Low"}
    cases.decide(case_id=case.pk, by=here.omar, answer=answer, reason="x", now=timezone.now())
    cases.undo(case_id=case.pk, by=here.omar, now=timezone.now())
    assert Case.objects.get(pk=case.pk).answered == ""
    assert "None in 90 days" in page(omar, f"/review/{doubtful(here).pk}/")


def test_the_usual_answer_is_decided_from_the_row(here: World, omar: Client) -> None:
    decided(here, "high", "high", "high")
    case = doubtful(here)
    rail = page(omar, "/review/rail/")
    assert "3 of 3</span></button>" in rail
    assert "Omar Said decides" in rail
    assert "holds 1 message" in rail
    place = next(n for n, one in enumerate(case.answers, 1) if one["answer"] == {"severity": "high"})
    reason = "As suggested: 3 of 3 decided so"
    assert f'name="choice" value="{place}"' in rail
    assert f'name="reason" value="{reason}"' in rail
    form = {"choice": place, "reason": reason, "version": case.version}
    assert omar.post(f"/review/{case.pk}/decide/", form, headers=JSON).status_code == 200
    assert (Case.objects.get(pk=case.pk).decision or {})["severity"] == "high"


@pytest.mark.parametrize(
    ("reason", "answer", "known", "said"),
    [
        ("sources_disagree", {"tier": "pro"}, {"says": [{"source": "HubSpot", "value": "Pro"}]}, "believes hubspot"),
        ("sources_disagree", {"tier": "x"}, {"says": [{"source": "HubSpot", "value": "Pro"}]}, "neither: x"),
        ("severity_unclear", {"severity": "high", "title": "High"}, {}, "severity=high"),
        ("account_unknown", {"ignore": "no customer of ours"}, {}, "ignore"),
        ("account_unknown", {"account": 7, "title": "It is X"}, {}, "account=7"),
        ("problem_unknown", {"problem": "any words"}, {}, "problem"),
        ("step_failed", {"retry": True}, {}, "retry"),
    ],
)
def test_answers_that_say_the_same(reason: str, answer: dict[str, Any], known: dict[str, Any], said: str) -> None:
    assert alike.said(reason, answer, known) == said


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_a_class_that_fits_its_column(reason: Reason) -> None:
    known = {"says": [{"source": "s" * 300, "value": "v" * 300, "rule": "r"}, "odd"], "templates": ["t" * 300]}
    assert len(alike.kind(reason, "field", "crm", known)) <= alike.LONGEST
    assert alike.kind(reason, "field", "crm", known) == alike.kind(reason, "field", "crm", known)


def test_every_reason_is_listed_with_what_it_asks_and_who_decides(here: World, omar: Client) -> None:
    listed = page(omar, "/review/reasons/")
    for reason in Reason:
        assert f'id="{reason.value}"' in listed
        assert reason.words in listed
    assert listed.count("Omar Said") >= len(Reason)


def test_a_long_queue_comes_by_the_page_and_every_case_once(
    here: World, omar: Client, django_assert_max_num_queries: Any
) -> None:
    first = stranger(here)
    now = timezone.now()
    many = [
        Case(
            reason="tier_missing", question="?", subject=f"C{number}", key=f"k{number}", opened_at=now,
            owner=here.omar if number % 3 else here.lena, due_at=now + timedelta(seconds=number // 5),
        )
        for number in range(100)
    ]  # fmt: skip
    Case.objects.bulk_create(many)
    page(omar, "/review/rail/")
    with django_assert_max_num_queries(9):
        answer = omar.get("/review/rail/").content.decode()
    assert "101 waiting" in " ".join(answer.split())
    seen: list[str] = []
    for _ in range(10):
        seen += [part.split('"')[0] for part in answer.split('data-case="')[1:]]
        if "data-more" not in answer:
            break
        link = answer.split('class="rail-more link" href="')[1].split('"')[0].replace("&amp;", "&")
        answer = omar.get(f"{link}&part=rows").content.decode()
    assert len(seen) == len(set(seen)) == 101
    assert str(first.pk) in seen


def test_counting_stops_where_nobody_cares(here: World, omar: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (waiting, railing, review):
        monkeypatch.setattr(module, "MOST", 2)
    for title in ("a", "b", "c", "d"):
        doubtful(here, title=title)
    assert "over 2 waiting" in page(omar, "/review/rail/")


def test_a_cursor_that_means_nothing_brings_nothing(here: World, omar: Client) -> None:
    stranger(here)
    for after in ("x", "m.1", "o.999999999999999999.1", "m.-1.2"):
        assert "data-case" not in omar.get(f"/review/rail/?after={after}&part=rows").content.decode()


def test_the_next_case_is_the_one_below_then_those_of_others(here: World, omar: Client) -> None:
    one, two, three = stranger(here), doubtful(here), doubtful(here, title="Tills fail")
    later(two, 5)
    Case.objects.filter(pk=three.pk).update(owner=here.lena)
    filters = waiting.Filters()
    turn = {
        case: waiting.following(case, person=here.omar, now=timezone.now(), filters=filters)
        for case in Case.objects.all()
    }
    assert turn == {one: two, two: three, three: one}
