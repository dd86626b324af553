"""Suggested answers with their evidence: in the order in which people decided before, the first of them on the row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from escalations.models import Case
from escalations.queries.evidence import ENOUGH, NONE, Evidence

MOST = 9  # answers that have a key
_NOBODY = "nobody says so"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer with its key and its four lines; `place` is how a form names it, whatever the order on the screen."""

    key: str
    place: str
    title: str
    why: str
    suggested: bool
    effect: list[tuple[str, str]]
    count: str = ""

    @property
    def decided(self) -> str:
        """How often it was decided so before; nothing where nobody has decided such a case."""
        return f"{self.count} decided so" if self.count else ""

    @property
    def reason(self) -> str:
        """What the record says when it is taken as suggested."""
        return f"As suggested: {', '.join(filter(None, (self.why, self.decided)))}"


def choices(case: Case, says: Sequence[Any], evidence: Evidence = NONE) -> list[Choice]:
    """The answers of a case, the one decided most often first; only the first can be the suggested one."""
    ordered = evidence.order(case, says)[:MOST]
    return [_choice(number, place, count, case, evidence) for number, (place, count) in enumerate(ordered, 1)]


def suggestion(case: Case, says: Sequence[Any], evidence: Evidence = NONE) -> Choice | None:
    """What a row offers to decide at once; None where nothing speaks for any answer."""
    return next((one for one in choices(case, says, evidence)[:1] if one.suggested), None)


def _choice(number: int, place: int, count: int, case: Case, evidence: Evidence) -> Choice:
    answer = case.answers[place]
    why = str(answer.get("why", ""))
    usual = evidence.total >= ENOUGH and count * 2 > evidence.total
    silent = why.startswith(_NOBODY)
    if usual and silent:
        # What people decided speaks for it: that no source does is no reason.
        why = why.removeprefix(_NOBODY).lstrip("; ")
    return Choice(
        key=str(number),
        place=str(place + 1),
        title=str(answer["title"]),
        why=why,
        suggested=number == 1 and (usual or (bool(why) and not why.startswith("nobody"))),
        effect=[(str(name), str(words)) for name, words in answer.get("effect", {}).items()],
        count=f"{count} of {evidence.total}" if evidence.total else "",
    )
