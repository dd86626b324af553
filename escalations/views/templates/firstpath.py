"""From five plain answers to a document: the path that hurts most, as YAML with comments."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from opsportal.lib import durations

LONGEST = 200
MOST_WORDS = 12
_KEY = re.compile(r"[^a-z0-9]+")
_PLAIN = re.compile(r"[a-z][a-z0-9_-]*")
# Words that YAML takes for something else than text.
_WORDS = frozenset({"yes", "no", "on", "off", "true", "false", "null", "y", "n"})
# What a person is asked about: the condition, and the sentence on the case.
EXCEPTIONS = {
    "tier": ("The customer's tier is not known", "!known.tier"),
    "severity": ("The severity is not known", "!known.severity"),
    "amount": ("A large contract is at stake", "known.amount && amount >= {amount}"),
    "renewal": ("The account renews within 30 days", "known.renews_in_days && renews_in_days <= 30"),
    "none": ("Never: it runs by itself", ""),
}
# How the outcome is measured: its words, and whether a target is a time, a number at most, or a share at least.
MEASURES = {
    "time_to_resolve": ("time until it is solved, at most", "time"),
    "time_to_acknowledge": ("time until somebody has it, at most", "time"),
    "handoffs": ("hand-offs, at most", "number"),
    "reopened": ("times it is opened again, at most", "number"),
    "repeats_per_account": ("repeats for one account, at most", "number"),
    "resolved_in_time": ("share solved in time, at least (0 to 1)", "share"),
}


@dataclass(slots=True)
class Answers:
    """What the page asked."""

    title: str = ""
    sources: Sequence[str] = ()
    severities: Sequence[str] = ()
    tiers: Sequence[str] = ()
    words: str = ""
    primary: str = ""
    backup: str = ""
    escalation: str = ""
    within: str = "15m"
    resolve: str = "4h"
    action: str = ""
    tell_account_owner: bool = False
    exception: str = "tier"
    amount: str = "100000"
    metric: str = ""
    measure: str = "time_to_resolve"
    target: str = "4h"


def problems(said: Answers) -> dict[str, str]:
    """What is missing or can not be read, by field, in a sentence."""
    found = {
        name: words
        for name, words in {
            "title": "Say in a few words what goes wrong.",
            "primary": "Name who is asked first.",
            "escalation": "Name who is asked when nobody answers.",
            "action": "Say what happens next.",
            "metric": "Say how you will know that it went well.",
        }.items()
        if not getattr(said, name)
    }
    for name in ("within", "resolve"):
        try:
            durations.parse(getattr(said, name))
        except ValueError:
            found[name] = "Say it like 15m, 4h or 2d."
    if said.exception == "amount" and not (said.amount.isascii() and said.amount.isdigit() and len(said.amount) < 13):
        found["amount"] = "Say it as a whole number, like 100000."
    if not _success(said):
        found["target"] = "Say a time like 4h, or a number, as the measure asks."
    if not (said.sources or said.severities or said.tiers or _words(said)):
        found["trigger"] = "Choose at least one thing that starts it: otherwise it would take every signal."
    return found


def key_of(title: str) -> str:
    """A key people can read, from a title."""
    key = _KEY.sub("-", title.casefold()).strip("-")[:60].strip("-") or "first"
    return key if _is_plain(key) else f"path-{key}"


def trigger(said: Answers) -> str:
    """The condition that the choices mean; any of one kind, all of the kinds."""
    parts = [
        _any("source", said.sources),
        _any("severity", said.severities),
        _any("tier", said.tiers),
        _said_in_title(_words(said)),
    ]
    return " && ".join(part for part in parts if part) or "true"


def written(said: Answers, *, key: str, order: int) -> str:
    """The document, every line of it meant to be read."""
    tell = ""
    if said.tell_account_owner:
        tell = _TELL_ACCOUNT_OWNER
    return _DOCUMENT.format(
        key=key,
        title=_quoted(said.title),
        order=order,
        trigger=_single(trigger(said)),
        primary=_owner(said.primary),
        backup=_owner(said.backup or said.escalation),
        escalation=_owner(said.escalation),
        within=said.within,
        resolve=said.resolve,
        tell=tell,
        action=_quoted(said.action),
        exceptions=_exceptions(said),
        metric=_quoted(said.metric),
        success=_success(said) or "[]",
    )


_TELL_ACCOUNT_OWNER = """  - id: tell-account-owner
    do: notify
    to: [account_owner]
    title: Tell the account owner
    message: "Your customer {customer} is affected: {title}. {owner} has it."
"""

_DOCUMENT = """# One path, made from five answers. All of it can be changed; nothing runs before somebody else signs it.
kind: template
key: {key}
title: {title}

