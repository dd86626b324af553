"""What authors see and do without a script: library, document, new ones; and what bad input gets as an answer."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape

from escalations.models import Person
from templates_engine.models import Version
from templates_engine.spec.documents import LONGEST
from tests.escalations.views.authoring import PAYOUTS, activated, client_of, colleague, draft_of
from tests.escalations.views.casework import World, arrive, world

pytestmark = pytest.mark.django_db
PAGES = (
    "/templates/",
    "/templates/?shelf=mappings",
    "/templates/?shelf=policies",
    "/templates/template/any-customer-trouble/",
)


@pytest.fixture
def here() -> World:
    return world()


@pytest.fixture
def lee(here: World) -> Person:
    return colleague("lee", "Lee Tanaka", "author")


@pytest.fixture
def priya(here: World) -> Person:
    return colleague("priya", "Priya Nair", "approver")


@pytest.fixture
def author(lee: Person) -> Client:
    return client_of(lee)


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return " ".join(answer.content.decode().split())


# ------------------------------------------------------------------ who may


@pytest.mark.parametrize("path", PAGES)
def test_every_role_reads(here: World, path: str) -> None:
    client = Client()
    client.force_login(here.reader)
    assert "An author can." in text(client, path) or "policies" in path or "mappings" in path


@pytest.mark.parametrize("path", [*PAGES, "/templates/new/", "/templates/start/", "/templates/versions/1/edit/"])
def test_nobody_reads_who_is_not_signed_in(here: World, path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("path", ["/templates/new/", "/templates/start/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_only_authors_begin(here: World, priya: Person, path: str, method: str) -> None:
    before = Version.objects.count()
    assert getattr(client_of(priya), method)(path, {"text": PAYOUTS}).status_code == 403
    assert Version.objects.count() == before


@pytest.mark.parametrize("do", ["save", "ask", "submit", "run"])
def test_only_authors_write(here: World, lee: Person, priya: Person, do: str) -> None:
    version = draft_of(lee)
    answer = client_of(priya).post(
        f"/templates/versions/{version.pk}/edit/",
        {"do": do, "text": "kind: template\nkey: payouts\n", "intent": "Mine"},
    )
    assert answer.status_code == 403
    assert "An author can." in answer.content.decode()
    kept = Version.objects.get(pk=version.pk)
    assert (kept.state, kept.text) == ("draft", PAYOUTS)


@pytest.mark.parametrize("do", ["draft", "roll_back", "discard"])
def test_only_authors_begin_from_a_document(here: World, priya: Person, do: str) -> None:
    version = Version.objects.get(document__key="any-customer-trouble")
    before = Version.objects.count()
    answer = client_of(priya).post(
        "/templates/template/any-customer-trouble/", {"do": do, "version": version.pk, "reason": "Mine"}
    )
    assert answer.status_code == 403
    assert Version.objects.count() == before


# ------------------------------------------------------------------ the library


def test_an_untouched_library_offers_the_first_path_and_three_starters(here: World, author: Client) -> None:
    page = text(author, "/templates/")
    assert page.index("Start with one path") < page.index("Copy as draft") < page.index("tpl-table")
    assert page.count("Copy as draft") == 3
    starter = Version.objects.get(document__key="enterprise-critical-incident")
    answer = author.post("/templates/new/", {"from": starter.pk})
    made = Version.objects.get(document=starter.document, number=2)
    assert answer["Location"] == f"/templates/versions/{made.pk}/edit/"
    assert made.based_on == starter
    assert "Copy as draft" not in text(author, "/templates/")


def test_a_row_says_where_a_document_stands_and_what_is_next(here: World, lee: Person, author: Client) -> None:
    draft_of(lee)
    arrive(here, account="Tessel Bank", title="Card payments fail", severity="high", problem="cards")
    cache.clear()
    page = text(author, "/templates/")
    assert "draft v1 by Lee Tanaka" in page
    assert "Go on with v1" in page
    assert '1 <span class="tpl-unit">running' in page
    assert "Read its trigger" in page
    assert "Lee Tanaka is writing v1" in text(client_of(here.omar), "/templates/")


def test_filters_stand_in_the_address(here: World, lee: Person, author: Client) -> None:
    draft_of(lee)
    page = text(author, "/templates/?state=draft")
    assert "Payouts are rejected" in page
    assert "Customer trouble" not in page
    assert "Customer trouble" in text(author, "/templates/?q=customer")
    assert re.search(r"0 of \d+ shown", text(author, "/templates/?q=nothing"))
    assert "Zendesk tickets" in text(author, "/templates/?shelf=mappings&state=active")


def test_it_costs_few_statements(here: World, lee: Person, author: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(3):
        draft_of(lee, PAYOUTS.replace("payouts", f"payouts-{number}"))
    for path in ("/templates/", "/templates/template/payouts-0/"):
        author.get(path)
        with django_assert_max_num_queries(18):
            author.get(path)


# ------------------------------------------------------------------ one document


def test_a_document_reads_as_outline_and_as_it_was_written(here: World, lee: Person, author: Client) -> None:
    draft_of(lee)
    page = text(author, "/templates/template/payouts/")
    assert 'class="outline"' in page
    assert "# Payouts are what customers call about first." not in page
    assert "# Payouts are what customers call about first." in text(author, "/templates/template/payouts/?as=yaml")


def test_versions_are_a_graph_with_who_wrote_and_signed(
    here: World, lee: Person, priya: Person, author: Client
) -> None:
    first = activated(draft_of(lee), author=lee, approver=priya)
    activated(draft_of(lee, PAYOUTS.replace("15m", "10m")), author=lee, approver=priya)
    draft_of(lee, PAYOUTS.replace("15m", "5m"), based_on=first)
    page = text(author, "/templates/template/payouts/")
    assert '<desc id="graph-desc">v3 from v1; v2 from v1</desc>' in page
    assert page.count('class="node ') == 3
    assert "by Lee Tanaka" in page
    assert "signed Priya Nair" in page
    assert "Go on with v3" in page


def test_rolling_back_takes_two_clicks_and_a_reason(here: World, lee: Person, priya: Person, author: Client) -> None:
    first = activated(draft_of(lee), author=lee, approver=priya)
    activated(draft_of(lee, PAYOUTS.replace("15m", "10m")), author=lee, approver=priya)
    path = "/templates/template/payouts/"
    assert "Roll back to it" in text(author, path)
    refused = author.post(path, {"do": "roll_back", "version": first.pk, "reason": "  "})
    assert refused.status_code == 422
    answer = author.post(
        path, {"do": "roll_back", "version": first.pk, "reason": "Ten minutes wake people for nothing"}
    )
    made = Version.objects.get(document=first.document, number=3)
    assert answer["Location"] == f"/templates/versions/{made.pk}/"
    assert (made.state, made.text, made.origin) == ("in_review", PAYOUTS, "rolled_back")


def test_a_draft_nobody_wants_is_dropped(here: World, lee: Person, author: Client) -> None:
    version = draft_of(lee)
    author.post("/templates/template/payouts/", {"do": "discard", "version": version.pk})
    assert Version.objects.get(pk=version.pk).state == "retired"
    page = text(author, "/templates/template/payouts/")
    assert "Drop the draft" not in page
    assert "Roll back to it" not in page


def test_a_version_of_another_document_is_refused(here: World, author: Client) -> None:
    other = Version.objects.get(document__key="zendesk")
    answer = author.post("/templates/template/any-customer-trouble/", {"do": "draft", "version": other.pk})
    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["/templates/template/none/", "/templates/poem/any/", "/templates/versions/999/edit/"])
def test_what_is_not_there_is_404(here: World, author: Client, path: str) -> None:
    assert author.get(path).status_code == 404


# ------------------------------------------------------------------ new ones


def test_a_file_becomes_a_draft_with_or_without_problems(here: World, lee: Person, author: Client) -> None:
    for number, body in enumerate((PAYOUTS, PAYOUTS.replace("order: 45", "order: soon")), 1):
        file = SimpleUploadedFile("payouts.yaml", b"\xef\xbb\xbf" + body.replace("\n", "\r\n").encode())
        answer = author.post("/templates/new/", {"file": file})
        made = Version.objects.get(document__key="payouts", number=number)
        assert answer["Location"] == f"/templates/versions/{made.pk}/edit/"
        assert (made.text, made.origin, bool(made.problems)) == (body, "imported", number == 2)


BAD = {
    "nothing": "",
    "no document": "just words",
    "broken": "kind: template\nkey: [payouts",
    "NUL": "kind: template\nkey: pay\x00outs\n",
    "unknown kind": "kind: poem\nkey: payouts\n",
    "markup": "kind: <script>alert(1)</script>\nkey: x\n",
    "bomb": "a: &a [1]\n" + "b: [*a, *a, *a, *a, *a, *a, *a]\n",
    "long": "# " + "x" * (LONGEST + 1),
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD)
def test_what_says_neither_kind_nor_key_is_refused_and_kept_on_the_page(here: World, author: Client, body: str) -> None:
    before = Version.objects.count()
    answer = author.post("/templates/new/", {"text": body})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "It could not be taken" in page
    assert "<script>alert" not in page
    assert escape(body[:200]) in page
    assert Version.objects.count() == before


def test_a_file_that_is_no_text_or_too_long_is_refused(here: World, author: Client) -> None:
    for body, words in (
        (b"\xff\xfe\x00", "no text in UTF-8"),
        (b"x" * (LONGEST + 1), f"longer than {LONGEST // 1024} KB"),
    ):
        answer = author.post("/templates/new/", {"file": SimpleUploadedFile("a.yaml", body)})
        assert answer.status_code == 422
        assert words in answer.content.decode()
