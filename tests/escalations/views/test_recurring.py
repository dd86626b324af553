"""`/recurring/`: empty, with a few, with ten thousand; what comes every week is named, and nobody by name."""

from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from escalations.models import Case
from tests.escalations.views.casework import World, world

pytestmark = pytest.mark.django_db
WORDS = ["export of reports fails", "password reset never arrives", "invoice shows another address", "search is slow"]


@pytest.fixture
def here() -> World:
    cache.clear()
    return world()


@pytest.fixture
def omar(here: World) -> Client:
    client = Client()
    client.force_login(here.login(here.omar))
    return client


def came(here: World, number: int, opened: datetime, title: str, *, decided: bool = True) -> Case:
    """A case of an unknown sender, as the line opens it, handled within two hours."""
    return Case(
        reason="account_unknown", question=f"Which account is Lumen {number}?", subject=f"Lumen {number}",
        key=f"t{number}", known={"title": f"Lumen {number}: {title} #{number}", "identifiers": []}, owner=here.omar,
        due_at=opened + timedelta(days=1), opened_at=opened, claimed_at=opened + timedelta(minutes=90),
        decided_at=opened + timedelta(hours=2) if decided else None, state="decided" if decided else "open",
        decision={"ignore": "test"} if decided else None, decision_reason="seen" if decided else "",
    )  # fmt: skip


def page(client: Client, query: str = "") -> str:
    answer = client.get(f"/recurring/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_nothing_yet(omar: Client) -> None:
    assert "Nothing came twice" in page(omar)
    assert "No case in the last 8 weeks." in page(omar)


def test_one_case_is_no_group(here: World, omar: Client) -> None:
    came(here, 1, timezone.now(), WORDS[0]).save()
    assert "1 case in the last 8 weeks, no two of them alike." in page(omar)


def test_what_comes_every_week_is_a_design_fault_with_its_cost_and_a_proposal(here: World, omar: Client) -> None:
    now = timezone.now()
    rows = [came(here, week, now - timedelta(weeks=week, hours=3), WORDS[0]) for week in range(4)]
    Case.objects.bulk_create([*rows, came(here, 9, now - timedelta(weeks=2), WORDS[1], decided=False)])
    seen = page(omar)
    assert "4 of 5 cases came more than once, in 1 group: 8.0 hours." in seen
    assert "Design fault: every week" in seen
    assert "A week: 0, 0, 0, 0, 1, 1, 1, 1" in seen
    assert "Export of reports fails" in seen
    assert "Lumen" not in seen, "a customer's name"
    assert here.omar.name not in seen.split('class="page recurring"')[1], "a person's name"
    newest = Case.objects.get(key="t0")
    assert f"/review/{newest.pk}/rule/" in seen
    assert omar.get(f"/review/{newest.pk}/rule/").status_code == 200


def test_who_may_not_see_cases_does_not_see_their_groups(client: Client) -> None:
    assert client.get("/recurring/").status_code == 302


def test_ten_thousand_cases(here: World, omar: Client, django_assert_max_num_queries: pytest.FixtureRequest) -> None:
    now = timezone.now()
    Case.objects.bulk_create(
        (came(here, number, now - timedelta(hours=number % 1300), f"{WORDS[number % 4]} at {chr(97 + number % 17) * 4}")
         for number in range(10_000)),
        batch_size=2000,
    )  # fmt: skip
    assert "Only the newest 10,000 cases" in page(omar).replace("10000", "10,000")
    with django_assert_max_num_queries(60):  # type: ignore[operator]  # pytest-django gives it no type
        page(omar)
    assert "Nothing came twice" in page(omar, "?from=99999")
