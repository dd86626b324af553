"""Judgement over documents: who is told, what blocks, what moves, what the clock sees to, what the page shows."""

from datetime import UTC, datetime, time, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command

from escalations import clockwork
from escalations.models import Case, Entry, Escalation, Message, Person, Rota, RotaLayer, StepRun, Timer
from escalations.queries import governance, invariants
from escalations.services import governing, ledger, people
from escalations.services.errors import Stale
from templates_engine.models import Version
from tests.stories import world

pytestmark = pytest.mark.django_db
KEY = "enterprise-critical-incident"


def _now() -> datetime:
    return datetime.now(UTC)


def somebody(username: str, role: str, *, email: str = "x@example.com") -> User:
    """A login with a role, and the person of it."""
    user = User.objects.create_user(username, email, first_name=username.title())
    user.groups.add(Group.objects.get(name=role))
    Person.objects.create(user=user, username=username, name=username.title(), email=email)
    return user


@pytest.fixture
def ann(company: None) -> User:
    return somebody("ann", "author")


@pytest.fixture
def ben(company: None) -> User:
    return somebody("ben-signs", "approver")


@pytest.fixture
def carl(company: None) -> User:
    return somebody("carl", "approver")


def active(key: str = KEY) -> Version:
    return Version.objects.select_related("document").get(document__key=key, state="active")


def changed(**replaced: str) -> str:
    """The shipped template with some words of it replaced; underscores stand for the text they name."""
    text = active().text
    for old, new in (pair.split(" => ") for pair in replaced.values()):
        assert old in text, old
        text = text.replace(old, new)
    return text


def asked(by: User, text: str, intent: str = "Shorter") -> Version:
    made = governing.draft(text=text, author=by, now=_now())
    return governing.submit(version_id=made.pk, by=by, intent=intent, now=_now())


def signed(version: Version, by: User, running: str = "stay") -> Version:
    return governing.approve(
        version_id=version.pk, by=by, seen_digest=version.digest, comment="Agreed", now=_now(), running=running
    )


def told(version: Version) -> list[tuple[str, str]]:
    rows = Message.objects.filter(version=version).order_by("id").values_list("person__username", "subject")
    return [(name, subject.split(":")[0]) for name, subject in rows]


def test_those_who_may_decide_are_told_and_then_its_authors(ann: User, ben: User, carl: User) -> None:
    gone = somebody("gone", "approver")
    gone.is_active = False
    gone.save()
    version = asked(ann, changed(a="within: 15m => within: 10m"))
    assert told(version) == [("ben-signs", "To sign"), ("carl", "To sign")]
    body = Message.objects.filter(version=version)[0].body
    assert "Why: Shorter" in body
    assert f"/templates/versions/{version.pk}/" in body
    governing.send_back(version_id=version.pk, by=ben, comment="Why ten?", now=_now())
    assert told(version)[2:] == [("ann", "Sent back")]
    governing.submit(version_id=version.pk, by=ann, intent="Contract says ten", now=_now() + timedelta(seconds=2))
    signed(version, carl)
    assert told(version)[-1] == ("ann", "Approved")
    clockwork.sweep(now=_now() + timedelta(minutes=1))
    assert set(Message.objects.filter(version=version).values_list("state", flat=True)) == {"sent"}


def test_a_policy_may_name_who_is_asked(ann: User, ben: User, carl: User) -> None:
    people.save_team(key="signers", name="Signers", members=[Person.objects.get(username="carl")])
    policy = active("ownership")
    text = policy.text.replace("  chain_exhausted", "  approve_template: {team: signers}\n  chain_exhausted")
    made = asked(ann, text)
    governing.activate(version_id=signed(made, ben).pk, by=ben, now=_now())
    version = asked(ann, changed(a="within: 15m => within: 10m"))
    assert told(version) == [("carl", "To sign")]


UNREACHABLE = [
    (
        "nobody is in the team",
        "team-empty",
        "{team: support} => {team: nobody}",
        "Team nobody has nobody",
        "Add somebody",
    ),
    ("there is no such team", "", "{team: support} => {team: ghosts}", "names team ghosts", "Make a team ghosts"),
    ("no such person", "", "{team: support} => {person: zoe}", "names zoe, whom", "Add zoe to the people"),
    ("not active", "off", "{team: support} => {person: ben}", "Ben (owners.primary) is not active", "somebody else"),
    ("no address", "mute", "{team: support} => {person: ben}", "neither e-mail nor Slack", "Give Ben an e-mail"),
    ("a team without one", "mute team", "{team: support} => {team: support-backup}", "Nobody of team", "Give Ben"),
]


