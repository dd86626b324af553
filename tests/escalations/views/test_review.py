"""The review queue over HTTP: what it shows, what each act does, and what two people who meet are told."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from escalations import clockwork
from escalations.models import Case, Escalation, Message
from escalations.services import cases
from tests.escalations.views.casework import World, arrive, doubtful, later, stranger, world

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


@pytest.fixture
def lena(here: World) -> Client:
    client = Client()
    client.force_login(here.login(here.lena))
    return client


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def decide(client: Client, case: Case, **data: object) -> Any:
    form = {
        "choice": "1",
        "reason": "Spelt wrong by the sender",
        "version": Case.objects.get(pk=case.pk).version,
        **data,
    }
    return client.post(f"/review/{case.pk}/decide/", form, headers=JSON)


def test_an_empty_queue_says_what_passed_without_a_person(here: World, omar: Client) -> None:
    arrive(here, account="Tessel Bank", title="Card payments fail", severity="high", problem="cards")
    page = text(omar, "/review/")
    assert "Nothing waits for a person" in page
    assert "1 of 1 signals passed without a person today" in page


def test_a_case_shows_what_is_known_and_what_each_answer_does(here: World, omar: Client) -> None:
    case = stranger(here)
    page = text(omar, f"/review/{case.pk}/")
    assert case.question.split(",")[0] in page
    for part in ("What the sources say", "name Tessel Bnak", "It is Tessel Bank", "Missing", "Why it stopped"):
        assert part in page
    assert "1 signal" in page
    assert f"/signals/{case.known['signal']}/" in page
    for line in ("Clock", "Opens", "Pages", "Writes"):
        assert page.count(f'<span class="quiet">{line}</span>') == len(case.answers)


def test_opening_changes_nothing_and_a_claim_is_a_post(here: World, omar: Client, lena: Client) -> None:
    case = stranger(here)
    omar.get(f"/review/{case.pk}/")
    assert Case.objects.get().state == "open"
    assert omar.post(f"/review/{case.pk}/claim/", headers=JSON).json()["version"] == 2
    assert "Omar Said has EXC" in text(lena, f"/review/{case.pk}/")
    met = lena.post(f"/review/{case.pk}/claim/", headers=JSON)
    assert met.status_code == 409
    assert met.json()["words"].startswith(f"Omar Said has {case.reference} in hand since")
    omar.post(f"/review/{case.pk}/release/", headers=JSON)
    assert lena.post(f"/review/{case.pk}/claim/", headers=JSON).status_code == 200


def test_a_decision_names_the_next_case_and_can_be_taken_back(here: World, omar: Client) -> None:
    first, second = stranger(here), doubtful(here)
    later(second, 5)
    answer = decide(omar, first)
    assert answer.json()["go"] == f"/review/{second.pk}/"
    decided = Case.objects.get(pk=first.pk)
    assert decided.decision == {"account": here.account.pk, "title": "It is Tessel Bank"}
    rail = text(omar, "/review/rail/")
    assert f"{first.reference} decided" in rail
    undone = omar.post(f"/review/{first.pk}/undo/", headers=JSON)
    assert undone.json()["go"] == f"/review/{first.pk}/"
    assert Case.objects.get(pk=first.pk).state == "open"


def test_what_was_decided_takes_effect_after_ten_seconds(here: World, omar: Client) -> None:
    case = stranger(here)
    decide(omar, case)
    clockwork.sweep()
    assert not Escalation.objects.exists()
    Case.objects.update(effective_at=timezone.now() - timedelta(seconds=1))
    clockwork.sweep()
    record = Escalation.objects.get()
    assert record.account == here.account
    late = omar.post(f"/review/{case.pk}/undo/", headers=JSON)
    assert late.status_code == 422
    assert late.json()["words"].startswith("The line went on already")


def test_everything_that_is_missing_is_said_at_once(here: World, omar: Client) -> None:
    case = stranger(here)
    answer = decide(omar, case, choice="", reason=" ")
    assert answer.status_code == 422
    assert answer.json()["problems"].keys() == {"answer", "reason"}
    assert Case.objects.get().state == "open"


def test_a_plain_form_keeps_what_was_typed(here: World, omar: Client) -> None:
    case = stranger(here)
    answer = omar.post(f"/review/{case.pk}/decide/", {"reason": "Kept text", "version": case.version})
    assert answer.status_code == 422
    assert 'value="Kept text"' in answer.content.decode()
    assert "choose an answer first" in answer.content.decode()
    done = omar.post(f"/review/{case.pk}/decide/", {"choice": "1", "reason": "Kept text", "version": case.version})
    assert done.status_code == 302
    assert done["Location"] == "/review/"


def test_one_own_answer_names_any_account(here: World, omar: Client) -> None:
    case = stranger(here, name="Somebody new")
    offers = omar.get("/review/accounts/?q=otter").json()["accounts"]
    assert offers == [{"value": "Otter Finance · otter-finance", "words": "starter"}]
    wrong = decide(omar, case, choice="own", **{"own-account": "Nobody"})
    assert wrong.json()["problems"] == {"own-account": "no account has this name"}
    decide(omar, case, choice="own", **{"own-account": offers[0]["value"]})
    decision = Case.objects.get().decision
    assert decision is not None
    assert decision["title"] == "It is Otter Finance"


def test_one_own_answer_takes_only_values_of_the_order(here: World, omar: Client) -> None:
    case = doubtful(here)
    Case.objects.update(answers=case.answers[:2])
    wrong = decide(omar, case, choice="own", **{"own-severity": "urgent-ish"})
    assert "is none of critical" in wrong.json()["problems"]["own-severity"]
    decide(omar, case, choice="own", **{"own-severity": "low"})
    assert Case.objects.get().decision == {"severity": "low", "title": "Severity: low"}


def test_what_is_offered_already_is_not_asked_for_again(here: World, omar: Client) -> None:
    case = doubtful(here)
    assert "Another value" not in text(omar, f"/review/{case.pk}/")


def test_opening_a_case_of_somebody_else_does_not_move_its_row(here: World, lena: Client) -> None:
    case = stranger(here)
    lena.post(f"/review/{case.pk}/claim/", headers=JSON)
    assert "0 of 1 shown" in text(lena, "/review/?who=mine")


def test_who_comes_second_is_told_who_what_and_when(here: World, omar: Client, lena: Client) -> None:
    case = stranger(here)
    decide(omar, case)
    answer = decide(lena, case)
    assert answer.status_code == 409
    words = answer.json()["words"]
    assert words.startswith(f"Omar Said decided {case.reference} at ")
    assert "It is Tessel Bank. Your text is kept." in words
    assert words.removesuffix(". Your text is kept.") in text(lena, f"/review/rail/?case={case.pk}")


def test_a_form_that_saw_an_older_case_is_refused(here: World, omar: Client) -> None:
    case = stranger(here)
    cases.claim(case_id=case.pk, by=here.omar, now=timezone.now())
    answer = decide(omar, case, version=1)
    assert answer.status_code == 409
    assert "changed since you looked" in answer.json()["words"]
    assert answer.json()["version"] == 2


def test_not_mine_names_the_next_decider_and_why(here: World, omar: Client) -> None:
    case = stranger(here)
    assert "Lena Fors, Lead" in text(omar, f"/review/{case.pk}/pass/?part=form")
    refused = omar.post(f"/review/{case.pk}/pass/", {}, headers=JSON)
    assert refused.json()["problems"] == {"why": "is required", "to": "is required"}
    omar.post(f"/review/{case.pk}/pass/", {"to": here.lena.pk, "why": "Knows the bank"}, headers=JSON)
    assert Case.objects.get().owner == here.lena


def test_a_case_left_in_somebody_elses_hands_can_be_taken_over(here: World, omar: Client, lena: Client) -> None:
    case = stranger(here)
    omar.post(f"/review/{case.pk}/claim/", headers=JSON)
    assert "Take it over" in text(lena, f"/review/{case.pk}/")
    form = {"to": here.lena.pk, "why": "Omar is at lunch"}
    assert lena.post(f"/review/{case.pk}/pass/", form, headers=JSON).json()["go"] == f"/review/{case.pk}/"
    assert lena.post(f"/review/{case.pk}/claim/", headers=JSON).status_code == 200


def test_a_snoozed_case_leaves_the_queue_until_it_wakes(here: World, omar: Client) -> None:
    case = stranger(here)
    refused = omar.post(f"/review/{case.pk}/snooze/", {"away": "at"}, headers=JSON)
    assert refused.json()["problems"].keys() == {"why", "until"}
    omar.post(f"/review/{case.pk}/snooze/", {"away": "2h", "why": "Bank opens at ten"}, headers=JSON)
    page = text(omar, "/review/")
    assert "Everything that waits is snoozed" in page
    assert "Bank opens" not in page


def test_the_rail_answers_304_until_something_happens(here: World, omar: Client) -> None:
    case = stranger(here)
    first = omar.get("/review/rail/")
    again = omar.get("/review/rail/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again["X-As-Of"]
    cases.claim(case_id=case.pk, by=here.lena, now=timezone.now())
    changed = omar.get("/review/rail/", headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert "Lena Fors" in changed.content.decode()


def test_a_filter_that_hides_all_says_so(here: World, lena: Client) -> None:
    stranger(here)
    page = text(lena, "/review/?who=mine")
    assert "0 of 1 shown" in page
    assert "Clear it" in page


def test_an_auditor_reads_and_is_told_who_can(here: World) -> None:
    case = stranger(here)
    client = Client()
    client.force_login(here.reader)
    page = text(client, f"/review/{case.pk}/")
    assert "You can read cases but not decide them. An operator or a lead can." in page
    assert "data-may-act" not in page
    assert decide(client, case).status_code == 403
    assert client.get(f"/review/{case.pk}/pass/").status_code == 403


def test_nobody_sees_it_unsigned(here: World) -> None:
    assert Client().get("/review/")["Location"].startswith("/admin/login/")
    assert Client().get("/review/rail/?part=rail").status_code == 401


def test_held_messages_are_counted_in_words(here: World, omar: Client) -> None:
    case = doubtful(here)
    held = Message.objects.filter(state="held").count()
    assert held > 0
    assert f"<b>{held} message{'' if held == 1 else 's'}</b>" in text(omar, f"/review/{case.pk}/")


def test_earlier_decisions_of_the_same_reason_stand_beside(here: World, omar: Client) -> None:
    decide(omar, stranger(here, name="Tessel Bnk"))
    case = stranger(here, name="Tesel Bank")
    page = text(omar, f"/review/{case.pk}/")
    assert "Decided alike before" in page
    assert "<b>It is Tessel Bank</b>" in page
    assert ">Spelt wrong by the sender<" in page


def test_what_comes_from_outside_is_escaped(here: World, omar: Client) -> None:
    case = stranger(here, name="<script>alert(1)</script>", title="<img src=x>")
    page = text(omar, f"/review/{case.pk}/")
    assert "<script>alert(1)" not in page
    assert "<img src=x>" not in page


@pytest.mark.parametrize("path", ["/review/", "/review/{pk}/", "/review/rail/?case={pk}", "/review/{pk}/?part=case"])
def test_a_page_costs_few_statements(here: World, omar: Client, path: str, django_assert_max_num_queries: Any) -> None:
    pks = [stranger(here, name=f"Stranger {number}").pk for number in range(5)] + [doubtful(here).pk]
    decide(omar, Case.objects.get(pk=pks[0]))
    address = path.format(pk=pks[-1])
    omar.get(address)
    with django_assert_max_num_queries(12):
        assert omar.get(address).status_code == 200
