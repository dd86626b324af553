"""Like cases decided together: the preview, one reason, each its own decision and its own undo."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from escalations.models import Case, Entry
from escalations.services import cases
from tests.escalations.views.casework import World, doubtful, stranger, world

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


def rows(*found: Case) -> list[str]:
    return [f"{one.pk}:{Case.objects.get(pk=one.pk).version}" for one in found]


def together(client: Client, *found: Case, answer: str = "severity=high", **data: Any) -> Any:
    form = {"row": rows(*found), "answer": answer, "reason": "P9 is high with them", **data}
    return client.post("/review/together/", form, headers=JSON)


def test_all_that_ask_the_same_are_listed_with_what_would_happen(here: World, omar: Client) -> None:
    alike = [doubtful(here, title=title) for title in ("Cards fail", "Tills fail", "Exports fail")]
    other = stranger(here)
    case = page(omar, f"/review/{alike[0].pk}/")
    assert "3 waiting" in case
    assert "Decide all 3 alike" in case
    preview = page(omar, f"/review/together/?case={alike[0].pk}&answer=severity%3Dhigh")
    assert "Decide 3 cases together" in preview
    for one in alike:
        assert one.reference in preview
    assert other.reference not in preview
    assert preview.count("<b>High</b>") == 4
    assert "lets go of 1 message" in preview
    assert not Case.objects.filter(state="decided").exists()


def test_who_is_left_out_is_told_why(here: World, omar: Client) -> None:
    free, held, other = doubtful(here), doubtful(here, title="Tills fail"), stranger(here)
    cases.claim(case_id=held.pk, by=here.lena, now=timezone.now())
    preview = page(omar, f"/review/together/?ids={free.pk},{held.pk},{other.pk}")
    assert "1 would be decided" in preview
    assert "2 left out" in preview
    assert f"Lena Fors has {held.reference} in hand" in preview
    assert "it asks something else" in preview


def test_other_choices_are_left_out(here: World, omar: Client) -> None:
    free, odd = doubtful(here), doubtful(here, title="Tills fail")
    Case.objects.filter(pk=odd.pk).update(answers=odd.answers[2:])
    preview = page(omar, f"/review/together/?ids={free.pk},{odd.pk}&answer=severity%3Dhigh")
    assert "its choices are others: Normal, Low" in preview


def test_each_gets_its_own_decision_and_a_conflict_stops_none_of_the_others(here: World, omar: Client) -> None:
    one, two, three = (doubtful(here, title=title) for title in ("Cards fail", "Tills fail", "Exports fail"))
    seen = rows(one, two, three)
    cases.claim(case_id=two.pk, by=here.lena, now=timezone.now())
    told = omar.post(
        "/review/together/", {"row": seen, "answer": "severity=high", "reason": "P9 is high"}, headers=JSON
    ).json()
    assert [result["ok"] for result in told["results"]] == [True, False, True]
    assert "Lena Fors" in told["results"][1]["words"]
    assert Case.objects.get(pk=two.pk).state == "claimed"
    for case in (one, three):
        decided = Case.objects.get(pk=case.pk)
        assert (decided.decision or {})["severity"] == "high"
        assert decided.decision_reason == "P9 is high"
        assert decided.decided_by == here.omar
        assert Entry.objects.filter(case=case, verb="decide").count() == 1
        assert decided.history.count() > 1  # type: ignore[attr-defined]  # simple-history makes this manager


def test_each_can_be_taken_back_by_itself_and_all_at_once(here: World, omar: Client) -> None:
    found = [doubtful(here, title=title) for title in ("Cards fail", "Tills fail", "Exports fail")]
    together(omar, *found)
    ids = ",".join(str(one.pk) for one in found)
    after = page(omar, f"/review/together/done/?ids={ids}")
    assert "3 of 3 decided" in after
    assert after.count(">Undo</button>") == 3
    omar.post("/review/together/done/", {"id": found[0].pk, "back": ids})
    assert [Case.objects.get(pk=one.pk).state for one in found] == ["open", "decided", "decided"]
    Case.objects.filter(pk=found[1].pk).update(applied_at=timezone.now())
    omar.post("/review/together/done/", {"ids": ids, "back": ids})
    assert [Case.objects.get(pk=one.pk).state for one in found] == ["open", "decided", "open"]


def test_they_are_held_half_a_minute(here: World, omar: Client) -> None:
    case = doubtful(here)
    together(omar, case)
    decided = Case.objects.get(pk=case.pk)
    assert decided.effective_at is not None
    assert decided.decided_at is not None
    assert decided.effective_at - decided.decided_at == timedelta(seconds=30)


def test_nobody_takes_back_what_another_decided_here(here: World, omar: Client) -> None:
    case = doubtful(here)
    together(omar, case)
    lena = Client()
    lena.force_login(here.login(here.lena))
    lena.post("/review/together/done/", {"ids": str(case.pk), "back": ""})
    assert Case.objects.get(pk=case.pk).state == "decided"


def test_a_reason_is_asked_for_and_a_plain_form_works(here: World, omar: Client) -> None:
    case = doubtful(here)
    assert together(omar, case, reason=" ").json()["problems"] == {"reason": "is required"}
    form = {"row": rows(case), "answer": "severity=high", "reason": ""}
    again = omar.post("/review/together/", form)
    assert again.status_code == 422
    assert "Say why: it becomes part of each record." in again.content.decode()
    done = omar.post("/review/together/", form | {"reason": "High with them"})
    assert done["Location"] == f"/review/together/done/?ids={case.pk}"


@pytest.mark.parametrize("path", ["/review/together/", "/review/together/?ids=9,x,-1", "/review/together/?case=99999"])
def test_nothing_to_decide_is_not_found(here: World, omar: Client, path: str) -> None:
    assert omar.get(path).status_code == 404


def test_an_auditor_decides_nothing(here: World) -> None:
    client = Client()
    client.force_login(here.reader)
    case = doubtful(here)
    assert together(client, case).status_code == 403
    assert "You can read cases but not decide them" in page(client, f"/review/together/?ids={case.pk}")


def test_whoever_turns_from_a_case_to_all_alike_is_not_refused_for_giving_it_back(here: World, omar: Client) -> None:
    """The page of the case claims it; leaving for the preview gives it back after the preview was read."""
    first = stranger(here)
    now = timezone.now()
    claimed = cases.claim(case_id=first.pk, by=here.omar, now=now)
    seen = claimed.version
    cases.release(case_id=first.pk, by=here.omar, now=now)
    answer = first.answers[0]
    decided = cases.decide(
        case_id=first.pk,
        by=here.omar,
        answer=answer["answer"],
        reason="both",
        now=now,
        seen_version=seen,
        together=True,
    )
    assert decided.state == "decided"
