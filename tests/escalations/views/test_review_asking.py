"""`q`, ask: a question to a colleague stands on the case, which waits for the answer."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from escalations.models import Case, Message, Person
from tests.escalations.views.casework import World, doubtful, world

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture
def here() -> World:
    return world()


def signed_in(here: World, person: Person) -> Client:
    client = Client()
    client.force_login(here.login(person))
    return client


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def ask(client: Client, case: Case, **data: Any) -> Any:
    return client.post(f"/review/{case.pk}/ask/", data, headers=JSON)


def test_the_case_waits_for_the_answer_and_whoever_asked_is_told(here: World) -> None:
    case, omar, lena = doubtful(here), signed_in(here, here.omar), signed_in(here, here.lena)
    assert "Lena Fors, Lead" in page(omar, f"/review/{case.pk}/ask/?part=form")
    told = ask(omar, case, to=here.lena.pk, question="What do they mean by P9?").json()
    assert told["words"] == f"{case.reference} waits for Lena Fors"
    waiting = Case.objects.get(pk=case.pk)
    assert waiting.wake_at is not None
    assert waiting.wake_at < waiting.due_at
    assert "Snoozed" in page(omar, "/review/rail/")
    message = Message.objects.get(case=case, person=here.lena, subject__contains="asks about")
    assert message.state == "pending"  # the record is held; what is said between colleagues is not
    assert "What do they mean by P9?" in message.body
    shown = page(lena, f"/review/{case.pk}/")
    assert "Omar Said asked Lena Fors" in shown
    lena.post(f"/review/{case.pk}/answer/", {"answer": "High, by contract"}, headers=JSON)
    assert Case.objects.get(pk=case.pk).wake_at is None
    assert "<b>Lena Fors:</b> High, by contract" in page(omar, f"/review/{case.pk}/")
    assert Message.objects.filter(case=case, person=here.omar, subject__contains="answered on").count() == 1


def test_nothing_is_asked_of_nobody(here: World) -> None:
    case, omar = doubtful(here), signed_in(here, here.omar)
    assert ask(omar, case).json()["problems"] == {"to": "is required", "question": "is required"}
    again = omar.post(f"/review/{case.pk}/answer/", {"answer": "x"}, headers=JSON)
    assert again.json()["problems"] == {"answer": "nothing is asked here any more"}


def test_whoever_was_asked_answers_without_deciding(here: World) -> None:
    case, reader = doubtful(here), here.reader
    asked = Person.objects.create(username="rita", name="Rita Ohm", user=reader)
    reader.groups.set([Group.objects.get(name="author")])
    client = signed_in(here, asked)
    refused = client.post(f"/review/{case.pk}/answer/", {"answer": "x"}, headers=JSON)
    assert refused.status_code == 422
    ask(signed_in(here, here.omar), case, to=asked.pk, question="Which?")
    assert client.post(f"/review/{case.pk}/answer/", {"answer": "High"}, headers=JSON).status_code == 200
    assert ask(client, case, to=here.omar.pk, question="And now?").status_code == 403


def test_a_case_in_anothers_hands_is_not_sent_away(here: World) -> None:
    case = doubtful(here)
    signed_in(here, here.lena).post(f"/review/{case.pk}/claim/", headers=JSON)
    assert ask(signed_in(here, here.omar), case, to=here.lena.pk, question="?").status_code == 409
