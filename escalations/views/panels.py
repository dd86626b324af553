"""The acts of the Desk: their keys, what each will do in one sentence, and the fields each needs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from escalations.domain.lifecycle import NEXT
from escalations.models import Escalation, Person, Promise
from escalations.views.who import Viewer, left

LONG = ("30m", "1h", "2h", "4h", "1d")
SOON = ("30m", "1h", "2h", "4h", "tomorrow 09:00")


@dataclass(frozen=True, slots=True)
class Field:
    """One input of a panel, named as the verb names its argument."""

    name: str
    label: str
    kind: str = "text"
    required: bool = True
    hint: str = ""
    initial: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    quick: tuple[str, ...] = ()
    missing: str = ""
    value: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """A verb as a button: `verb` is that of the lifecycle, `slug` names it in addresses."""

    slug: str
    verb: str
    word: str
    key: str


@dataclass(frozen=True, slots=True)
class Button:
    """An act on one record: the main one is what is due now; `why_not` says why it can not be done."""

    slug: str
    word: str
    key: str
    main: bool = False
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """What opens in the record pane: heading, the sentence, fields, and the word on its button."""

    title: str
    sentence: str
    button: str
    fields: list[Field] = field(default_factory=list)


ACTS = {
    act.slug: act
    for act in (
        Act("acknowledge", "acknowledge", "Acknowledge", "a"),
        Act("wake", "resume", "Wake", "a"),
        Act("hand-off", "hand_off", "Hand off", "h"),
        Act("promise", "promise", "Promise", "p"),
        Act("kept", "touch", "Customer told", "t"),
        Act("blocker", "set_blocker", "Blocker", "b"),
        Act("snooze", "wait", "Snooze", "w"),
        Act("note", "note", "Note", "n"),
        Act("resolve", "resolve", "Resolve", "r"),
        Act("close", "close", "Close", "a"),
        Act("reopen", "reopen", "Reopen", "r"),
    )
}


def bar_of(record: Escalation, *, promises: Sequence[Promise], viewer: Viewer, now: datetime) -> list[Button]:
    """The buttons of a record, the one that is due first; what the state leaves no room for is left out."""
    due = _due(record, now)
    slugs = [due, *_others(record, due)]
    return [_button(ACTS[slug], record, viewer, main=slug == due) for slug in slugs]


def panel_of(
    act: Act, record: Escalation, *, viewer: Viewer, promise: Promise | None, people: Sequence[Person], now: datetime
) -> Panel:
    """The panel of an act on a record as it stands."""
    scene = Scene(record, viewer, promise, people, now)
    return BUILD[act.slug](scene)


@dataclass(frozen=True, slots=True)
class Scene:
    """What a panel's words hang on."""

    record: Escalation
    viewer: Viewer
    promise: Promise | None
    people: Sequence[Person]
    now: datetime

    @property
    def customer(self) -> str:
        """The customer's name."""
        return self.record.account.name

    @property
    def owner(self) -> str:
        """Who holds it now, or "you"."""
        if self.viewer.is_me(self.record.owner_id):
            return "you"
        return self.record.owner.name if self.record.owner else "nobody"

    def at(self, moment: datetime) -> str:
        """A moment in the reader's zone."""
        return self.viewer.clock(moment, self.now)


def _due(record: Escalation, now: datetime) -> str:
    if record.state == Escalation.State.CLOSED:
        return "reopen"
    if record.state == Escalation.State.RESOLVED:
        return "close"
    if record.state == Escalation.State.OPEN:
        return "acknowledge"
    if record.promise_at is not None and (record.next_due_kind == "promise" or record.promise_at < now):
        return "kept"
    return "wake" if record.state == Escalation.State.WAITING else "resolve"


def _others(record: Escalation, due: str) -> list[str]:
    if record.state == Escalation.State.CLOSED:
        return ["note"]
    if record.state == Escalation.State.RESOLVED:
        return ["reopen", "note"]
    return [slug for slug in ("hand-off", "promise", "blocker", "snooze", "note", "resolve") if slug != due]


def _button(act: Act, record: Escalation, viewer: Viewer, *, main: bool) -> Button:
    why_not = viewer.why_not
    if not why_not and (record.state, act.verb) not in NEXT:
        why_not = f"The record is {record.state}."
    return Button(act.slug, act.word, act.key, main=main, why_not=why_not)


def _acknowledge(scene: Scene) -> Panel:
    record = scene.record
    after = [moment for moment in (record.expected_by, record.resolve_by, record.promise_at) if moment is not None]
    due = min(after)
    comes = "promise" if due == record.promise_at else "fix" if due == record.resolve_by else "expected result"
    nxt = f"Next comes the {comes} by {scene.at(due)} ({left(due, scene.now)})."
    if scene.viewer.is_me(record.owner_id):
        words = f"You take {scene.customer}: nobody else is paged, and it stays yours. {nxt}"
    else:
        words = f"You become the next owner in place of {scene.owner}, and nobody else is paged. {nxt}"
    return Panel("Acknowledge", words, "Acknowledge")


