"""Nobody gets their own text to work, and nobody changes what was signed: through every door we could think of.

Ann is an author, an approver and a superuser at once. The text she wrote says 9h; the one at work says 8h. Whatever she
tries, afterwards nothing that says 9h may be signed or at work, and what is at work must be what Ben signed, letter by
letter. How she is refused is the door's business; that she is refused is the table's.
"""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.utils import timezone

from escalations.models import Person
from escalations.queries import invariants
from escalations.services import governing, tokens
from templates_engine import guards, services
from templates_engine.models import Contribution, Document, Remark, Version
from tests.stories import world
from tests.templates_engine import desk
from tests.templates_engine.desk import NOW

pytestmark = pytest.mark.django_db
GOOD = """\
kind: sla
key: times
title: Times
levels: {critical: {acknowledge: 30m, resolve: 8h}}
floor: {acknowledge: 1h, resolve: 1d}
"""
EVIL = GOOD.replace("8h", "9h")
OWNERSHIP = """\
kind: ownership
key: ownership
title: Who holds what nobody answers
last_owner: last
reviewers: {default: {person: last}}
review_within: 30m
remind_every: [5m]
"""
REFUSALS = (services.LifecycleError, DatabaseError, ProtectedError, CommandError)


@dataclass
class Desk:
    """Who is there, what is at work, and what Ann asked for."""

    ann: User
    ben: User
    carl: User
    active: Version
    mine: Version


def build() -> Desk:
    """Ben has signed what is at work; Ann's change of it is in review."""
    world.forget()
    Person.objects.create(username="last", name="Last", email="last@example.com")
    services.load([("ownership", OWNERSHIP)], now=NOW)
    ann = User.objects.create_superuser("ann-root", "ann@example.com", "demo")
    ben, carl = desk.approver("ben-signs"), desk.approver("carl")
    writer = desk.author("dora")
    active = desk.active(GOOD, writer, ben)
    return Desk(ann, ben, carl, active, desk.submitted(EVIL, ann))


@pytest.fixture
def table(db: None) -> Desk:
    return build()


def holds(table: Desk) -> None:
    """The oracle: by its own reading of the rows, not by the services'."""
    for version in Version.objects.filter(document__key="times"):
        if "9h" in version.text or "9h" in json.dumps(version.body):
            assert version.state in ("draft", "in_review", "retired"), f"{version} is {version.state}"
            assert version.approved_by_id is None
            assert version.activated_at is None
    active = Version.objects.get(document__key="times", state="active")
    assert (active.text, active.digest) == (GOOD, table.active.digest)
    assert active.second_by_id != table.ann.pk
    assert Contribution.objects.filter(version=table.mine, user=table.ann).exists()
    assert guards.missing() == []
    assert [one for one in invariants.breaches(now=timezone.now()) if one.rule == "I7 four eyes"] == []


Path_ = Callable[[Desk], object]
PATHS: dict[str, Path_] = {}