@pytest.mark.parametrize(
    ("what", "world_is", "words", "finding", "fix"), UNREACHABLE, ids=[one[0] for one in UNREACHABLE]
)
def test_an_unreachable_owner_blocks_and_says_whom_to_fix(
    ann: User, ben: User, what: str, world_is: str, words: str, finding: str, fix: str
) -> None:
    if world_is == "team-empty":
        people.save_team(key="nobody", name="Nobody", members=[])
    Person.objects.filter(username="ben").update(is_active=world_is != "off", email="")
    if "mute" not in world_is:
        Person.objects.filter(username="ben").update(email="ben@example.com")
    before, after = words.split(" => ")
    version = asked(ann, changed(a=f"primary: {before} => primary: {after}"))
    blocking = [one for one in governing.readiness(version) if one.level == "blocks"]
    assert any(finding in one.words and fix in one.fix for one in blocking), blocking
    with pytest.raises(governing.LifecycleError, match="is not ready"):
        signed(version, ben)
    assert Version.objects.get(pk=version.pk).state == "in_review"


def test_a_rota_is_looked_at_for_two_weeks(ann: User, ben: User) -> None:
    """One that there is not blocks, one with holes is to be read, and a whole one passes."""
    text = changed(a="primary: {team: support} => primary: {rota: night}")
    made = governing.draft(text=text, author=ann, now=_now())
    assert ("blocks", "owners.primary names rota night, which there is not") in _found(made)
    rota = Rota.objects.create(key="night", name="Night", time_zone="UTC")
    layer = {"people": [world.person("ada").pk], "starts_on": _now().date(), "hand_over_at": time(8), "turn_hours": 168}
    nights = RotaLayer.objects.create(rota=rota, name="Nights", position=0, windows=[
        {"days": list(range(7)), "from": "20:00", "until": "23:00"}], **layer)  # fmt: skip
    (holes,) = [words for level, words in _found(made) if words.startswith("Rota night has")]
    assert "gaps in two weeks, the first from" in holes
    nights.windows = []
    nights.starts_on = _now().date() - timedelta(days=1)
    nights.save()
    assert ("pass", "Rota night is covered for two weeks") in _found(made)
    Person.objects.filter(username="ada").update(email="")
    words = "Nobody of rota night can be reached: Ada has neither e-mail nor Slack"
    assert ("blocks", words) in _found(made)


def _found(version: Version) -> list[tuple[str, str]]:
    return [(one.level, one.words) for one in governing.readiness(version)]


def test_called_templates_are_inside_the_review(ann: User, ben: User) -> None:
    call = "  - {id: solve, => \n  - {id: more, run: any-customer-trouble}\n  - {id: solve,"
    version = asked(ann, changed(a=call.replace("\n", "", 1)))
    found = [one.words for one in governing.readiness(version)]
    assert [one for one in found if one.startswith("It runs Customer trouble v1, active since")], found
    assert [one for one in found if "It was read against authority v1, facts v1" in one], found
    ghost = governing.draft(
        text=version.text.replace("run: any-customer-trouble", "run: ghost"), author=ann, now=_now()
    )
    assert "It runs ghost, which is not active" in [one.words for one in governing.readiness(ghost)]


def test_a_circle_of_calls_is_named(ann: User, ben: User) -> None:
    """The shipped one would run two, which runs one, which runs the shipped one: seen when the circle closed later."""
    shipped = active("any-customer-trouble").text

    def work(key: str, *runs: str) -> str:
        text = shipped.replace("key: any-customer-trouble", f"key: {key}").replace("order: 900", "order: 901")
        for one in runs:
            text = text.replace("steps:\n", f"steps:\n  - {{id: call, run: {one}}}\n", 1)
        return text

    def put(text: str) -> None:
        version = signed(asked(ann, text), ben)
        governing.activate(version_id=version.pk, by=ben, now=_now())

    put(work("one", "any-customer-trouble"))
    put(work("two"))
    made = governing.draft(text=work("any-customer-trouble", "two"), author=ann, now=_now())
    assert [words for level, words in _found(made) if level == "blocks"] == []
    put(work("two", "one"))
    blocking = [words for level, words in _found(made) if level == "blocks"]
    assert blocking == ["It never ends: any-customer-trouble runs two runs one runs any-customer-trouble"]
    again = governing.edit(version_id=made.pk, text=made.text, by=ann, seen_digest=made.digest, now=_now())
    assert len(again.problems) == 1, "the live check names it too"
    (finding,) = governing.readiness(again)
    assert (finding.level, finding.fix[:21]) == ("blocks", "Its author mends line")


