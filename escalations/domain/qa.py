"""What must be true before a record may close."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the ledger shows about a record at this moment; the counts are of what is still open."""

    acknowledged: bool
    notified: bool
    open_cases: int
    open_promises: int
    resolution_noted: bool
    open_tasks: int = 0
    next_update_set: bool = False
    holds: Mapping[str, bool | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check by the id its template gives it, and a sentence on what was found."""

    id: str
    passed: bool
    words: str


def run(checks: Iterable[tuple[str, str]], evidence: Evidence) -> tuple[CheckResult, ...]:
    """The result of every (id, check), in order. A check nobody knows fails: it is never passed unseen."""
    return tuple(_result(check_id, check, evidence) for check_id, check in checks)


_CONDITION = {
    True: (True, "its condition holds"),
    False: (False, "its condition does not hold"),
    None: (False, "the facts do not tell whether its condition holds"),
}


def _result(check_id: str, check: str, evidence: Evidence) -> CheckResult:
    found = _found(evidence)
    found["holds"] = _CONDITION[evidence.holds.get(check_id)]
    passed, words = found.get(check, (False, f"there is no check named {check}"))
    return CheckResult(check_id, passed, words)


def _found(evidence: Evidence) -> dict[str, tuple[bool, str]]:
    cases, promises, tasks = evidence.open_cases, evidence.open_promises, evidence.open_tasks
    return {
        "acknowledged": _say(evidence.acknowledged, "somebody acknowledged it", "nobody has acknowledged it"),
        "notified": _say(evidence.notified, "the owner's message arrived", "no message is proved to have arrived"),
        "no_open_case": _say(cases == 0, "no case is open", f"{_count(cases, 'case')} still open"),
        "no_open_promise": _say(promises == 0, "no promise is open", f"{_count(promises, 'promise')} still open"),
        "next_update_set": _say(
            evidence.next_update_set, "the customer knows when they hear again", "no next word is promised"
        ),
        "no_open_task": _say(tasks == 0, "no task is open", f"{_count(tasks, 'task')} still open"),
        "resolution_noted": _say(
            evidence.resolution_noted, "it says how it was resolved", "nothing says how it was resolved"
        ),
    }


def _say(passed: bool, good: str, bad: str) -> tuple[bool, str]:
    return passed, good if passed else bad


def _count(number: int, what: str) -> str:
    return f"1 {what} is" if number == 1 else f"{number} {what}s are"
