"""The scope around every verb: each history row written inside it names its act."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace

SYSTEM = "Opsportal"


@dataclass(frozen=True, slots=True)
class Act:
    """One act: who (a login id or the machine), through which door, why, and an id that joins its rows."""

    user_id: int | None = None
    name: str = SYSTEM
    door: str = "system"
    reason: str = ""
    id: str = field(default_factory=lambda: uuid.uuid4().hex)


_current: ContextVar[Act | None] = ContextVar("opsportal_act", default=None)


def current() -> Act:
    """The act going on, or the machine's own when nobody opened a scope."""
    return _current.get() or Act()


@contextmanager
def acting(
    *, user_id: int | None = None, name: str | None = None, door: str | None = None, reason: str | None = None
) -> Iterator[Act]:
    """Open an act, or narrow the one going on: what is not given is kept from the outer scope."""
    outer = _current.get()
    base = outer or Act()
    act = replace(
        base,
        user_id=base.user_id if user_id is None else user_id,
        name=base.name if name is None else name,
        door=base.door if door is None else door,
        reason=base.reason if reason is None else reason,
    )
    token = _current.set(act)
    try:
        yield act
    finally:
        _current.reset(token)


def enter(*, user_id: int, name: str, door: str) -> None:
    """Name who acts, where that is known only inside the scope (an API token, read by the view)."""
    _current.set(replace(_current.get() or Act(), user_id=user_id, name=name, door=door))