def test_running_records_stay_by_default(ann: User, ben: User) -> None:
    record = world.opened()
    version = asked(ann, changed(a="within: 15m => within: 30m"))
    governing.activate(version_id=signed(version, ben).pk, by=ben, now=_now())
    after = Escalation.objects.get(pk=record.pk)
    assert (after.template_id, after.acknowledge_by) == (record.template_id, record.acknowledge_by)
    assert [one.reference for one in governing.affected(Version.objects.get(pk=version.pk))] == [record.reference]


def test_what_was_shown_is_what_is_done(ann: User, ben: User) -> None:
    """Longer to acknowledge, another backup, a step less and a step more: shown, agreed to, done exactly so."""
    record = world.opened()
    text = changed(
        a="within: 15m => within: 30m",
        b="backup: {team: support-backup} => backup: {team: operations}",
        c="  - {id: solve, => \n  - {id: tell-backup, do: notify, to: [backup], title: Tell backup}\n  - {id: solve,",
    ).replace("\n\n", "\n")
    version = asked(ann, text)
    shown = governing.affected(version)
    (one,) = shown
    assert one.before["version"] == "v1"
    assert one.after["backup"] == "cleo"
    assert "Tell backup" in one.after["steps"]
    assert datetime.fromisoformat(one.after["acknowledge_by"]) == record.acknowledge_by + timedelta(minutes=15)
    agreed = governing.fingerprint(shown)
    governing.approve(
        version_id=version.pk, by=ben, seen_digest=version.digest, comment="", now=_now(), running="migrate",
        seen_list=agreed,
    )  # fmt: skip
    governing.activate(version_id=version.pk, by=ben, now=_now(), seen_list=agreed)
    after = Escalation.objects.get(pk=record.pk)
    assert (after.template_id, after.backup.username) == (version.pk, "cleo")
    assert after.acknowledge_by.isoformat() == one.after["acknowledge_by"]
    assert after.resolve_by.isoformat() == one.after["resolve_by"]
    left = StepRun.objects.filter(escalation=after).exclude(state__in=("done", "skipped")).order_by("position")
    assert [run.title for run in left] == one.after["steps"]
    timer = Timer.objects.get(escalation=after, kind="acknowledge", state="pending")
    assert timer.due_at == after.acknowledge_by
    said = Entry.objects.get(escalation=after, verb="migrate")
    assert "moved it from v1 to v2: acknowledge by:" in said.text
    assert after.history.first().history_change_reason.startswith("moved to")
    assert governing.affected(Version.objects.get(pk=version.pk)) == []
    assert invariants.breaches(now=_now()) == []


def test_another_list_than_was_shown_is_refused(ann: User, ben: User) -> None:
    world.opened()
    version = asked(ann, changed(a="within: 15m => within: 30m"))
    agreed = governing.fingerprint(governing.affected(version))
    world.opened(body=world.ticket(2), delivery="d-2")
    with pytest.raises(Stale, match="list of running"):
        governing.approve(
            version_id=version.pk, by=ben, seen_digest=version.digest, comment="", now=_now(), running="migrate",
            seen_list=agreed,
        )  # fmt: skip
    assert Version.objects.get(pk=version.pk).state == "in_review"


def test_a_clock_that_would_be_over_stays_and_steps_that_are_gone_are_skipped(ann: User, ben: User) -> None:
    record = world.opened()
    Escalation.objects.filter(pk=record.pk).update(acknowledge_by=_now() + timedelta(minutes=5))
    tell = "  - id: tell-account-owner\n    do: notify\n    to: [account_owner]\n    title: Tell the account owner\n"
    text = changed(a="within: 15m => within: 1m", b="id: solve => id: solve-it")
    assert tell in text
    version = signed(asked(ann, text), ben, running="migrate")
    (one,) = governing.affected(version)
    assert "acknowledge by stays: by the new clock it would be over already" in one.words
    governing.activate(version_id=version.pk, by=ben, now=_now())
    runs = {run.step: run for run in StepRun.objects.filter(escalation=record)}
    assert (runs["solve"].state, runs["solve"].outcome) == ("skipped", "not in v2")
    assert runs["solve-it"].state == "next"
    assert runs["assign"].state == "done"
    assert invariants.breaches(now=_now()) == []


