"""What the line decided about a signal: one plain value that is kept, compared and told."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any, Literal

from opsportal.lib import durations

type Outcome = Literal["ignored", "review", "join", "open"]


@dataclass(slots=True)
class Decision:
    """An outcome, with everything that follows from it. All values are plain JSON.

    `case` asks a person instead of going on: {reason, key, field, subject, known}. `record` is what it joins,
    `overlaps` further records under its keys. `raised` is the severity before, where this signal raises it.
    `clocks` are seconds; `owners` references in words, by role; `decider` who would be asked, in words;
    `head_starts` what the ranking gives at opening: [[words, hours]]. `doubts` run at the worse value:
    [{reason, field, known}]; `exceptions` are the numbers of the template's exception paths that hold.
    `tried` tells which triggers were asked: [[template, true | false | null]].
    """

    at: str
    outcome: Outcome = "ignored"
    reasons: list[dict[str, Any]] = field(default_factory=list)
    case: dict[str, Any] = field(default_factory=dict)
    decider: str = ""
    account: int | None = None
    record: int | None = None
    overlaps: list[int] = field(default_factory=list)
    reopens: bool = False
    raised: str = ""
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    severity: str = ""
    tier: str = ""
    template: str = ""
    template_digest: str = ""
    owners: dict[str, str] = field(default_factory=dict)
    clocks: dict[str, float] = field(default_factory=dict)
    head_starts: list[list[Any]] = field(default_factory=list)
    doubts: list[dict[str, Any]] = field(default_factory=list)
    exceptions: list[int] = field(default_factory=list)
    tried: list[list[Any]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As it is kept: what is empty is left out."""
        return {name: value for name in _NAMES if (value := getattr(self, name)) not in _LEFT_OUT}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Decision":
        """What `to_json` wrote."""
        return cls(**kept)

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, hexadecimal."""
        return hashlib.sha256(canonical(self.to_json()).encode("utf-8", "surrogatepass")).hexdigest()

    def explain(self, stage: str, words: str, **data: Any) -> None:
        """Write down what a stage decided."""
        self.reasons.append({"stage": stage, "words": words[:500], **data})

    def doubt(self, reason: str, about: str, known: dict[str, Any]) -> None:
        """Something that a person has to settle while the record runs."""
        self.doubts.append({"reason": reason, "field": about, "known": known})

    def route(self) -> dict[str, Any]:
        """What makes a difference to people: two decisions with the same route send it the same way."""
        return {
            "outcome": self.outcome,
            "reason": self.case.get("reason", ""),
            "field": self.case.get("field", ""),
            "decider": self.decider,
            "template": self.template,
            "record": self.record,
            "severity": self.severity,
            "tier": self.tier,
            "owners": self.owners,
            "clocks": self.clocks,
            "head starts": self.head_starts,
            "doubts": [[one["reason"], one["field"]] for one in self.doubts],
        }

    @property
    def words(self) -> str:
        """The decision as one sentence."""
        match self.outcome:
            case "ignored":
                said = self.reasons[-1]["words"] if self.reasons else "nothing is to be done"
                return f"Ignored: {said}"
            case "review":
                return f"To review: {str(self.case.get('reason', '')).replace('_', ' ')}, asks {self.decider}"
            case "join":
                name = f"ESC-{self.record}" if (self.record or 0) > 0 else "the record it would have opened"
                raised = f", severity raised from {self.raised} to {self.severity}" if self.raised else ""
                return f"Joins {name}{raised}{', reopened' if self.reopens else ''}{self._asked}"
            case _:
                return f"Opens {self.template}: {self.severity}, {self.tier}, {self._owned}{self._timed}{self._asked}"

    @property
    def _owned(self) -> str:
        return f"owned by {self.owners.get('primary', 'the last owner')}"

    @property
    def _timed(self) -> str:
        named = [(verb, self.clocks[name]) for name, verb in _CLOCKS if name in self.clocks]
        said = [f"{verb} in {durations.words(timedelta(seconds=span))}" for verb, span in named]
        return f", {', '.join(said)}" if said else ""

    @property
    def _asked(self) -> str:
        names = dict.fromkeys(one["reason"].replace("_", " ") for one in self.doubts)
        return f"; asks about {', '.join(names)}" if names else ""


_NAMES = tuple(one.name for one in fields(Decision))
_LEFT_OUT: tuple[object, ...] = ("", {}, [], None, False)
_CLOCKS = (("acknowledge", "acknowledge"), ("resolve", "resolve"))


def canonical(value: object) -> str:
    """The one way to write a value down: what is hashed, kept and compared."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
