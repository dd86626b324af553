"""What can be done to a version from its page: buttons in order, each with the reason where it stays closed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User

from escalations.services import governing
from escalations.services.governing import Finding
from templates_engine.models import Version

State = Version.State


@dataclass(frozen=True, slots=True)
class Button:
    """One act: its panel, the verb behind it, the version it is done to, and why not."""

    panel: str
    verb: str
    label: str
    target: Version
    why_not: str = ""
    main: bool = False
    key: str = ""
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Footer:
    """The sentence at the left and the buttons at the right."""

    head: str
    words: str
    buttons: list[Button]

    def open(self, panel: str) -> Button | None:
        """The button whose panel was asked for, unless it is closed."""
        return next((one for one in self.buttons if one.panel == panel and not one.why_not), None)


def footer(version: Version, reader: User, *, earlier: Version | None, findings: Sequence[Finding]) -> Footer:
    """Buttons for the state a version is in; blocks of readiness close what would put it to work."""
    may = governing.may(version, reader)
    stops = [f"{one.words}. {one.fix}" if one.fix else one.words for one in findings if one.level == "blocks"]
    blocked = f"{stops[0].rstrip('.')}." if stops else ""
    made = _BUTTONS.get(version.state, _none)(version, may, blocked)
    if version.is_unsigned and version.second_due_at is not None:
        made = [_button("countersign", f"Countersign v{version.number}", version, may, main=True), *made]
    if version.state == State.ACTIVE and earlier is not None:
        made = [*_ways_back(earlier, governing.may(earlier, reader)), *made]
    head, words = _note(version, may, blocked, made)
    return Footer(head, words, made)


def _button(
    verb: str,
    label: str,
    version: Version,
    may: dict[str, str],
    *,
    panel: str = "",
    blocked: str = "",
    main: bool = False,
    key: str = "",
) -> Button:
    return Button(panel or verb, verb, label, version, may.get(verb, "") or blocked, main, key)


def _in_review(version: Version, may: dict[str, str], blocked: str) -> list[Button]:
    name = f"v{version.number}"
    found = [] if may["recall"] else [_button("recall", "Recall", version, may)]
    if not may["send_back"] or may["recall"]:
        found.append(_button("send_back", "Request changes", version, may, key="s"))
    if not may["approve"]:
        found.append(_button("approve", "Schedule", version, may, panel="schedule", blocked=blocked))
        if version.document.kind == "template":
            found.append(_button("approve", "Pilot", version, may, panel="pilot", blocked=blocked))
    found.append(_button("approve", f"Approve {name}", version, may, blocked=blocked, main=True, key="Ctrl ↵"))
    return found


def _approved(version: Version, may: dict[str, str], blocked: str) -> list[Button]:
    found = [_button("retire", "Retire", version, may)]
    if version.activate_at is not None:
        found.append(_button("activate", "Cancel schedule", version, may, panel="cancel_schedule"))
    if version.document.kind == "template":
        found.append(_button("start_pilot", "Pilot", version, may, blocked=blocked))
    label = f"Activate v{version.number} now"
    return [*found, _button("activate", label, version, may, blocked=blocked, main=True, key="Ctrl ↵")]


def _pilot(version: Version, may: dict[str, str], blocked: str) -> list[Button]:
    label = f"Activate v{version.number} for everybody"
    return [
        _button("retire", "Retire", version, may),
        _button("end_pilot", "End pilot", version, may),
        _button("activate", label, version, may, blocked=blocked, main=True, key="Ctrl ↵"),
    ]


def _active(version: Version, may: dict[str, str], blocked: str) -> list[Button]:
    return [_button("retire", "Retire", version, may)]


def _retired(version: Version, may: dict[str, str], blocked: str) -> list[Button]:
    if version.activated_at is None:
        return []
    label = f"Make v{version.number} current"
    return [
        _button("emergency_roll_back", "Emergency", version, may, blocked=blocked),
        _button("roll_back", label, version, may, main=True, key="Ctrl ↵"),
    ]


def _none(version: Version, may: dict[str, str], blocked: str) -> list[Button]:
    return []


def _ways_back(earlier: Version, may: dict[str, str]) -> list[Button]:
    return [
        _button("emergency_roll_back", "Emergency roll back", earlier, may),
        _button("roll_back", f"Roll back to v{earlier.number}", earlier, may, main=True, key="Ctrl ↵"),
    ]


_BUTTONS: dict[str, Callable[[Version, dict[str, str], str], list[Button]]] = {
    State.IN_REVIEW: _in_review,
    State.APPROVED: _approved,
    State.PILOT: _pilot,
    State.ACTIVE: _active,
    State.RETIRED: _retired,
}


def _note(version: Version, may: dict[str, str], blocked: str, made: Sequence[Button]) -> tuple[str, str]:
    """One bold sentence and what follows from it."""
    if version.is_unsigned and version.second_due_at is not None:
        why = may["countersign"]
        return (why, "") if why else ("It wants a second signature.", "It was put to work at once by somebody alone.")
    if version.state == State.IN_REVIEW:
        why = may["approve"]
        if why:
            head, _, rest = why.partition(". ")
            return f"{head.rstrip('.')}.", f"{rest} The rule holds for the API, imports and admins too.".strip()
        if blocked:
            return "It can not be signed yet.", blocked
        return (
            "You can sign.",
            "Its authors can not. If you edit it you become an author too, and somebody else must sign.",
        )
    main = next((one for one in made if one.main), None)
    if main is not None and main.why_not:
        return main.why_not, ""
    return _STATES.get(version.state, ""), ""


_STATES: dict[str, str] = {
    State.DRAFT: "A draft: nobody is asked yet.",
    State.APPROVED: "Signed, and not at work yet.",
    State.PILOT: "On trial: what it does is shown above.",
    State.ACTIVE: "At work. An earlier version comes back as a new one, signed anew.",
    State.RETIRED: "Retired. Its text can come back as a new version.",
}