BRANCHED = """\
  - {id: who, do: ask_person, to: owner, question: Which way?, within: 30m, sets: way,
     choices: [{key: left, title: Left}, {key: right, title: Right}]}
  - id: fork
    do: branch
    when: way == "left"
    then:
      - {id: go-left, do: notify, to: [backup], title: Go left}
    otherwise:
      - {id: go-right, do: notify, to: [backup], title: Go right}
  - {id: solve,"""


def test_what_a_branch_left_out_stays_out(ann: User, ben: User) -> None:
    """The record chose left; a version that adds a step to the right does not send it there."""
    facts = "facts: {way: {type: string}}\ntrigger:"
    text = changed(a="trigger: => facts: {way: {type: string}}\ntrigger:", b="  - {id: solve, => " + BRANCHED)
    assert facts in text
    governing.activate(version_id=signed(asked(ann, text), ben).pk, by=ben, now=_now())
    record = world.opened()
    ledger.acknowledge(escalation_id=record.pk, by=world.person("ada"), now=_now())
    StepRun.objects.filter(escalation=record, step__in=("who", "fork", "go-left")).update(state="done")
    StepRun.objects.filter(escalation=record, step="go-right").update(state="skipped")
    more = text.replace(
        "title: Go right}", "title: Go right}\n      - {id: go-far, do: notify, to: [backup], title: Far}"
    )
    version = signed(asked(ann, more), ben, running="migrate")
    (one,) = governing.affected(version)
    assert "Far" not in one.after["steps"]
    governing.activate(version_id=version.pk, by=ben, now=_now())
    assert StepRun.objects.get(escalation=record, step="go-far").state == "skipped"
    assert StepRun.objects.get(escalation=record, step="go-left").template_id == record.template_id


def test_a_moved_record_goes_on_to_its_end(ann: User, ben: User) -> None:
    """After the move people work it as any other: acknowledged, resolved, closed."""
    record = world.opened()
    version = signed(asked(ann, changed(a="within: 15m => within: 30m")), ben, running="migrate")
    governing.activate(version_id=version.pk, by=ben, now=_now())
    ada = world.person("ada")
    ledger.acknowledge(escalation_id=record.pk, by=ada, now=_now())
    ledger.resolve(escalation_id=record.pk, by=ada, resolution="Restarted", now=_now())
    assert Escalation.objects.get(pk=record.pk).state == "closed"


def test_the_schedule_puts_it_to_work_and_tells_its_author(ann: User, ben: User) -> None:
    version = asked(ann, changed(a="within: 15m => within: 10m"))
    at = _now() + timedelta(hours=2)
    governing.approve(version_id=version.pk, by=ben, seen_digest=version.digest, comment="", now=_now(), activate_at=at)
    governing.cancel_schedule(version_id=version.pk, by=ben, now=_now())
    clockwork.sweep(now=at)
    assert Version.objects.get(pk=version.pk).state == "approved"
    Version.objects.filter(pk=version.pk).update(activate_at=at)
    clockwork.sweep(now=at - timedelta(seconds=1))
    assert Version.objects.get(pk=version.pk).state == "approved"
    assert clockwork.sweep(now=at)["governed"] == 1
    assert active().pk == version.pk
    assert told(version)[-1] == ("ann", "At work")


def test_what_was_due_and_can_not_go_becomes_a_case(ann: User, ben: User) -> None:
    """Between signature and schedule the last of the team lost their address."""
    version = asked(ann, changed(a="within: 15m => within: 10m"))
    at = _now() + timedelta(hours=2)
    governing.approve(version_id=version.pk, by=ben, seen_digest=version.digest, comment="", now=_now(), activate_at=at)
    Person.objects.filter(username="ada").update(email="")
    for _ in range(3):
        clockwork.sweep(now=at)
    case = Case.objects.get(reason="activation_refused")
    assert "ada" in case.owner.username
    assert "Ada has neither e-mail nor Slack" in case.known["missing"][0]
    row = Version.objects.get(pk=version.pk)
    assert (row.state, row.activate_at) == ("approved", None)