# Templates are asked in this order; the first whose trigger holds takes the signal.
order: {order}
trigger: {trigger}

# Who is asked first, who stands in, and who is asked when nobody answers.
owners:
  primary: {primary}
  backup: {backup}
  escalation: {escalation}

# How long an answer and a solution may take.
clocks: {{acknowledge: {within}, resolve: {resolve}}}

steps:
  - {{id: assign, do: assign, to: primary, title: Assign}}
  - id: tell
    do: notify
    to: [primary]
    title: Tell who has it
    message: "{{customer}}: {{title}} ({{severity}}). Acknowledge by {{due}}."
{tell}  # Nobody answers in time: the next owner is asked by itself.
  - {{id: acknowledge, do: wait_for_acknowledgement, within: {within}, title: Acknowledge}}
  - id: next
    do: wait_for_resolution
    title: {action}
  - {{id: checks, do: check, title: Check before closing}}
  - {{id: close, do: close, title: Close}}

# What must hold before it closes.
qa:
  - {{id: acknowledged, check: acknowledged, title: Somebody acknowledged}}
  - {{id: decided, check: no_open_case, title: No case is open}}
  - {{id: noted, check: resolution_noted, title: The resolution is written down}}
close: {{when: qa}}
{exceptions}
# How we know that it went well.
outcome: {metric}
success: {success}
"""


def _any(name: str, values: Sequence[str]) -> str:
    if not values:
        return ""
    if len(values) == 1:
        return f"{name} == {_quoted(values[0])}"
    return f"{name} in [{', '.join(map(_quoted, values))}]"


def _words(said: Answers) -> list[str]:
    return [one for one in (part.strip() for part in said.words.split(",")) if one][:MOST_WORDS]


def _said_in_title(words: Sequence[str]) -> str:
    """Any of the words in the title, whatever their case."""
    if not words:
        return ""
    pattern = "|".join(re.sub(r"([^\w\s])", r"\\\1", word) for word in words)
    return f"title.matches({_quoted(f'(?i)({pattern})')})"


def _exceptions(said: Answers) -> str:
    words, condition = EXCEPTIONS.get(said.exception, EXCEPTIONS["none"])
    if not condition:
        return ""
    when = condition.format(amount=said.amount)
    listed = f"  - {{when: {_single(when)}, reason: {_quoted(words)}}}"
    return f"\n# When a person is asked before anything leaves the building.\nexceptions:\n{listed}\n"


def _success(said: Answers) -> str:
    """The measure with its target; empty where the target is none."""
    kind = MEASURES.get(said.measure, ("", ""))[1]
    try:
        if kind == "time":
            durations.parse(said.target)
            return f"[{{measure: {said.measure}, at_most: {said.target}}}]"
        number = float(said.target)
    except ValueError:
        return ""
    if not (math.isfinite(number) and number >= 0) or (kind == "share" and number > 1) or not kind:
        return ""
    return f"[{{measure: {said.measure}, {'at_least' if kind == 'share' else 'at_most'}: {number:g}}}]"


def _owner(said: str) -> str:
    kind, _, name = said.partition(":")
    return f"{{{kind}: {name if _is_plain(name) else _quoted(name)}}}"


def _is_plain(name: str) -> bool:
    """Whether YAML reads it as text without quotes."""
    return bool(_PLAIN.fullmatch(name)) and name not in _WORDS


def _quoted(text: str) -> str:
    """Text as YAML and CEL both read it."""
    return json.dumps(text[:LONGEST], ensure_ascii=False)


def _single(text: str) -> str:
    """A condition as YAML reads it, its own quotes left as they are."""
    return "'" + text.replace("'", "''") + "'"


def line(text: str) -> str:
    """One line without what YAML does not take."""
    return "".join(one for one in " ".join(text.split()) if one.isprintable())[:LONGEST]


def read(form: Mapping[str, str], lists: Mapping[str, Sequence[str]]) -> Answers:
    """The answers of a form, trimmed."""
    said = {
        name: line(form.get(name, ""))
        for name in ("title", "words", "primary", "backup", "escalation", "within", "resolve", "action", "exception")
    }
    said |= {name: line(form.get(name, "")) for name in ("amount", "metric", "measure", "target")}
    return Answers(**said, **lists, tell_account_owner=bool(form.get("tell_account_owner")))  # type: ignore[arg-type]  # texts and lists by name


def renamed(text: str, title: str, key: str) -> str:
    """A document's text under another name: its first lines that say key and title, the rest as it is."""
    text = re.sub(r"(?m)^key:.*$", lambda _: f"key: {key}", text, count=1)
    return re.sub(r"(?m)^title:.*$", lambda _: f"title: {_quoted(title)}", text, count=1)