def path(one: Path_) -> Path_:
    """One way to try."""
    PATHS[one.__name__.replace("_", " ")] = one
    return one


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def raw(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def signature(table: Desk, by: User) -> dict[str, Any]:
    return {"approved_by": by, "approved_at": NOW, "approved_digest": table.mine.digest}


@path
def service(table: Desk) -> None:
    services.approve(version_id=table.mine.pk, by=table.ann, seen_digest=table.mine.digest, comment="", now=NOW)


@path
def governing_door(table: Desk) -> None:
    governing.approve(version_id=table.mine.pk, by=table.ann, seen_digest=table.mine.digest, comment="", now=NOW)


@path
def activate_without_a_signature(table: Desk) -> None:
    services.activate(version_id=table.mine.pk, by=table.ann, now=NOW)


@path
def pilot_without_a_signature(table: Desk) -> None:
    services.start_pilot(version_id=table.mine.pk, by=table.ann, mode="shadow", now=NOW)


@path
def the_clock(table: Desk) -> None:
    Version.objects.filter(pk=table.mine.pk).update(activate_at=NOW)
    governing.activate_due(now=NOW + timedelta(days=1))


@path
def approve_with_an_old_hash(table: Desk) -> None:
    """Ben read an innocent text; Ann changes it before he presses the button."""
    services.recall(version_id=table.mine.pk, by=table.ann, comment="")
    services.edit(version_id=table.mine.pk, text=GOOD.replace("8h", "7h"), by=table.ann,
                  seen_digest=table.mine.digest, now=NOW)  # fmt: skip
    shown = services.submit(version_id=table.mine.pk, by=table.ann, intent="Seven", now=NOW).digest
    services.recall(version_id=table.mine.pk, by=table.ann, comment="")
    services.edit(version_id=table.mine.pk, text=EVIL, by=table.ann, seen_digest=shown, now=NOW)
    services.submit(version_id=table.mine.pk, by=table.ann, intent="Seven", now=NOW)
    services.approve(version_id=table.mine.pk, by=table.ben, seen_digest=shown, comment="", now=NOW)


@path
def a_colleague_submits_it_again(table: Desk) -> None:
    """Recalled and submitted by Carl: Ann is an author still."""
    services.recall(version_id=table.mine.pk, by=table.ann, comment="")
    table.carl.user_permissions.add(*desk.permissions("add"))
    carl = User.objects.get(pk=table.carl.pk)
    services.submit(version_id=table.mine.pk, by=carl, intent="Mine now", now=NOW)
    services.approve(version_id=table.mine.pk, by=table.ann, seen_digest=table.mine.digest, comment="", now=NOW)


@path
def a_colleague_drafts_the_same_text(table: Desk) -> None:
    """The same words under Dora's name: who wrote them here wrote them there."""
    dora = User.objects.get(username="dora")
    services.recall(version_id=table.mine.pk, by=table.ann, comment="")
    made = services.draft(text=EVIL, author=dora, now=NOW)
    services.submit(version_id=made.pk, by=dora, intent="Mine", now=NOW)
    services.approve(version_id=made.pk, by=table.ann, seen_digest=made.digest, comment="", now=NOW)


@path
def the_same_text_by_raw_signature(table: Desk) -> None:
    dora = User.objects.get(username="dora")
    services.recall(version_id=table.mine.pk, by=table.ann, comment="")
    made = services.draft(text=EVIL, author=dora, now=NOW)
    services.submit(version_id=made.pk, by=dora, intent="Mine", now=NOW)
    Version.objects.filter(pk=made.pk).update(state="approved", **signature(table, table.ann))


@path
def an_editor_who_is_not_the_author(table: Desk) -> None:
    """Dora's draft, one letter of it Ann's, signed by Ann past the services."""
    services.recall(version_id=table.mine.pk, by=table.ann, comment="")
    dora = User.objects.get(username="dora")
    made = services.draft(text=GOOD.replace("8h", "6h"), author=dora, now=NOW)
    made = services.edit(version_id=made.pk, text=EVIL, by=table.ann, seen_digest=made.digest, now=NOW)
    services.submit(version_id=made.pk, by=dora, intent="Six", now=NOW)
    Version.objects.filter(pk=made.pk).update(state="approved", **signature(table, table.ann))


@path
def author_swapped(table: Desk) -> None:
    Version.objects.filter(pk=table.mine.pk).update(author=table.carl, submitted_by=table.carl)
    services.approve(version_id=table.mine.pk, by=table.ann, seen_digest=table.mine.digest, comment="", now=NOW)


@path
def author_swapped_while_a_draft(table: Desk) -> None:
    services.recall(version_id=table.mine.pk, by=table.ann, comment="")
    Version.objects.filter(pk=table.mine.pk).update(author=table.carl)


@path
def another_primary_key_for_ann(table: Desk) -> None:
    with transaction.atomic():
        raw("UPDATE auth_user SET id = 900001 WHERE id = %s", table.ann.pk)
        connection.check_constraints()


@path
def contributions_deleted(table: Desk) -> None:
    Contribution.objects.filter(version=table.mine).delete()


@path
def contributions_deleted_by_raw_sql(table: Desk) -> None:
    raw("DELETE FROM templates_engine_contribution WHERE version_id = %s", table.mine.pk)


@path
def contributions_given_to_another(table: Desk) -> None:
    Contribution.objects.filter(version=table.mine).update(user=table.carl)


@path
def the_signer_made_an_author_afterwards(table: Desk) -> None:
    """The other way round: to spoil Ben's signature nobody is added to what is at work."""
    Contribution.objects.create(version=table.active, user=table.ben, at=NOW)


@path
def update_to_approved(table: Desk) -> None:
    Version.objects.filter(pk=table.mine.pk).update(state="approved", **signature(table, table.ann))


@path
def update_to_active(table: Desk) -> None:
    Version.objects.filter(pk=table.active.pk).update(state="retired")
    Version.objects.filter(pk=table.mine.pk).update(state="active", activated_at=NOW)


@path
def update_of_the_signed_text(table: Desk) -> None:
    Version.objects.filter(pk=table.active.pk).update(text=EVIL)


@path
def update_of_the_signed_body_and_digest(table: Desk) -> None:
    mine = Version.objects.get(pk=table.mine.pk)
    Version.objects.filter(pk=table.active.pk).update(body=mine.body, digest=mine.digest, approved_digest=mine.digest)


@path
def save_of_the_signed_version(table: Desk) -> None:
    active = Version.objects.get(pk=table.active.pk)
    active.text = EVIL
    active.save()


@path
def bulk_update_of_the_signed_version(table: Desk) -> None:
    active = Version.objects.get(pk=table.active.pk)
    active.text = EVIL
    Version.objects.bulk_update([active], ["text"])


@path
def bulk_create_of_a_signed_version(table: Desk) -> None:
    mine = Version.objects.get(pk=table.mine.pk)
    row = {"text": EVIL, "body": mine.body, "digest": mine.digest, "created_at": NOW, "submitted_at": NOW}
    people = {"author": table.carl, "submitted_by": table.carl, **signature(table, table.ben)}
    Version.objects.bulk_create([Version(document=mine.document, number=90, state="approved", **row, **people)])


@path
def bulk_create_as_if_shipped(table: Desk) -> None:
    """The exception for the first load, used after it: a document of another key, active at once."""
    mine = Version.objects.get(pk=table.mine.pk)
    Version.objects.filter(pk=table.active.pk).update(state="retired")
    row = {"text": EVIL, "body": mine.body, "digest": mine.digest, "created_at": NOW, "activated_at": NOW}
    Version.objects.bulk_create(
        [Version(document=mine.document, number=1, state="active", origin="shipped", **row)], ignore_conflicts=False
    )


@path
def bulk_create_beside_no_review(table: Desk) -> None:
    """The signature is forged, and no other rule stands in the way."""
    services.recall(version_id=table.mine.pk, by=table.ann, comment="")
    bulk_create_of_a_signed_version(table)


@path
def a_new_document_as_if_shipped(table: Desk) -> None:
    mine = Version.objects.get(pk=table.mine.pk)
    document = Document.objects.create(kind="sla", key="fresh", title="Fresh")
    row = {"text": EVIL, "body": mine.body, "digest": mine.digest, "created_at": NOW, "activated_at": NOW}
    Version.objects.create(document=document, number=1, state="active", origin="shipped", **row)


@path
def a_signed_version_woken(table: Desk) -> None:
    """It was signed once, and retired since: going back needs a signature of its own."""
    Version.objects.filter(pk=table.active.pk).update(state="retired")
    Version.objects.filter(pk=table.active.pk).update(state="active")


@path
def a_second_signature_replaced(table: Desk) -> None:
    services.recall(version_id=table.mine.pk, by=table.ann, comment="")
    good = GOOD.replace("8h", "5h")
    desk.active(good, User.objects.get(username="dora"), table.ben)
    made = services.emergency_roll_back(version_id=table.active.pk, by=table.ben, comment="Storm", now=NOW)
    services.countersign(version_id=made.pk, by=table.carl, seen_digest=made.digest, comment="", now=NOW)
    Version.objects.filter(pk=made.pk).update(second_by=table.ann)


@path
def emergency_made_by_hand(table: Desk) -> None:
    """Every column as a true emergency has it, but for the text."""
    services.recall(version_id=table.mine.pk, by=table.ann, comment="")
    mine = Version.objects.get(pk=table.mine.pk)
    row = {"text": EVIL, "body": mine.body, "digest": mine.digest, "created_at": NOW, "author": table.ann}
    made = Version.objects.create(
        document=mine.document, number=91, origin="rolled_back", based_on=table.active, intent="Storm", **row
    )
    Version.objects.filter(pk=table.active.pk).update(state="retired")
    Version.objects.filter(pk=made.pk).update(
        state="active", emergency=True, submitted_by=table.ann, submitted_at=NOW, activated_at=NOW,
        second_due_at=NOW + timedelta(days=1),
    )  # fmt: skip


@path
def a_document_deleted(table: Desk) -> None:
    raw("DELETE FROM templates_engine_document WHERE id = %s",
        Document.objects.create(kind="sla", key="empty", title="Empty").pk)  # fmt: skip


@path
def upsert_over_the_signed_version(table: Desk) -> None:
    active = Version.objects.get(pk=table.active.pk)
    active.text = EVIL
    Version.objects.bulk_create([active], update_conflicts=True, unique_fields=["id"], update_fields=["text"])


@path
def raw_update_of_the_text(table: Desk) -> None:
    raw("UPDATE templates_engine_version SET text = %s WHERE id = %s", EVIL, table.active.pk)


@path
def raw_update_while_in_review(table: Desk) -> None:
    raw("UPDATE templates_engine_version SET intent = %s WHERE id = %s", "Nothing to see", table.mine.pk)


@path
def raw_update_of_the_signature(table: Desk) -> None:
    raw("UPDATE templates_engine_version SET approved_by_id = %s WHERE id = %s", table.carl.pk, table.active.pk)


@path
def raw_replace(table: Desk) -> None:
    raw("DELETE FROM templates_engine_version WHERE id = %s", table.active.pk)


@path
def the_text_and_back_to_draft_in_one_statement(table: Desk) -> None:
    Version.objects.filter(pk=table.mine.pk).update(state="draft", text=GOOD)


@path
def a_retired_version_woken(table: Desk) -> None:
    services.recall(version_id=table.mine.pk, by=table.ann, comment="")
    services.discard(version_id=table.mine.pk, by=table.ann)
    Version.objects.filter(pk=table.mine.pk).update(state="approved", **signature(table, table.ben))


@path
def moved_to_another_document(table: Desk) -> None:
    other = services.draft(text=GOOD.replace("key: times", "key: other"), author=table.carl, now=NOW)
    Version.objects.filter(pk=table.active.pk).update(document=other.document)


@path
def the_document_renamed(table: Desk) -> None:
    table.active.document.key = "other"
    table.active.document.save()


@path
def emergency_with_another_text(table: Desk) -> None:
    """A roll back that says something else than what was at work."""
    services.recall(version_id=table.mine.pk, by=table.ann, comment="")
    Version.objects.filter(pk=table.active.pk).update(state="retired")
    Version.objects.filter(pk=table.mine.pk).update(
        state="active", emergency=True, based_on=table.active, submitted_by=table.ann, activated_at=NOW,
        second_due_at=NOW + timedelta(days=1),
    )  # fmt: skip


@path
def an_earlier_version_that_never_was(table: Desk) -> None:
    """First a past that did not happen, then an emergency back to it."""
    services.recall(version_id=table.mine.pk, by=table.ann, comment="")
    services.discard(version_id=table.mine.pk, by=table.ann)
    Version.objects.filter(pk=table.mine.pk).update(activated_at=NOW)
    services.emergency_roll_back(version_id=table.mine.pk, by=table.ann, comment="Quick", now=NOW)


@path
def her_own_emergency_countersigned(table: Desk) -> None:
    first = Version.objects.get(document__key="times", number=1)
    Version.objects.filter(pk=table.mine.pk).update(second_by=table.ann, second_at=NOW)
    services.emergency_roll_back(version_id=first.pk, by=table.ann, comment="Quick", now=NOW)


@path
def load_catalog(table: Desk, folder: Path = Path()) -> None:
    """A folder with her text: it arrives as a draft, and so does a document that nobody had before."""
    services.load([("times", EVIL.replace("30m", "31m"))], now=NOW)
    services.load([("new", EVIL.replace("key: times", "key: times-two"))], now=NOW)
    assert not Version.objects.filter(document__key="times-two", state="active").exists()


@path
def a_shipped_draft_taken_to_work(table: Desk) -> None:
    """What arrived with an upgrade has no author: whoever submits it is one."""
    services.recall(version_id=table.mine.pk, by=table.ann, comment="")
    services.load([("times", EVIL.replace("30m", "31m"))], now=NOW)
    shipped = Version.objects.get(document__key="times", origin="shipped")
    services.submit(version_id=shipped.pk, by=table.ann, intent="Shipped", now=NOW)
    services.approve(version_id=shipped.pk, by=table.ann, seen_digest=shipped.digest, comment="", now=NOW)


@path
def remarks_changed(table: Desk) -> None:
    made = services.remark(version_id=table.mine.pk, by=table.ben, text="No", now=NOW)
    Remark.objects.filter(pk=made.pk).update(text="Yes")


@path
def remarks_deleted(table: Desk) -> None:
    made = services.remark(version_id=table.mine.pk, by=table.ben, text="No", now=NOW)
    Remark.objects.filter(pk=made.pk).delete()


@pytest.mark.parametrize("how", PATHS)
def test_refused(table: Desk, how: str) -> None:
    """Refused in words or by the database; where a path only makes drafts, nothing came to work by it."""
    attempt = PATHS[how]
    quiet = how in ("load catalog", "the clock")
    if quiet:
        attempt(table)
    else:
        with pytest.raises(REFUSALS) as caught, transaction.atomic():
            attempt(table)
        assert str(caught.value)
    holds(table)


HTTP: list[tuple[str, str, dict[str, Any]]] = [
    ("admin add", "/admin/templates_engine/version/add/", {"document": "{document}", "number": 9, "state": "active"}),
    ("admin change", "/admin/templates_engine/version/{mine}/change/", {"state": "approved", "approved_by": "{ann}"}),
    ("admin change of the text", "/admin/templates_engine/version/{active}/change/", {"text": EVIL}),
    ("admin delete", "/admin/templates_engine/version/{active}/delete/", {"post": "yes"}),
    (
        "admin bulk delete",
        "/admin/templates_engine/version/",
        {"action": "delete_selected", "_selected_action": "{active}", "post": "yes"},
    ),
    ("admin bulk approve", "/admin/templates_engine/version/", {"action": "approve", "_selected_action": "{mine}"}),
    ("admin delete of a contribution", "/admin/templates_engine/contribution/{hand}/delete/", {"post": "yes"}),
    ("admin change of a contribution", "/admin/templates_engine/contribution/{hand}/change/", {"user": "{ben}"}),
    ("admin history form", "/admin/templates_engine/version/{active}/history/{past}/", {"text": EVIL}),
    ("screen: approve", "/templates/versions/{mine}/do/approve/", {"digest": "{digest}", "comment": "ok"}),
    ("screen: activate", "/templates/versions/{mine}/do/activate/", {}),
    (
        "screen: mass assignment",
        "/templates/versions/{mine}/do/remark/",
        {"text": "hm", "state": "active", "approved_by": "{ben}", "approved_digest": "{digest}"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("what", "address", "form"), HTTP, ids=[one[0] for one in HTTP])
def test_no_form_does_it(table: Desk, what: str, address: str, form: dict[str, Any]) -> None:
    hand = Contribution.objects.get(version=table.mine, user=table.ann)
    past = Version.history.filter(id=table.mine.pk).first()
    names = {
        "document": table.mine.document_id, "mine": table.mine.pk, "active": table.active.pk, "ann": table.ann.pk,
        "ben": table.ben.pk, "hand": hand.pk, "past": past.pk, "digest": table.mine.digest,
    }  # fmt: skip
    filled = {name: str(value).format(**names) if "{" in str(value) and "\n" not in str(value) else value
              for name, value in form.items()}  # fmt: skip
    answer = browser(table.ann).post(address.format(**names), filled)
    assert answer.status_code < 500, answer.content
    holds(table)


WIRE: list[tuple[str, str, str, dict[str, Any]]] = [
    ("approve", "POST", "/versions/{mine}/approve/", {"digest": "{digest}"}),
    ("approve with fields", "POST", "/versions/{mine}/approve/", {"digest": "{digest}", "approved_by": "ben-signs"}),
    ("activate", "POST", "/versions/{mine}/activate/", {}),
    ("patch", "PATCH", "/versions/{mine}/", {"state": "approved", "approved_by": "ben-signs"}),
    ("put", "PUT", "/versions/{active}/", {"text": EVIL}),
    ("delete", "DELETE", "/versions/{active}/", {}),
    ("create active", "POST", "/versions/", {"text": EVIL, "state": "active", "origin": "shipped", "number": 1}),
    ("edit what is in review", "POST", "/versions/{mine}/edit/", {"text": EVIL, "digest": "{digest}"}),
    ("edit what is at work", "POST", "/versions/{active}/edit/", {"text": EVIL, "digest": "{good}"}),
    ("countersign", "POST", "/versions/{mine}/countersign/", {"digest": "{digest}"}),
    ("emergency to a draft", "POST", "/versions/{mine}/roll-back/", {"comment": "Now", "emergency": True}),
]


@pytest.mark.parametrize(("what", "method", "address", "body"), WIRE, ids=[one[0] for one in WIRE])
def test_no_request_does_it(table: Desk, what: str, method: str, address: str, body: dict[str, Any]) -> None:
    token = tokens.create(user=table.ann, name="t", now=timezone.now())
    names = {"mine": table.mine.pk, "active": table.active.pk}
    digests = {"{digest}": table.mine.digest, "{good}": table.active.digest}
    said = {name: digests.get(value, value) if isinstance(value, str) else value for name, value in body.items()}
    answer = Client().generic(
        method, f"/api/v1{address.format(**names)}", json.dumps(said), content_type="application/json",
        headers={"authorization": f"Bearer {token}"},
    )  # fmt: skip
    assert 400 <= answer.status_code < 500, answer.content
    holds(table)


def test_import_makes_drafts_of_a_named_author(table: Desk, tmp_path: Path) -> None:
    (tmp_path / "times.yaml").write_text(EVIL.replace("30m", "31m"))
    services.recall(version_id=table.mine.pk, by=table.ann, comment="")
    call_command("import_documents", str(tmp_path), user="ann-root", verbosity=0)
    made = Version.objects.get(origin="imported")
    assert (made.state, made.author) == ("draft", table.ann)
    services.submit(version_id=made.pk, by=User.objects.get(username="dora"), intent="Imported", now=NOW)
    with pytest.raises(services.NotYours):
        services.approve(version_id=made.pk, by=table.ann, seen_digest=made.digest, comment="", now=NOW)
    holds(table)


def _race(*acts: Callable[[], object]) -> list[object]:
    """Run them at the same time; what each returned or raised."""
    gate = threading.Barrier(len(acts))
    found: list[object] = [None] * len(acts)

    def run(number: int, act: Callable[[], object]) -> None:
        gate.wait()
        try:
            found[number] = act()
        except Exception as fault:  # noqa: BLE001  what it was is the result
            found[number] = fault
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number, act)) for number, act in enumerate(acts)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return found


@pytest.mark.django_db(transaction=True)
def test_two_approvers_at_once_one_signature() -> None:
    table = build()
    names = ("ben-signs", "carl")

    def sign(name: str) -> Callable[[], object]:
        by = User.objects.get(username=name)
        return lambda: services.approve(
            version_id=table.mine.pk, by=by, seen_digest=table.mine.digest, comment=name, now=NOW
        )

    found = _race(*map(sign, names))
    signed = [one for one in found if isinstance(one, Version)]
    assert len(signed) == 1
    assert len([one for one in found if isinstance(one, services.LifecycleError)]) == 1
    assert Version.history.filter(id=table.mine.pk, state="approved").count() == 1


@pytest.mark.django_db(transaction=True)
def test_approval_against_recall_and_edit() -> None:
    """Whichever comes first: what is signed is what Ben saw, or nothing is."""
    table = build()

    def change() -> object:
        services.recall(version_id=table.mine.pk, by=table.ann, comment="")
        return services.edit(
            version_id=table.mine.pk,
            text=GOOD.replace("8h", "1m"),
            by=table.ann,
            seen_digest=table.mine.digest,
            now=NOW,
        )

    def sign() -> object:
        return services.approve(
            version_id=table.mine.pk, by=table.ben, seen_digest=table.mine.digest, comment="", now=NOW
        )

    found = _race(change, sign)
    version = Version.objects.get(pk=table.mine.pk)
    assert sum(isinstance(one, Version) for one in found) == 1
    assert (version.state == "approved") == ("9h" in version.text)
    assert version.approved_digest in ("", table.mine.digest)


@pytest.mark.django_db(transaction=True)
def test_two_reviews_at_once_one_is_told_to_rebase() -> None:
    table = build()
    services.recall(version_id=table.mine.pk, by=table.ann, comment="")
    dora = User.objects.get(username="dora")
    other = services.draft(text=GOOD.replace("8h", "7h"), author=dora, now=NOW)
    found = _race(
        lambda: services.submit(version_id=table.mine.pk, by=table.ann, intent="Nine", now=NOW),
        lambda: services.submit(version_id=other.pk, by=dora, intent="Seven", now=NOW),
    )
    (refused,) = [one for one in found if isinstance(one, Exception)]
    assert "rebase" in str(refused)
    assert Version.objects.filter(document__key="times", state="in_review").count() == 1


def test_the_oracle_sees_a_breach(table: Desk) -> None:
    """Shown once to fail: without the guards the database lets it through, and the oracle and the invariants tell."""
    guards.remove()
    Version.objects.filter(pk=table.active.pk).update(text=EVIL)
    with pytest.raises(AssertionError):
        holds(table)
    words = [one.words for one in invariants.breaches(now=timezone.now())]
    assert any("guard" in one for one in words)
    guards.install()