def test_an_emergency_without_its_second_signature_becomes_a_case(ann: User, ben: User, carl: User) -> None:
    first = active()
    governing.activate(
        version_id=signed(asked(ann, changed(a="within: 15m => within: 1m")), carl).pk, by=carl, now=_now()
    )
    made = governing.emergency_roll_back(version_id=first.pk, by=ben, comment="Pages storm", now=_now())
    assert [name for name, subject in told(made)] == ["carl"]
    late = _now() + timedelta(hours=25)
    assert [one.late for one in governance.seconds(now=_now())] == [False]
    for _ in range(3):
        clockwork.sweep(now=late)
    case = Case.objects.get(reason="signature_missing")
    assert (case.owner.username, case.state) == ("ada", "open")
    assert [(one.version.pk, one.late, one.who) for one in governance.seconds(now=late)] == [(made.pk, True, ("Carl",))]
    governing.countersign(version_id=made.pk, by=carl, seen_digest=made.digest, comment="It was right", now=late)
    case.refresh_from_db()
    assert (case.state, case.decision_reason) == ("decided", "It was right")
    assert governance.seconds(now=late) == []


def test_the_governance_page_has_its_answers(ann: User, ben: User) -> None:
    world.opened()
    version = asked(ann, changed(a="within: 15m => within: 10m"))
    later = _now() + timedelta(days=91)
    page = governance.governance(now=_now() + timedelta(hours=3))
    assert [one.username for one in page.approvers] == ["ben-signs"]
    assert page.approvers[0].roles == ("approver",)
    (waiting,) = page.waiting
    assert (waiting.version.pk, waiting.age[:3], waiting.who) == (version.pk, "3 h", ("Ben-Signs",))
    assert KEY not in [one.version.document.key for one in page.never_triggered]
    assert "any-customer-trouble" in [one.version.document.key for one in page.never_triggered]
    assert page.past_review == []
    assert page.changes[0].words.endswith("active since the first load")
    aged = governance.past_review(now=later)
    assert KEY in [one.version.document.key for one in aged]
    assert aged[0].words == "at work for 91 days"
    governing.activate(version_id=signed(version, ben).pk, by=ben, now=_now())
    first = governance.changes(since=_now() - timedelta(hours=1))
    assert {one.words for one in first[:2]} == {"v2 active, signed by Ben-Signs", "v1 retired"}


def test_a_mapping_that_reads_a_source_is_not_retired(ben: User) -> None:
    with pytest.raises(governing.LifecycleError, match="Zendesk could not be read"):
        governing.retire(version_id=active("zendesk").pk, by=ben, comment="Old", now=_now())
    assert active("zendesk")


def test_export_and_import_are_a_round_trip(ann: User, ben: User, tmp_path: Path) -> None:
    out = StringIO()
    call_command("export_documents", str(tmp_path), stdout=out)
    files = sorted(one.name for one in tmp_path.iterdir())
    assert f"template-{KEY}.yaml" in files
    assert (tmp_path / f"template-{KEY}.yaml").read_text() == active().text
    call_command("import_documents", str(tmp_path), user="ann", stdout=out)
    assert Version.objects.filter(state="draft").count() == 0, "what is at work already is no draft"
    (tmp_path / f"template-{KEY}.yaml").write_text(changed(a="within: 15m => within: 10m"))
    call_command("import_documents", str(tmp_path), user="ann", stdout=out)
    made = Version.objects.get(state="draft")
    assert (made.origin, made.author, made.based_on) == ("imported", ann, active())
    row = made.history.get()
    assert (row.history_door, row.history_user_id) == ("import", ann.pk)
    call_command("export_documents", str(tmp_path / "all"), all=True, stdout=out)
    assert f"template-{KEY}.v2.draft.yaml" in [one.name for one in (tmp_path / "all").iterdir()]


def test_a_faulty_import_tells_all_and_does_nothing(ann: User, ben: User, tmp_path: Path) -> None:
    good = changed(a="within: 15m => within: 10m")
    (tmp_path / "a.yaml").write_text(good)
    (tmp_path / "b.yaml").write_text(good.replace("10m", "soon"))
    (tmp_path / "c.yaml").write_text("kind: soup\n")
    (tmp_path / "d.yaml").write_text(good.replace("10m", "11m"))
    with pytest.raises(CommandError) as caught:
        call_command("import_documents", str(tmp_path), user="ann")
    said = str(caught.value)
    assert "nothing was imported" in said
    assert all(name in said for name in ("b.yaml: ", "c.yaml: ", "d.yaml: is template"))
    assert Version.objects.filter(state="draft").count() == 0
    for user, words in (("ben-signs", "nobody who may draft"), ("zoe", "nobody who may draft")):
        with pytest.raises(CommandError, match=words):
            call_command("import_documents", str(tmp_path), user=user)
