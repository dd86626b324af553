"""Documents in words: fields, values, conditions and steps as somebody says them who writes no YAML.

Everything takes raw bodies, faulty ones too: a draft is read before it is right. Nothing here raises.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from opsportal.lib import durations

LONG = 120
# Fields whose words are not simply their name.
FIELDS = {
    "acknowledge": "Acknowledge within",
    "resolve": "Resolve within",
    "respond": "First answer within",
    "within": "within",
    "every": "every",
    "when": "condition",
    "do": "kind of step",
    "to": "recipients",
    "leaves": "leaves the building",
    "qa": "Checks before closing",
    "kind_of_trouble": "Kind of trouble",
    "run": "called template",
    "levels": "Severity",
    "order": "Order",
    "last_owner": "Last owner",
    "max_hops": "Moves before a person is asked",
    "source_kind": "Kind of source",
    "on_failure": "on failure",
    "otherwise": "otherwise",
}
_ROLES = {
    "primary": "the primary owner",
    "backup": "the backup",
    "escalation": "the escalation owner",
    "owner": "the owner",
    "account_owner": "the account's owner",
    "manager": "the owner's manager",
    "nobody": "nobody",
}
_LOOKED_UP = (
    ("team", "team"),
    ("person", ""),
    ("rota", "who is on call in"),
    ("round_robin", "next of team"),
    ("manager_of", "the manager of"),
)
_REFS = ("team", "person", "rota", "round_robin", "manager_of", "account_owner", "nobody")
_TEXT = r'"(?:\\.|[^"\\])*"|' + r"'(?:\\.|[^'\\])*'|"
_TOKENS = re.compile(_TEXT + r"!?\s*known\.\w+|&&|\|\||==|!=|!|[A-Za-z_]\w*|[^\"'&|=!A-Za-z_]+|.", re.DOTALL)
_OPERATORS = {"&&": "and", "||": "or", "==": "is", "!=": "is not", "!": "not "}


def field(name: str) -> str:
    """A field's name in words."""
    return FIELDS.get(name, name.replace("_", " "))


