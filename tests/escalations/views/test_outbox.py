"""The outbox page: what waits, why it is held, what failed and how to try again."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from escalations.models import Attempt, Message
from escalations.queries import outbox as reads
from escalations.services import outbox
from tests.escalations.views.casework import World, arrive, doubtful, world

pytestmark = pytest.mark.django_db
# Words, not numbers: what differs in a number alone is one problem to the line.
PROBLEMS = ("Payments", "Exports", "Logins", "Reports", "Imports")


@pytest.fixture
def here() -> World:
    return world()


@pytest.fixture
def lead(here: World) -> Client:
    client = Client()
    client.force_login(here.login(here.lena))
    return client


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def failed(here: World) -> Message:
    arrive(here, account="Tessel Bank", title="Card payments fail", severity="critical", problem="cards")
    message = Message.objects.exclude(state="held").latest("pk")
    for number in (1, 2):
        at = timezone.now() - timedelta(minutes=9 - number)
        Attempt.objects.create(message=message, number=number, at=at, ok=False, detail=f"refused {number}")
    Message.objects.filter(pk=message.pk).update(state="failed", attempts=2, error="refused 2")
    return Message.objects.get(pk=message.pk)


def test_an_empty_outbox_says_what_would_fill_it(here: World, lead: Client) -> None:
    assert "Nothing has been sent yet" in text(lead, "/outbox/")


def test_a_held_message_names_the_case_it_waits_for(here: World, lead: Client) -> None:
    case = doubtful(here)
    message = Message.objects.filter(state="held").latest("pk")
    page = text(lead, f"/outbox/{message.pk}/")
    assert f"waits for {case.reference}" in page
    assert case.question in page
    assert message.subject in page


def test_a_failed_message_shows_each_try_and_is_tried_again(here: World, lead: Client) -> None:
    message = failed(here)
    page = text(lead, f"/outbox/{message.pk}/?state=failed")
    assert "Not delivered: refused 2" in page
    assert "refused 1" in page
    answer = lead.post(f"/outbox/{message.pk}/retry/")
    assert answer["Location"] == f"/outbox/{message.pk}/"
    assert Message.objects.get(pk=message.pk).state == "pending"
    outbox.deliver(now=timezone.now() + timedelta(seconds=1))
    assert Message.objects.get(pk=message.pk).state == "sent"


def test_who_may_not_retry_reads_why(here: World, lead: Client) -> None:
    message = failed(here)
    operator = Client()
    operator.force_login(here.login(here.omar))
    assert "You can read messages but not send one again." in text(operator, f"/outbox/{message.pk}/")
    assert operator.post(f"/outbox/{message.pk}/retry/").status_code == 403
    assert Message.objects.get(pk=message.pk).state == "failed"


def test_pages_follow_each_other_without_gaps(here: World, lead: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for what in PROBLEMS:
        arrive(here, account="Tessel Bank", title=f"{what} fail", severity="high", problem=what)
    monkeypatch.setattr(reads, "PAGE", 2)
    seen: list[int] = []
    below = None
    while True:
        page = reads.messages(below=below)
        seen += [row.pk for row in page.rows]
        below = page.below
        if below is None:
            break
    assert seen == list(Message.objects.order_by("-pk").values_list("pk", flat=True))
    assert "Older messages" in text(lead, "/outbox/")


def test_odd_filters_are_no_fault(here: World, lead: Client) -> None:
    for query in ("?state=nonsense", "?below=x", "?below=99999999999999999999", "?record=-1", "?state=failed"):
        assert lead.get(f"/outbox/{query}").status_code == 200


def test_demo_says_that_nothing_leaves(here: World, lead: Client, settings: Any) -> None:
    settings.DEMO = True
    assert "in demo nothing leaves this machine" in text(lead, "/outbox/")


@pytest.mark.parametrize("path", ["/outbox/", "/outbox/?state=held"])
def test_it_costs_few_statements(here: World, lead: Client, path: str, django_assert_max_num_queries: Any) -> None:
    for what in PROBLEMS:
        doubtful(here, title=f"{what} fail")
    lead.get(path)
    with django_assert_max_num_queries(12):
        lead.get(path)