def _wake(scene: Scene) -> Panel:
    words = f"The snooze ends now: {scene.customer} is open again and asks {scene.owner} to acknowledge."
    return Panel("Wake it", words, "Wake", [Field("reason", "Why now", required=False)])


def _hand_off(scene: Scene) -> Panel:
    words = (
        f"Whoever you choose is told at once and has to acknowledge; {scene.owner} no longer "
        f"{'own' if scene.owner == 'you' else 'owns'} it. When the time you expect is used up, it moves on by itself."
    )
    choices = tuple((str(one.pk), _person(one, scene)) for one in scene.people if one.pk != scene.record.owner_id)
    return Panel(
        f"Hand off {scene.customer}",
        words,
        "Hand off",
        [
            Field("to", "To", "select", choices=(("", "Choose a person"), *choices), missing="Choose who gets it"),
            Field("expected", "Expected within", hint="Such as 2h", quick=LONG, missing="Say within what time"),
            Field("reason", "Reason", kind="wide", hint="What they need to know to go on", missing="Say why"),
        ],
    )


def _person(person: Person, scene: Scene) -> str:
    away = getattr(person, "away_until", None)
    title = f", {person.title}" if person.title else ""
    return f"{person.name}{title}{f' (away until {scene.at(away)})' if away else ''}"


def _promise(scene: Scene) -> Panel:
    live = scene.promise
    if live is None:
        words = (
            f"A clock starts for {scene.customer}. If it runs out without an update, it shows as late, "
            f"and {scene.owner} will be told."
        )
    else:
        words = (
            f"This moves the promise to {live.to_whom} of {scene.at(live.due_at)}; "
            "both times and the reason stay on the timeline."
        )
    fields = [
        Field(
            "to_whom",
            "To whom",
            initial=live.to_whom if live else "",
            hint="Name at the customer",
            missing="Say to whom",
        ),
        Field("due_at", "By when", quick=SOON, hint="2h, 14:30, or a date with a time", missing="Say by when"),
        Field("text", "What", "wide", initial=live.text if live else "", hint="Such as: the cause", missing="Say what"),
    ]
    if live is not None:
        fields.append(Field("reason", "Why it moves", kind="wide"))
    return Panel("Move the promise" if live else "Promise an update", words, "Move" if live else "Promise", fields)


def _kept(scene: Scene) -> Panel:
    live = scene.promise
    to_whom = live.to_whom if live else "the customer"
    late = live is not None and live.due_at < scene.now
    words = f"The promise to {to_whom} ends as {'kept late' if late else 'kept'}, and now is the customer's last touch."
    return Panel(
        "The customer was told",
        words,
        "It was told",
        [Field("text", "What was said", missing="Say what they were told")],
    )


def _blocker(scene: Scene) -> Panel:
    record = scene.record
    choices = tuple((value, str(label).capitalize()) for value, label in Escalation.Blocker.choices)
    fields = [
        Field("blocker", "What truly blocks it", kind="radio", required=False, initial=record.blocker, choices=choices),
        Field("note", "In one sentence", required=False, initial=record.blocker_note, hint="Who must do what"),
    ]
    return Panel("Blocker", "Everybody sees it on the row, and its view fills by it; no clock changes.", "Set", fields)


def _snooze(scene: Scene) -> Panel:
    words = (
        "The clock of the next owner pauses until then; the promise and its place in the ranking stay. "
        f"Then it wakes and {scene.owner} will be told."
    )
    fields = [
        Field("until", "Until", quick=SOON, hint="2h, 14:30, or a date with a time", missing="Say when it wakes"),
        Field("reason", "Reason", hint="What you wait for", missing="Say what you wait for"),
    ]
    return Panel(f"Snooze {scene.customer}", words, "Snooze", fields)


def _note(scene: Scene) -> Panel:
    fields = [
        Field("text", "Note", kind="area", missing="Write something"),
        Field("customer_told", "The customer was told this", kind="check", required=False),
    ]
    return Panel("Note", "It goes on the timeline for good, in your name.", "Write it down", fields)


def _resolve(scene: Scene) -> Panel:
    words = (
        "Its clocks stop, and the checks of its template run: when they pass it closes by itself, "
        "where the template says so."
    )
    how = Field("resolution", "How it was solved", "area", missing="Say how it was solved")
    return Panel(f"Resolve {scene.customer}", words, "Resolve", [how])


def _close(scene: Scene) -> Panel:
    words = f"{scene.record.reference} closes if every check passes; a later signal opens a new record."
    return Panel("Close", words, "Close", [Field("reason", "Remark", required=False)])


def _reopen(scene: Scene) -> Panel:
    words = f"It opens again, unacknowledged, with its clocks started anew; {scene.owner} will be asked."
    return Panel("Reopen", words, "Reopen", [Field("reason", "Why it was not over", missing="Say why")])


BUILD = {
    "acknowledge": _acknowledge,
    "wake": _wake,
    "hand-off": _hand_off,
    "promise": _promise,
    "kept": _kept,
    "blocker": _blocker,
    "snooze": _snooze,
    "note": _note,
    "resolve": _resolve,
    "close": _close,
    "reopen": _reopen,
}