def capital(text: str) -> str:
    """The text with a large first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


def span(text: object) -> str:
    """A duration in words, or the text itself where it is none."""
    try:
        return durations.words(durations.parse(str(text)))
    except ValueError:
        return str(text)


def is_owner(value: object) -> bool:
    """Whether a raw value names somebody by what they are to be looked up by."""
    return isinstance(value, Mapping) and len(value) >= 1 and all(name in _REFS for name in value)


def owner(value: object) -> str:
    """Whom a raw role or reference means."""
    if isinstance(value, str):
        return _ROLES.get(value, value)
    if not isinstance(value, Mapping):
        return "nobody" if value is None else str(value)
    for name, words in _LOOKED_UP:
        if value.get(name) is not None:
            said = value[name]
            return f"{words} {owner(said) if name == 'manager_of' else said}".strip()
    return "nobody" if value.get("nobody") else "the account's owner"


def owners(value: object) -> str:
    """Several of them."""
    rows = value if isinstance(value, list) else [value]
    said = [owner(one) for one in rows] or ["nobody"]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


def condition(source: object) -> str:
    """A condition in words as far as words go: and, or, is, known."""
    if not isinstance(source, str):
        return str(source)
    said = "".join(map(_token, _TOKENS.findall(" ".join(source.split()))))
    return " ".join(said.split())


def _token(token: str) -> str:
    if "known." in token and token[0] not in "\"'":
        name = token.partition("known.")[2].replace("_", " ")
        return f"{name} is not known" if token.startswith("!") else f"{name} is known"
    if token in _OPERATORS:
        return f" {_OPERATORS[token]} "
    return token if token[0] in "\"'" else token.replace("_", " ")


def value(said: Any, name: str = "") -> str:
    """A value on one line."""
    if is_owner(said):
        return owner(said)
    if name == "to":
        return owners(said)
    match said:
        case None:
            text = "nothing"
        case bool():
            text = "yes" if said else "no"
        case str():
            text = span(said) if re.fullmatch(r"[\d.]+ ?[dhms].*", said, re.DOTALL) else " ".join(said.split())
            text = condition(said) if name in ("when", "trigger") else text or "nothing"
        case list():
            text = ", ".join(value(one) for one in said) or "nothing"
        case Mapping():
            text = ", ".join(f"{field(str(key))} {value(one, str(key))}" for key, one in said.items()) or "nothing"
        case _:
            text = str(said)
    return text if len(text) <= LONG else f"{text[: LONG - 1]}…"


def step(raw: Mapping[str, Any]) -> str:
    """What a step does, without its clock and its condition."""
    do = raw.get("do") or ("run" if raw.get("run") else "")
    said = STEPS.get(do) if isinstance(do, str) else None
    return said(raw) if said else value(do)


def clock(raw: Mapping[str, Any]) -> str:
    """The times of a step."""
    said = [f"within {span(raw['within'])}"] if raw.get("within") else []
    if raw.get("repeat") and raw.get("every"):
        said.append(f"up to {raw['repeat']} times, every {span(raw['every'])}")
    return ", ".join(said)


def failing(raw: Mapping[str, Any]) -> str:
    """What its failure means, where something is said of it."""
    said = raw.get("on_failure")
    if not said:
        return ""
    parts = said if isinstance(said, Mapping) else {"then": said}
    then = {"skip": "goes on without it", "fail_over": "asks the next in the chain"}
    tries = [f"tries {parts['retry']} times more"] if parts.get("retry") else []
    return ", then ".join([*tries, then.get(str(parts.get("then", "case")), "a person decides")])


def _choices(raw: Mapping[str, Any]) -> str:
    rows = _listed(raw.get("choices"))
    said = [str(one.get("title") or one.get("key")) for one in rows if isinstance(one, Mapping)]
    return f" ({', '.join(said)})" if said else ""


STEPS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "assign": lambda raw: f"Hand it to {owner((_listed(raw.get('to')) or ['primary'])[0])}",
    "notify": lambda raw: f"Tell {owners(raw.get('to') or 'owner')}{_by(raw)}",
    "page": lambda raw: f"Page {owners(raw.get('to') or 'owner')} on every channel",
    "wait_for_acknowledgement": lambda raw: "Wait until somebody acknowledges",
    "wait_for_resolution": lambda raw: "Wait until it is resolved",
    "ask_approval": lambda raw: f"Ask {owners(raw.get('to') or 'owner')} to approve: {value(raw.get('question'))}",
    "ask_person": lambda raw: f"Ask {owners(raw.get('to') or 'owner')}: {value(raw.get('question'))}{_choices(raw)}",
    "set_field": lambda raw: f"Set {field(str(raw.get('field')))} to {value(raw.get('value'))}",
    "snapshot": lambda raw: f"Keep a snapshot of {value(raw.get('of') or ['state'])}",
    "open_task": lambda raw: f"Open a task for {owners(raw.get('to') or 'owner')}: {value(raw.get('title'))}",
    "war_room": lambda raw: f"Open a room at {value(raw.get('destination'))}",
    "call_webhook": lambda raw: f"Tell {value(raw.get('destination'))}: {value(raw.get('event'))}",
    "run": lambda raw: f"Run the steps of {value(raw.get('run'))}",
    "branch": lambda raw: f"If {condition(raw.get('when'))}",
    "check": lambda raw: "Run the checks before closing",
    "close": lambda raw: "Close the record",
}


def _by(raw: Mapping[str, Any]) -> str:
    return f" by {raw['channel']}" if raw.get("channel") not in (None, "auto") else ""


def _listed(said: object) -> list[Any]:
    return said if isinstance(said, list) else [] if said is None else [said]
