"""Make this a rule: a case and its answer become a draft with its first backtest, and those who write are told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import unified_diff
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from escalations.domain import ruling
from escalations.domain.rewriting import rewrite
from escalations.domain.ruling import Rule
from escalations.models import Backtest, Case, Entry, Person, Signal
from escalations.queries.directory import directory
from escalations.services import backtesting, governing, notices
from escalations.services.errors import Refused
from escalations.services.holding import writing
from templates_engine.models import Version
from templates_engine.queries import Documents, active_documents
from templates_engine.spec import documents as spec
from templates_engine.spec.diffing import compare

WRITES = "templates_engine.add_version"
VERB = "rule"
PERIOD = timedelta(days=30)
AROUND = 2  # unchanged lines shown beside a changed one


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be drafted: the rule in words, the text, its difference in sentences and line by line."""

    rule: Rule
    active: Version | None = None
    text: str = ""
    changes: tuple[str, ...] = ()
    lines: tuple[tuple[str, str], ...] = ()
    there: Version | None = None

    @property
    def possible(self) -> bool:
        """Whether there is something to draft."""
        return bool(self.text) and self.there is None


@dataclass(frozen=True, slots=True)
class Proposed:
    """The draft, its backtest where one could start, and how many authors were told."""

    version: Version
    backtest: Backtest | None
    told: int


def preview(case: Case, answer: Mapping[str, Any] | None, *, now: datetime) -> Preview:
    """The rule for the case as it was, or is about to be, decided; writes nothing."""
    documents = active_documents()
    rule = ruling.rule(_asked(case, answer or case.decision or {}, documents, now))
    if not rule.edits:
        return Preview(rule)
    active = Version.objects.select_related("document").get(pk=documents.version_id(rule.kind, rule.key))
    try:
        text = rewrite(active.text, rule.edits)
    except (KeyError, IndexError, TypeError, AttributeError):
        return Preview(
            Rule("The document says it in a way that is not changed from here: open it in the editor."), active
        )
    body = spec.parse(text).body or {}
    changes = tuple(one.words for one in compare(active.body, body))
    there = _there(active, spec.digest(body))
    return Preview(rule, active, text, changes, tuple(_lines(active.text, text)), there)


def propose(*, case_id: int, by: Person, answer: Mapping[str, Any] | None, now: datetime) -> Proposed:
    """Draft it in the person's name and try it over what came before, this case's signal included.

    Whoever may write documents goes on in the editor; for anybody else the authors are told. Raises Refused with the
    reason where there is no rule, or where the same one is a draft already.
    """
    case = Case.objects.select_related("source", "escalation__template__document").get(pk=case_id)
    user = by.user
    if user is None:
        raise Refused({"case": "only somebody with a login proposes a rule"})
    with transaction.atomic():
        seen = preview(case, answer, now=now)
        if seen.there is not None:
            state = seen.there.get_state_display().lower()
            raise Refused({"case": f"{seen.there} says so already and waits as {state}"})
        if not seen.text:
            raise Refused({"case": seen.rule.words})
        version = governing.draft(text=seen.text, author=user, now=now, origin=Version.Origin.PROPOSED)
        because = f", because {case.decision_reason}" if case.decision_reason else ""
        governing.remark(
            version_id=version.pk, by=user, text=f"From {case.reference}: {seen.rule.words}{because}", now=now
        )
        with writing(now=now, reason="made a rule") as unit:
            words = f"{by.name} proposed a rule from {case.reference}: {version}. {seen.rule.words}"
            unit.tell(case.escalation, VERB, words, case=case, version=version.pk)
        told = 0
        if not user.has_perm(WRITES):
            asked = f"{by.name} proposes, from {case.reference} ({case.question}):"
            body = f"{asked}\n\n{seen.rule.words}\n\nRead and submit it:"
            told = notices.tell(version, _authors(), "proposed", f"Proposed: {version}", body, now)
        return Proposed(version, _backtest(version, case, user, now), told)


def proposed(case: Case) -> Version | None:
    """The newest rule that was made from the case."""
    entry = Entry.objects.filter(case=case, verb=VERB).order_by("-id").first()
    return Version.objects.select_related("document").filter(pk=entry.data.get("version")).first() if entry else None


def _there(active: Version, digest: str) -> Version | None:
    """A version with the same content that nobody has retired: what the third identical case would draft again."""
    rows = Version.objects.filter(document=active.document_id, digest=digest).exclude(state=Version.State.RETIRED)
    return rows.select_related("document").order_by("-number").first()


def _backtest(version: Version, case: Case, user: User, now: datetime) -> Backtest | None:
    signal = _signal(case)
    since = min([now - PERIOD, *([signal.received_at - timedelta(seconds=1)] if signal else [])])
    try:
        return backtesting.start(version_id=version.pk, by=user, now=now, since=since, until=now)
    except Refused:
        return None  # its problems stand beside the draft; a text that can not be read can not be tried


def _authors() -> list[User]:
    return list(User.objects.with_perm(WRITES, include_superusers=False).filter(is_active=True))


def _asked(case: Case, answer: Mapping[str, Any], documents: Documents, now: datetime) -> ruling.Asked:
    signal = _signal(case)
    source = signal.source if signal else case.source
    field = documents.facts.fields.get(case.field)
    people = directory(now=now, policy=documents.ownership).people if "owner" in answer else {}
    return ruling.Asked(
        reason=case.reason,
        field=case.field,
        known=case.known,
        answer={name: value for name, value in answer.items() if name != "title"},
        mapping=documents.mappings.get(source.mapping_key) if source else None,
        variant=_variant(signal),
        facts=signal.facts if signal else {},
        authority=documents.authority,
        templates=documents.templates,
        template=case.escalation.template.document.key if case.escalation else "",
        people={pk: one.username for pk, one in people.items()},
        order=tuple(field.order or ()) if field else (),
    )


def _signal(case: Case) -> Signal | None:
    """The signal that the question is about: the one it names, else the first that waits for it or made the record."""
    says = [one.get("signal") for one in case.known.get("says") or [] if isinstance(one, dict)]
    named = case.known.get("signal") or next((pk for pk in says if pk), None)
    rows = Signal.objects.select_related("source")
    found = rows.filter(pk=named).first() if isinstance(named, int) else None
    found = found or rows.filter(case=case).order_by("id").first()
    if found is None and case.escalation_id is not None:
        found = rows.filter(escalation=case.escalation_id).order_by("id").first()
    return found


def _variant(signal: Signal | None) -> str:
    """Which variant read it, as the line wrote down."""
    told = [one["words"] for one in (signal.reasons if signal else []) if one.get("stage") == "map"]
    return told[-1].removeprefix("read as ") if told else ""


def _lines(before: str, after: str) -> list[tuple[str, str]]:
    """The difference as lines: their sign, and their text."""
    found = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=AROUND)
    return [(one[:1], one[1:]) for one in found if not one.startswith(("---", "+++", "@@"))]
