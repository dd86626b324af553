"""Make this a rule: which document, changed how, would have handled a case as a person decided it."""

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from escalations.domain.reasons import Reason
from escalations.domain.rewriting import Edit
from templates_engine.spec.mapping import MappingDocument, Variant
from templates_engine.spec.policies import AuthorityPolicy
from templates_engine.spec.template import Template

_NO_DOCUMENT = "No document could have decided this: it is about the world outside, and each time anew."
_FIRST_DECIDE = "Choose the answer first: the rule will say the same."


@dataclass(frozen=True, slots=True)
class Asked:
    """A case with its answer, as plain values. `variant` read the signal, `facts` is what it said.

    `order` is what the field may be, `people` are usernames by id, `template` the key of the record's template.
    """

    reason: str
    field: str
    known: Mapping[str, Any]
    answer: Mapping[str, Any]
    mapping: MappingDocument | None = None
    variant: str = ""
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    authority: AuthorityPolicy | None = None
    templates: Sequence[Template] = ()
    template: str = ""
    people: Mapping[int, str] = dataclasses.field(default_factory=dict)
    order: Sequence[str] = ()

    @property
    def says(self) -> list[Mapping[str, Any]]:
        """What the sources say."""
        return list(self.known.get("says") or [])


@dataclass(frozen=True, slots=True)
class Rule:
    """Edits of one document, in words; without edits, `words` says why there is none."""

    words: str
    kind: str = ""
    key: str = ""
    edits: tuple[Edit, ...] = ()


def rule(asked: Asked) -> Rule:
    """The rule that would have handled it."""
    if not asked.answer:
        return Rule(_FIRST_DECIDE)
    make = _RULES.get(asked.reason)
    found = make(asked) if make else None
    return found or Rule(_NO_DOCUMENT)


def _account(asked: Asked) -> Rule | None:
    if "ignore" in asked.answer:
        return _ignored(asked)
    pairs = ", ".join(f"{system} {value}" for system, value in asked.known.get("identifiers", []))
    if not pairs:
        return Rule(
            "The signal carries no identifier: the sender has to name the account in a way that stays the same."
        )
    return Rule(
        f"The account directory is the rule here: this decision puts {pairs} into it, and the next such signal finds "
        "its account by itself.",
        kind="directory",
    )


def _ignored(asked: Asked) -> Rule | None:
    """A variant before all others that ignores what comes from this account, with the words of the answer."""
    variant = _variant(asked)
    if variant is None or asked.mapping is None:
        return None
    paths = {one.system: one.path for one in variant.account}
    pair = next(((system, value) for system, value in asked.known.get("identifiers", []) if system in paths), None)
    if pair is None:
        return None
    system, value = pair
    quoted = str(value).replace("\\", "\\\\").replace("'", "\\'")
    added = {
        "name": f"not ours, {value}"[:80],
        "when": f"({paths[system]}) == '{quoted}'",
        "ignore": str(asked.answer["ignore"]),
    }
    words = f"What {asked.mapping.title} brings from {system} {value} is ignored: {asked.answer['ignore']}."
    return Rule(words, "mapping", asked.mapping.key, (Edit(("variants",), added, "first"),))


def _value(asked: Asked) -> Rule | None:
    """A word that no table knew gets its meaning; where nothing was said, a default."""
    named = asked.field or next(iter(asked.answer), "")
    variant = _variant(asked)
    if variant is None or asked.mapping is None or named not in asked.answer:
        return None
    value = asked.answer[named]
    said = next((one.get("value") for one in asked.says if one.get("value") not in (None, "")), None)
    if asked.reason == Reason.field_invalid:
        said = next((one.get("value") for one in asked.says if one.get("source") == named), None)
    place = ("variants", asked.mapping.variants.index(variant), "facts", named)
    title = asked.mapping.title
    spec = variant.facts.get(named)
    if said in (None, "") or not isinstance(said, str | int) or spec is None or not spec.path:
        edits: tuple[Edit, ...] = (Edit((*place, "default"), value),)
        return Rule(f"Where {title} says no {named}, it is {value}.", "mapping", asked.mapping.key, edits)
    if spec.values is None and not asked.order:
        return None
    # A table of one word would make every other word a doubt: those that are known stand in it too.
    known = [] if spec.values is not None else asked.order
    edits = (
        *(Edit((*place, "values", name), name) for name in known),
        Edit((*place, "values", str(said)), value),
    )
    return Rule(f"“{said}” in {title} means {named} {value}.", "mapping", asked.mapping.key, edits)


def _disagreement(asked: Asked) -> Rule | None:
    """Whoever was believed comes first, and the authority decides without asking."""
    policy, value = asked.authority, asked.answer.get(asked.field)
    if policy is None or value is None:
        return None
    believed = [str(one["source"]) for one in asked.says if one.get("value") == value and one.get("source")]
    if not believed:
        return Rule("Nobody said what was decided: no order of the sources would have found it.")
    spec = policy.fields.get(asked.field)
    order = list(spec.order) if spec else []
    others = [str(one["source"]) for one in asked.says if str(one.get("source")) not in believed]
    spelt = {one.casefold(): one for one in order}
    first = spelt.get(believed[0].casefold(), believed[0])
    rest = [one for one in [*order, *(spelt.get(one.casefold(), one) for one in others)] if one != first]
    place = ("fields", asked.field)
    edits = (Edit((*place, "order"), list(dict.fromkeys([first, *rest]))), Edit((*place, "on_conflict"), "win"))
    words = f"On {asked.field} {first} is believed before {' and '.join(rest[:2]) or 'all others'}; nobody is asked."
    return Rule(words, "authority", policy.key, edits)


