"""The rules of a version's life as tables: which verb leads where, who may, what is kept, what is refused."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from templates_engine import queries, services
from templates_engine.models import Contribution, Document, Version
from templates_engine.spec import lifecycle
from templates_engine.spec.documents import DocumentError
from templates_engine.spec.lifecycle import State, Verb
from tests.templates_engine import desk
from tests.templates_engine.desk import NOW, SLA

pytestmark = pytest.mark.django_db
NINE = SLA.replace("8h", "9h")
LATER = NOW + timedelta(hours=1)
FACTS = """\
kind: facts
key: facts
title: Facts
fields:
  severity: {type: string, order: [high, low]}
  tier: {type: string, order: [gold, iron]}
"""


@pytest.fixture
def ann() -> User:
    return desk.author("ann")


@pytest.fixture
def ben() -> User:
    return desk.approver("ben")


def test_the_table_says_all_there_is() -> None:
    """A row a verb, a column a state; what the database lets through is read from it."""
    table = lifecycle.table()
    assert table.count("\n") == len(Verb) + 1
    assert "| submit | in_review |  |  |  |  |  |" in table
    assert ("in_review", "approved") in lifecycle.changes()
    assert ("draft", "approved") not in lifecycle.changes()
    assert ("retired", "active") not in lifecycle.changes()


WAYS_OUT = [(state, verb) for state in State for verb in Verb]


@pytest.mark.parametrize(("state", "verb"), WAYS_OUT, ids=[f"{state}-{verb}" for state, verb in WAYS_OUT])
def test_a_verb_fits_or_says_so(state: State, verb: Verb) -> None:
    if (state, verb) in lifecycle.NEXT:
        assert lifecycle.move(state, verb) == lifecycle.NEXT[state, verb]
    else:
        with pytest.raises(lifecycle.NotAllowed, match="can not be"):
            lifecycle.move(state, verb)


FAULTY = [
    ("a wrong value", NINE.replace("9h", "soon"), "levels.high.resolve"),
    ("an unknown field", SLA + "colour: red\n", "colour"),
    ("YAML that breaks off", SLA + "levels: [\n", "document"),
    ("nothing but its first lines", "kind: sla\nkey: sla\n", "title"),
]


@pytest.mark.parametrize(("what", "text", "path"), FAULTY, ids=[one[0] for one in FAULTY])
def test_a_draft_is_kept_with_its_faults(ann: User, what: str, text: str, path: str) -> None:
    made = services.draft(text=text, author=ann, now=NOW)
    assert (made.text, made.state, made.document.key) == (text, "draft", "sla")
    assert path in [problem["path"] for problem in made.problems]
    with pytest.raises(services.LifecycleError, match="problems"):
        services.submit(version_id=made.pk, by=ann, intent="Try", now=NOW)
    mended = services.edit(version_id=made.pk, text=SLA, by=ann, seen_digest=made.digest, now=NOW)
    assert mended.problems == []
    assert services.submit(version_id=made.pk, by=ann, intent="Now", now=NOW).state == "in_review"


@pytest.mark.parametrize("text", ["", "hello", "- a list", "kind: soup\nkey: tomato", "kind: sla\ntitle: No key", "{"])
def test_what_says_of_no_document_is_refused(ann: User, text: str) -> None:
    with pytest.raises(DocumentError) as caught:
        services.draft(text=text, author=ann, now=NOW)
    assert caught.value.problems
    assert not Document.objects.exists()


def test_a_draft_stays_its_document(ann: User) -> None:
    made = services.draft(text=SLA, author=ann, now=NOW)
    other = SLA.replace("key: sla", "key: other")
    saved = services.edit(version_id=made.pk, text=other, by=ann, seen_digest=made.digest, now=NOW)
    assert "another document is another draft" in saved.problems[0]["message"]


def test_everybody_who_saved_is_an_author(ann: User, ben: User) -> None:
    dora, eve = desk.author("dora"), desk.author("eve")
    made = services.draft(text=SLA, author=ann, now=NOW)
    made = services.edit(version_id=made.pk, text=NINE, by=dora, seen_digest=made.digest, now=NOW)
    with pytest.raises(services.StaleVersion):
        services.edit(version_id=made.pk, text=SLA, by=eve, seen_digest="0" * 64, now=NOW)
    services.submit(version_id=made.pk, by=ann, intent="Nine", now=NOW)
    assert [one.username for one in services.authors(made)] == ["ann", "dora"]
    assert services.hands(made) == {ann.pk, dora.pk}
    assert [one.username for one in services.can_decide(made)] == ["ben"]


def test_a_copy_of_an_unsigned_draft_keeps_its_authors(ann: User, ben: User) -> None:
    dora = desk.author("dora")
    draft = services.draft(text=NINE, author=ann, now=NOW)
    copy = services.draft(text=NINE + "# hers\n", author=dora, now=NOW, based_on=draft)
    assert services.hands(copy) == {ann.pk, dora.pk}
    signed = desk.active(SLA, ann, ben)
    after = services.draft(text=NINE.replace("9h", "7h"), author=dora, now=NOW, based_on=signed)
    assert services.hands(after) == {dora.pk}


def test_one_review_of_a_document_and_the_loser_rebases(ann: User, ben: User) -> None:
    desk.active(SLA, ann, ben)
    first = services.draft(text=NINE, author=ann, now=NOW)
    second = services.draft(text=SLA.replace("8h", "7h"), author=ann, now=NOW)
    services.submit(version_id=first.pk, by=ann, intent="Nine", now=NOW)
    with pytest.raises(services.LifecycleError, match=r"v2 is in review already.*rebase"):
        services.submit(version_id=second.pk, by=ann, intent="Seven", now=NOW)
    services.approve(version_id=first.pk, by=ben, seen_digest=first.digest, comment="", now=NOW)
    with pytest.raises(services.LifecycleError, match="v2 is approved already"):
        services.submit(version_id=second.pk, by=ann, intent="Seven", now=NOW)
    services.activate(version_id=first.pk, by=ben, now=NOW)
    with pytest.raises(services.StaleVersion, match=r"builds on Times v1, and Times v2 is active now.*rebases"):
        services.submit(version_id=second.pk, by=ann, intent="Seven", now=NOW)
    assert services.rebase(version_id=second.pk, by=ann, now=NOW).based_on == first
    assert services.submit(version_id=second.pk, by=ann, intent="Seven", now=NOW).state == "in_review"


def test_an_emergency_under_a_review_makes_it_stale(ann: User, ben: User) -> None:
    first = desk.active(SLA, ann, ben)
    desk.active(NINE, ann, ben)
    waiting = desk.submitted(SLA.replace("8h", "7h"), ann)
    services.emergency_roll_back(version_id=first.pk, by=ben, comment="Storm", now=LATER)
    carl = desk.approver("carl")
    with pytest.raises(services.StaleVersion, match="rebases"):
        services.approve(version_id=waiting.pk, by=carl, seen_digest=waiting.digest, comment="", now=LATER)


def test_rolled_back_needs_a_signature_of_its_own(ann: User, ben: User) -> None:
    first = desk.active(SLA, ann, ben)
    desk.active(NINE, ann, ben)
    asked = services.roll_back(version_id=first.pk, by=ben, comment="Nine was too long", now=LATER)
    assert (asked.number, asked.text, asked.state, asked.based_on) == (3, SLA, "in_review", first)
    assert asked.intent == "Back to v1: Nine was too long"
    with pytest.raises(services.NotYours):
        services.approve(version_id=asked.pk, by=ben, seen_digest=asked.digest, comment="", now=LATER)
    carl = desk.approver("carl")
    services.approve(version_id=asked.pk, by=carl, seen_digest=asked.digest, comment="", now=LATER)
    services.activate(version_id=asked.pk, by=carl, now=LATER)
    assert queries.active_documents().sla.levels["high"].resolve == "8h"


def test_an_emergency_is_at_work_at_once_and_unsigned_until_signed(ann: User, ben: User) -> None:
    first = desk.active(SLA, ann, ben)
    desk.active(NINE, ann, ben)
    with pytest.raises(services.NotYours, match=r"at once\. ben can"):
        services.emergency_roll_back(version_id=first.pk, by=ann, comment="Storm", now=NOW)
    made = services.emergency_roll_back(version_id=first.pk, by=ben, comment="Storm", now=NOW)
    assert (made.state, made.text, made.is_unsigned) == ("active", SLA, True)
    assert made.second_due_at == NOW + timedelta(hours=24)
    assert services.may(made, ben)["countersign"].startswith("You wrote this version")
    carl = desk.approver("carl")
    with pytest.raises(services.StaleVersion):
        services.countersign(version_id=made.pk, by=carl, seen_digest="0" * 64, comment="", now=NOW)
    signed = services.countersign(version_id=made.pk, by=carl, seen_digest=made.digest, comment="Right", now=LATER)
    assert (signed.second_by, signed.is_unsigned) == (carl, False)
    with pytest.raises(services.NotYours, match="countersigned already"):
        services.countersign(version_id=made.pk, by=carl, seen_digest=made.digest, comment="", now=LATER)


def test_a_schedule_waits_for_its_moment(ann: User, ben: User) -> None:
    made = desk.submitted(SLA, ann)
    with pytest.raises(services.LifecycleError, match="lie ahead"):
        services.approve(version_id=made.pk, by=ben, seen_digest=made.digest, comment="", now=NOW, activate_at=NOW)
    services.approve(version_id=made.pk, by=ben, seen_digest=made.digest, comment="", now=NOW, activate_at=LATER)
    assert services.activate_due(now=LATER - timedelta(seconds=1)) == []
    assert [one.state for one in services.activate_due(now=LATER)] == ["active"]
    row = Version.objects.get(pk=made.pk)
    assert (row.activated_by, row.activated_at, row.activate_at) == (None, LATER, None)


def test_of_a_policy_one_rules_and_none_is_taken_away(ann: User, ben: User) -> None:
    first = desk.active(SLA, ann, ben)
    desk.active(SLA.replace("key: sla", "key: times").replace("8h", "2h"), ann, ben)
    first.refresh_from_db()
    assert first.state == "retired"
    rules = Version.objects.get(state="active")
    assert rules.document.key == "times"
    with pytest.raises(services.NotYours, match="replaced by a new version"):
        services.retire(version_id=rules.pk, by=ben, comment="No times", now=NOW)
    with pytest.raises(services.LifecycleError, match="Another sla policy rules now"):
        services.emergency_roll_back(version_id=first.pk, by=ben, comment="Back", now=NOW)


def test_facts_that_would_break_what_is_active_are_not_signed(ann: User, ben: User) -> None:
    desk.active(FACTS, ann, ben)
    desk.active(SLA, ann, ben)
    asked = desk.submitted(FACTS.replace("[high, low]", "[urgent, low]"), ann)
    with pytest.raises(services.LifecycleError, match=r"Times v1: levels\.high"):
        services.approve(version_id=asked.pk, by=ben, seen_digest=asked.digest, comment="", now=NOW)


def test_a_discarded_draft_is_kept_and_never_was_at_work(ann: User, ben: User) -> None:
    made = services.draft(text=SLA, author=ann, now=NOW)
    gone = services.discard(version_id=made.pk, by=ann, now=NOW)
    assert (gone.state, gone.activated_at) == ("retired", None)
    assert services.may(gone, ann)["roll_back"].startswith("Times v1 was never at work")
    assert services.may(gone, ben)["emergency_roll_back"].startswith("Times v1 was never at work")


def test_the_title_follows_what_is_active(ann: User, ben: User) -> None:
    desk.active(SLA, ann, ben)
    other = desk.signed(SLA.replace("title: Times", "title: Contract times"), ann, ben)
    assert Document.objects.get().title == "Times"
    services.activate(version_id=other.pk, by=ann, now=NOW)
    assert Document.objects.get().title == "Contract times"


def test_what_is_said_stays_with_the_version(ann: User, ben: User) -> None:
    made = desk.submitted(SLA, ann)
    services.remark(version_id=made.pk, by=ben, text="Why 8?", path="levels.high.resolve", now=NOW)
    services.send_back(version_id=made.pk, by=ben, comment="Say where 8 h come from", now=LATER)
    said = [(one.by.username, one.path, one.text) for one in made.remarks.order_by("id")]
    assert said == [("ben", "levels.high.resolve", "Why 8?"), ("ben", "", "Say where 8 h come from")]
    with pytest.raises(services.LifecycleError, match="Write something"):
        services.remark(version_id=made.pk, by=ben, text="  ", now=NOW)


MAY: list[tuple[str, str, set[str]]] = [
    ("draft", "ann", {"edit", "rebase", "discard", "submit", "remark"}),
    ("draft", "ben", {"remark"}),
    ("draft", "guest", set()),
    ("in_review", "ann", {"recall", "remark"}),
    ("in_review", "ben", {"approve", "send_back", "remark"}),
    ("in_review", "root", {"approve", "send_back", "remark"}),
    ("approved", "ann", {"activate", "start_pilot", "remark"}),
    ("approved", "ben", {"activate", "start_pilot", "retire", "remark"}),
    ("active", "ann", {"remark"}),
    ("active", "ben", {"remark"}),
    ("retired", "ann", {"roll_back", "remark"}),
    ("retired", "ben", {"roll_back", "emergency_roll_back", "remark"}),
    ("retired", "guest", set()),
]


@pytest.mark.parametrize(("state", "who", "allowed"), MAY, ids=[f"{one[1]} on {one[0]}" for one in MAY])
def test_buttons_know_who_may(ann: User, ben: User, state: str, who: str, allowed: set[str]) -> None:
    """Empty where allowed, else a sentence: and the verbs refuse with the same one."""
    root = User.objects.create_superuser("root")
    guest = User.objects.create_user("guest")
    made: dict[str, Callable[[], Version]] = {
        "draft": lambda: services.draft(text=SLA, author=ann, now=NOW),
        "in_review": lambda: desk.submitted(SLA, ann),
        "approved": lambda: desk.signed(SLA, ann, ben),
        "active": lambda: desk.active(SLA, ann, ben),
        "retired": lambda: [desk.active(SLA, ann, ben), desk.active(NINE, ann, ben)][0],
    }
    version = Version.objects.get(pk=made[state]().pk)
    found = services.may(version, {"ann": ann, "ben": ben, "guest": guest, "root": root}[who])
    assert {verb for verb, words in found.items() if not words} == allowed
    assert all(words.endswith(".") for words in found.values() if words)


def test_nobody_signs_with_a_login_that_was_closed(ann: User, ben: User) -> None:
    made = desk.submitted(SLA, ann)
    User.objects.filter(pk=ben.pk).update(is_active=False)
    with pytest.raises(services.NotYours, match="not active"):
        services.approve(
            version_id=made.pk, by=User.objects.get(pk=ben.pk), seen_digest=made.digest, comment="", now=NOW
        )
    assert services.may(made, ann)["approve"].endswith("Nobody else can yet: an admin names an approver.")


def test_the_first_load_is_active_and_what_comes_later_is_a_draft(ann: User) -> None:
    ownership = "kind: ownership\nkey: who\ntitle: Who\nlast_owner: x\nreviewers: {default: {person: x}}\n"
    ownership += "review_within: 1h\nremind_every: [5m]\n"
    outcomes = [one.outcome for one in services.load([("o", ownership), ("s", SLA)], now=NOW)]
    assert outcomes == ["active", "active"]
    later = [("f", FACTS), ("s", NINE), ("o", ownership)]
    assert [one.outcome for one in services.load(later, now=NOW)] == ["draft", "draft", "unchanged"]
    assert set(Version.objects.filter(state="draft").values_list("author", flat=True)) == {None}
    shipped = Version.objects.get(document__kind="sla", state="draft")
    assert shipped.based_on is not None
    services.submit(version_id=shipped.pk, by=ann, intent="Upgrade", now=NOW)
    assert [one.username for one in services.authors(shipped)] == ["ann"]


def test_contributions_are_one_a_person(ann: User) -> None:
    made = services.draft(text=SLA, author=ann, now=NOW)
    for _ in range(3):
        made = services.edit(version_id=made.pk, text=made.text + "# a\n", by=ann, seen_digest=made.digest, now=NOW)
    assert Contribution.objects.filter(version=made).count() == 1
