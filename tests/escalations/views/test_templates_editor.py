"""The editor's own answers: saving, two authors at once, checking, trying, submitting; with a script and without."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from escalations.models import Person, Signal
from escalations.queries.readiness import readiness
from templates_engine.models import Version
from templates_engine.services import edit
from tests.escalations.views.authoring import PAYOUTS, client_of, colleague, draft_of
from tests.escalations.views.casework import World, arrive, world

pytestmark = pytest.mark.django_db
SCRIPT = {"Accept": "application/json"}


@pytest.fixture
def here() -> World:
    return world()


@pytest.fixture
def lee(here: World) -> Person:
    return colleague("lee", "Lee Tanaka", "author")


@pytest.fixture
def draft(lee: Person) -> Version:
    return draft_of(lee)


@pytest.fixture
def author(lee: Person) -> Client:
    return client_of(lee)


def address(version: Version) -> str:
    return f"/templates/versions/{version.pk}/edit/"


def seen(client: Client, version: Version) -> str:
    page = client.get(address(version)).content.decode()
    return page.split('name="seen" value="')[1].split('"')[0]


def check(client: Client, text: str) -> dict[str, Any]:
    answer = client.post("/templates/check/", {"text": text}, headers=SCRIPT)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_what_does_not_run_yet_is_told_while_writing_and_while_signing(author: Client, draft: Version) -> None:
    """A field that is kept and does nothing must not be relied on: author and approver both read it."""
    text = PAYOUTS.replace("primary: {team: support}", "primary: {round_robin: support}")
    found = check(author, text)
    assert found["problems"] == []
    assert found["words"] == "No problems, 1 note"
    assert (found["notes"][0]["path"], found["notes"][0]["line"]) == ("owners.primary.round_robin", 9)
    author.post(address(draft), {"do": "save", "text": text, "seen": seen(author, draft)}, headers=SCRIPT)
    kept = [one.words for one in readiness(Version.objects.get(pk=draft.pk), now=timezone.now())]
    assert "Kept, and not run yet: owners.primary.round_robin" in kept


# ------------------------------------------------------------------ saving


def test_a_script_saves_and_goes_on_from_what_it_saved(author: Client, draft: Version) -> None:
    stamp = seen(author, draft)
    for minutes in ("10m", "5m"):
        body = PAYOUTS.replace("15m", minutes)
        answer = author.post(address(draft), {"do": "save", "text": body, "seen": stamp}, headers=SCRIPT)
        assert answer.status_code == 200
        assert Version.objects.get(pk=draft.pk).text == body
        stamp = answer.json()["seen"]


def test_a_plain_form_saves_too(author: Client, draft: Version) -> None:
    body = PAYOUTS.replace("15m", "10m")
    answer = author.post(
        address(draft), {"do": "save", "text": body.replace("\n", "\r\n"), "seen": seen(author, draft)}, follow=True
    )
    assert "Saved" in answer.content.decode()
    assert Version.objects.get(pk=draft.pk).text == body


def test_a_draft_is_kept_with_its_faults(author: Client, draft: Version) -> None:
    for body in ("kind: template\nkey: payouts\nsteps: [", "", "\x00", "key: payouts\n" * 3):
        answer = author.post(address(draft), {"do": "save", "text": body, "seen": seen(author, draft)}, headers=SCRIPT)
        assert answer.status_code in (200, 422), body
        if answer.status_code == 200:
            assert Version.objects.get(pk=draft.pk).problems != []
        assert author.get(address(draft)).status_code == 200


@pytest.mark.parametrize("change", ["# Mine is only a comment.\n", "note: And mine is a field.\n"])
def test_two_authors_lose_nothing(here: World, author: Client, draft: Version, change: str) -> None:
    """The second is told who and when and gets both texts; a change of comments alone counts as well."""
    mira = colleague("mira", "Mira Lindqvist", "author")
    stamp = seen(author, draft)
    theirs = PAYOUTS + change
    saved = client_of(mira).post(address(draft), {"do": "save", "text": theirs, "seen": stamp}, headers=SCRIPT)
    assert saved.status_code == 200
    mine = PAYOUTS.replace("15m", "10m")
    answer = author.post(address(draft), {"do": "save", "text": mine, "seen": stamp}, headers=SCRIPT)
    assert answer.status_code == 412
    said = answer.json()
    assert (said["who"], said["text"]) == ("Mira Lindqvist", theirs)
    assert Version.objects.get(pk=draft.pk).text == theirs

    plain = author.post(address(draft), {"do": "save", "text": mine, "seen": stamp})
    page = plain.content.decode()
    assert plain.status_code == 412
    assert "within: 10m" in page
    assert change.strip() in page
    over = author.post(address(draft), {"do": "save", "text": mine, "seen": said["seen"]}, headers=SCRIPT)
    assert over.status_code == 200
    assert Version.objects.get(pk=draft.pk).text == mine
    assert {one.user.username for one in draft.contributions.all()} == {"lee", "mira"}


def test_a_text_in_review_stands(author: Client, draft: Version) -> None:
    author.post(address(draft), {"do": "submit", "intent": "Payouts come first."})
    assert Version.objects.get(pk=draft.pk).state == "in_review"
    answer = author.post(address(draft), {"do": "save", "text": "kind: x", "seen": seen(author, draft)}, headers=SCRIPT)
    assert answer.status_code == 409
    assert "its text stands" in answer.json()["words"]
    page = author.get(address(draft)).content.decode()
    assert "readonly" in page
    assert 'value="save"' not in page


def test_what_another_verb_would_need_is_said(here: World, draft: Version) -> None:
    """A reader sees the text; the reason stands where the buttons would."""
    client = Client()
    client.force_login(here.reader)
    page = client.get(address(draft)).content.decode()
    assert "An author can." in page
    assert 'value="save"' not in page
    assert "Payouts are what customers call about first." in page


# ------------------------------------------------------------------ checking and trying


def test_checking_names_every_problem_with_its_place(author: Client) -> None:
    broken = PAYOUTS.replace("within: 15m", "within: soon").replace('title.contains("Payout")', "seats > 10")
    broken = broken.replace("order: 45", "order: first")
    said = check(author, broken)
    found = [(one["line"], one["path"]) for one in said["problems"]]
    assert found == [(5, "order"), (7, "trigger"), (15, "steps.2.within")]
    assert said["outline"] is None
    assert check(author, PAYOUTS)["problems"] == []
    assert "data-line" in check(author, PAYOUTS)["outline"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "\x00",
        "[" * 20_000,
        "- \n" * 1000,
        "a: !!python/object:os.system x",
        "kind: template\nkey: <b>x</b>\ntitle: <script>",
    ],
)
def test_checking_anything_answers(author: Client, body: str) -> None:
    said = check(author, body)
    assert said["problems"]
    assert all(one["line"] >= 1 and one["column"] >= 1 for one in said["problems"])


def test_a_megabyte_is_checked_when_asked(author: Client) -> None:
    long = PAYOUTS + "# " + "x" * 1024 * 1024
    assert check(author, long)["live"] is False
    answer = author.post("/templates/check/", {"text": long, "asked": "1"}, headers=SCRIPT)
    assert "longer than" in answer.json()["problems"][0]["message"]


def test_trying_says_what_the_text_would_do_and_writes_nothing(here: World, author: Client) -> None:
    arrive(here, account="Tessel Bank", title="Payout file rejected", severity="high", problem="payouts")
    before = Version.objects.count(), Signal.objects.count()
    signal = Signal.objects.latest("pk")
    for headers in (SCRIPT, {}):
        answer = author.post("/templates/try/", {"text": PAYOUTS, "signal": signal.pk}, headers=headers)
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "another way than now" in page
        assert "<b>holds</b>" in page
        same = author.post("/templates/try/", {"text": PAYOUTS.replace("Payout", "Refund"), "signal": signal.pk})
        assert "the same as now" in same.content.decode()
        faulty = author.post("/templates/try/", {"text": "kind: template", "signal": signal.pk}, headers=headers)
        assert "problems" in faulty.content.decode()
    assert (Version.objects.count(), Signal.objects.count()) == before


@pytest.mark.parametrize("signal", ["", "0", "999", "x", "9" * 40])
def test_trying_on_what_is_not_stored_says_so(author: Client, signal: str) -> None:
    for headers in (SCRIPT, {}):
        answer = author.post("/templates/try/", {"text": PAYOUTS, "signal": signal}, headers=headers)
        assert answer.status_code == 422
        assert "still stored" in answer.content.decode()


def test_words_to_complete_are_in_the_page(author: Client, draft: Version) -> None:
    page = author.get(address(draft)).content.decode()
    said = json.loads(page.split('<script id="words" type="application/json">')[1].split("</script>")[0])
    assert {"severity", "tier", "now"} <= {one["name"] for one in said["facts"]}
    assert "support" in {one["name"] for one in said["teams"]}
    assert "lee" in {one["name"] for one in said["people"]}
    assert "notify" in said["steps"]


# ------------------------------------------------------------------ submitting


def test_submitting_asks_for_a_sentence_and_says_what_blocks(here: World, author: Client, draft: Version) -> None:
    colleague("priya", "Priya Nair", "approver")
    part = author.get(f"{address(draft)}?part=submit").content.decode()
    assert "Priya Nair" in part
    assert "data-blocked" not in part
    answer = author.post(address(draft), {"do": "submit", "intent": " "})
    assert answer.status_code == 422
    assert "in one sentence" in answer.content.decode()
    assert Version.objects.get(pk=draft.pk).state == "draft"
    done = author.post(address(draft), {"do": "submit", "intent": "Payouts come first."}, headers=SCRIPT)
    assert done.json()["go"] == f"/templates/versions/{draft.pk}/"
    kept = Version.objects.get(pk=draft.pk)
    assert (kept.state, kept.intent) == ("in_review", "Payouts come first.")


def test_a_draft_with_problems_is_not_submitted(author: Client, lee: Person, draft: Version) -> None:
    assert lee.user is not None
    edit(
        version_id=draft.pk,
        text=PAYOUTS.replace("order: 45", "order: first"),
        by=lee.user,
        seen_digest=draft.digest,
        now=draft.created_at,
    )
    assert "data-blocked" in author.get(f"{address(draft)}?part=submit").content.decode()
    answer = author.post(address(draft), {"do": "submit", "intent": "Payouts come first."}, headers=SCRIPT)
    assert answer.status_code == 422
    assert Version.objects.get(pk=draft.pk).state == "draft"


def test_markup_in_a_title_stays_words(author: Client, lee: Person) -> None:
    version = draft_of(lee, PAYOUTS.replace("title: Payouts are rejected", "title: <script>alert(1)</script>"))
    for path in (address(version), "/templates/", "/templates/template/payouts/", "/templates/new/"):
        page = author.get(path).content.decode()
        assert "<script>alert" not in page, path