def _tie(asked: Asked) -> Rule | None:
    """The chosen template comes just before those it tied with; at the very front the others step back."""
    chosen = next((one for one in asked.templates if one.key == asked.answer.get("template")), None)
    if chosen is None:
        return _default_of(asked)
    if chosen.order > 0:
        words = f"{chosen.title} comes before the others: order {chosen.order - 1} instead of {chosen.order}."
        return Rule(words, "template", chosen.key, (Edit(("order",), chosen.order - 1),))
    tied = asked.known.get("templates") or []
    other = next((one for one in asked.templates if one.key in tied and one.key != chosen.key), None)
    if other is None:
        return None
    return Rule(f"{other.title} comes after {chosen.title}: order 1.", "template", other.key, (Edit(("order",), 1),))


def _condition(asked: Asked) -> Rule | None:
    """The trigger that could not tell says what holds while its fact is missing."""
    chosen = asked.answer.get("template")
    if chosen is None:
        return _default_of(asked)
    doubtful = [one for one in asked.templates if one.key in (asked.known.get("templates") or [])]
    one = next((one for one in doubtful if one.key != chosen), next(iter(doubtful), None))
    if one is None:
        return None
    missing = [name for name in _named(one.trigger) if asked.facts.get(name) in (None, "", [])]
    if not missing:
        return None
    if one.key == chosen:
        trigger = f"({' || '.join(f'!known.{name}' for name in missing)}) || ({one.trigger})"
        words = f"{one.title} also runs while {' and '.join(missing)} is missing."
    else:
        trigger = f"{' && '.join(f'known.{name}' for name in missing)} && ({one.trigger})"
        words = f"{one.title} does not run while {' and '.join(missing)} is missing, and nobody is asked."
    return Rule(words, "template", one.key, (Edit(("trigger",), trigger),))


def _default_of(asked: Asked) -> Rule | None:
    """The decision supplied a fact: the mapping supplies it from now on."""
    variant = _variant(asked)
    supplied = {name: value for name, value in asked.answer.items() if name not in ("title", "template", "ignore")}
    if variant is None or asked.mapping is None or not supplied:
        return _ignored(asked) if "ignore" in asked.answer else None
    place = ("variants", asked.mapping.variants.index(variant), "facts")
    edits = tuple(Edit((*place, name, "default"), value) for name, value in supplied.items())
    said = " and ".join(f"{name} is {value}" for name, value in supplied.items())
    return Rule(f"Where {asked.mapping.title} does not say it, {said}.", "mapping", asked.mapping.key, edits)


def _problem(asked: Asked) -> Rule | None:
    """The title tells the problem where nothing else does."""
    variant = _variant(asked)
    if "ignore" in asked.answer:
        return _ignored(asked)
    if variant is None or asked.mapping is None or not asked.facts.get("title"):
        return None
    place = ("variants", asked.mapping.variants.index(variant))
    edits = [Edit((*place, "facts", "problem", "template"), "{title}")]
    if ["problem"] not in variant.correlate:
        edits.append(Edit((*place, "correlate"), [*variant.correlate, ["problem"]]))
    words = f"Where {asked.mapping.title} names no ticket and no problem, its title tells it by."
    return Rule(words, "mapping", asked.mapping.key, tuple(edits))


def _exception(asked: Asked) -> Rule | None:
    """The template stops asking where people always say the same."""
    number = asked.field.removeprefix("exception ")
    one = next((one for one in asked.templates if one.key == asked.template), None)
    if one is None or not number.isdigit() or not 0 < int(number) <= len(one.exceptions):
        return None
    path = one.exceptions[int(number) - 1]
    words = f"{one.title} no longer asks a person when {path.condition}: it goes on."
    return Rule(words, "template", one.key, (Edit(("exceptions", int(number) - 1), do="drop"),))


def _owner(asked: Asked) -> Rule | None:
    """The template names the person who was found."""
    one = next((one for one in asked.templates if one.key == asked.template), None)
    username = asked.people.get(int(asked.answer.get("owner") or 0))
    if one is None or not username or asked.field not in ("primary", "backup", "escalation"):
        return None
    words = f"{username} is the {asked.field} owner of {one.title}."
    return Rule(words, "template", one.key, (Edit(("owners", asked.field), {"person": username}),))


def _variant(asked: Asked) -> Variant | None:
    variants = asked.mapping.variants if asked.mapping else []
    return next((one for one in variants if one.name == asked.variant and one.ignore is None), None)


def _named(trigger: str) -> list[str]:
    """Facts that a trigger reads, each once."""
    words = re.findall(r"(?<![\w.\"'])([a-z_][a-z0-9_]*)(?!\s*\(|\w)", re.sub(r"\"[^\"]*\"|'[^']*'", "''", trigger))
    return [one for one in dict.fromkeys(words) if one not in {"known", "true", "false", "null", "in", "now"}]


_RULES: dict[str, Callable[[Asked], Rule | None]] = {
    Reason.account_unknown: _account,
    Reason.account_ambiguous: _account,
    Reason.problem_unknown: _problem,
    Reason.severity_unclear: _value,
    Reason.tier_missing: _value,
    Reason.fact_unclear: _value,
    Reason.field_invalid: _value,
    Reason.sources_disagree: _disagreement,
    Reason.templates_tie: _tie,
    Reason.condition_unresolved: _condition,
    Reason.exception_path: _exception,
    Reason.owner_unknown: _owner,
}
