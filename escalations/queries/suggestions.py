"""What a case offers as answers: each with why, and with what happens then, in the same four lines."""

import difflib
from typing import Any

from escalations.domain.reasons import Reason
from escalations.models import Account, Escalation, Person
from escalations.queries.directory import Directory
from templates_engine.queries import Documents

Answer = dict[str, Any]
NOTHING = {"Clock": "as it is", "Opens": "nothing", "Pages": "nobody", "Writes": "nothing"}
_SAME_NAME = 0.45


def answers(
    reason: Reason,
    *,
    field: str,
    known: dict[str, Any],
    account: Account | None,
    documents: Documents,
    people: Directory,
) -> list[Answer]:
    """The suggested answers of a new case, the likeliest first."""
    if reason is Reason.account_unknown:
        return [*_accounts(known), _ignore("it is no customer of ours")]
    if reason is Reason.account_ambiguous:
        return [*_both(known), _ignore("it is about none of them")]
    if reason is Reason.problem_unknown:
        return [*_problems(account, known), _ignore("it names no problem")]
    if reason in (Reason.templates_tie, Reason.condition_unresolved):
        return [*_templates(documents, known), _ignore("no template is meant for it")]
    if reason in (
        Reason.severity_unclear,
        Reason.tier_missing,
        Reason.sources_disagree,
        Reason.sla_unclear,
        Reason.fact_unclear,
    ):
        return _values(field, known, documents)
    if reason in (Reason.owner_unknown, Reason.chain_exhausted, Reason.routing_loop):
        return _owners(people, known)
    if reason is Reason.qa_failed:
        return [_answer("Run the checks again", "somebody mended it", {"retry": True}, Opens="the checks")]
    if reason is Reason.step_failed:
        return _failed(known)
    if reason.blocks_line:
        return [
            _answer("Try again", "mapping or directory was corrected", {"retry": True}, Opens="the line, from here"),
            _ignore("nothing can be read from it"),
        ]
    return [_answer("Seen, nothing to do", "the cause is known and gone", {"seen": True})]


def _answer(title: str, why: str, answer: Answer, **effect: str) -> Answer:
    return {"title": title, "why": why, "answer": answer, "effect": NOTHING | effect}


def _failed(known: dict[str, Any]) -> list[Answer]:
    """A step that failed. An approval is not given by hand, and a way not taken is not done."""
    do, title = known.get("do"), str(known.get("step") or "the step")
    back = known.get("made", {}).get("set back", "nothing")
    first = title if back == "nothing" else back.split(", ")[0]
    again = "Ask again" if do in ("ask_approval", "ask_person", "open_task") else "Run it again"
    offers = [_answer(again, "the cause is gone", {"retry": True}, Opens=f"the line, from {first}")]
    if do not in ("ask_approval", "ask_person", "branch"):
        offers.append(_answer("Done by hand", "somebody did it", {"done": True}, Opens=f"the line, after {title}"))
    hangs = {"ask_approval": "the rest of its block too", "branch": "both ways", "run": "the steps it calls"}.get(
        do or ""
    )
    left = f"leaves out {title}{f' and {hangs}' if hangs else ''}"
    return [
        *offers,
        _answer("Pass over it", "it is not needed", {"skip": True}, Opens="the line, after it", Writes=left),
    ]


def _ignore(why: str) -> Answer:
    return _answer("Ignore it", why, {"ignore": why}, Clock="stops")


def _accounts(known: dict[str, Any]) -> list[Answer]:
    said = str(known.get("name") or "")
    names = dict(Account.objects.values_list("name", "pk")[:5000])
    near = difflib.get_close_matches(said, names, n=3, cutoff=_SAME_NAME) if said else []
    return [
        _answer(
            f"It is {name}",
            f"the name is close to “{said}”",
            {"account": names[name]},
            Clock="starts on the account's terms",
            Opens="the matching template",
            Pages="its owners",
            Writes="remembers the identifier",
        )
        for name in near
    ]


def _both(known: dict[str, Any]) -> list[Answer]:
    named = Account.objects.filter(pk__in=known.get("accounts", [])).order_by("name")[:4]
    return [
        _answer(
            f"It is {one.name}",
            "one of the identifiers is theirs",
            {"account": one.pk},
            Clock="starts on the account's terms",
            Opens="the matching template",
            Pages="its owners",
        )
        for one in named
    ]


def _problems(account: Account | None, known: dict[str, Any]) -> list[Answer]:
    open_now = Escalation.objects.unfinished().filter(account=account).order_by("-id")[:2] if account else []
    title = str(known.get("title") or "a new problem")[:120]
    return [
        _answer(f"Part of {one.reference}", one.title, {"join": one.pk}, Opens=f"joins {one.reference}")
        for one in open_now
    ] + [_answer("A new problem", title, {"problem": title}, Clock="starts", Opens="the matching template")]


def _templates(documents: Documents, known: dict[str, Any]) -> list[Answer]:
    doubtful = known.get("templates") or [template.key for template in documents.templates]
    return [
        _answer(
            f"Run {template.title}",
            template.intent or "",
            {"template": template.key},
            Opens=template.title,
            Clock="starts",
        )
        for template in documents.templates
        if template.key in doubtful
    ][:4]


def _values(field: str, known: dict[str, Any], documents: Documents) -> list[Answer]:
    spec = documents.facts.fields.get(field)
    order = list(spec.order or []) if spec else []
    said = {str(say["value"]): str(say["source"]) for say in known.get("says", []) if say.get("value") is not None}
    # A word that no table knows is the question, not an answer.
    offered = {value for value in said if not order or value in order}
    ranked = sorted({*offered, *order}, key=lambda value: (value not in said, _place(value, order)))
    levels = documents.sla.levels
    offers = []
    for value in ranked[:5]:
        level = levels.get(value)
        clock = f"{level.acknowledge} answer, {level.resolve} fix" if level else "as the template says"
        why = f"{said[value]} says so" if value in said else "nobody says so"
        runs = "; it runs already" if value == known.get("runs") else ""
        offers.append(_answer(value.capitalize(), why + runs, {field: value}, Clock=clock, Pages="what was held"))
    return offers


def _place(value: str, order: list[str]) -> int:
    return order.index(value) if value in order else len(order)


def _owners(people: Directory, known: dict[str, Any]) -> list[Answer]:
    near: list[Person] = [people.people[pk] for pk in known.get("people", []) if pk in people.people]
    rest = [one for one in people.people.values() if people.present(one) and one not in near]
    return [
        _answer(
            f"{one.name} takes it", one.title or "present now", {"owner": one.pk}, Clock="asks again", Pages=one.name
        )
        for one in [*near, *rest][:4]
    ]
