"""What a verb says when it does not do what it was asked."""

from collections.abc import Mapping
from datetime import datetime, timedelta

# Nobody waits longer; reckoning hours beyond the last day of the calendar is a fault.
FARTHEST = timedelta(days=3660)


class Refused(Exception):
    """The input does not do: every field with what is wrong, all at once."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {words}" for field, words in problems.items()))
        self.problems = dict(problems)


class Stale(Exception):
    """Somebody else wrote since the form was loaded; nothing was changed."""

    def __init__(self, *, what: str, seen: int, current: int) -> None:
        super().__init__(f"{what} changed since you looked at it (you saw {seen}, it is {current})")
        self.seen, self.current = seen, current


class Taken(Exception):
    """Somebody else claimed or decided first."""

    def __init__(self, *, what: str, by: str) -> None:
        super().__init__(f"{what} was taken by {by}")
        self.by = by


def require(**values: object) -> None:
    """Refuse, all at once, whatever was left empty."""
    missing = {name: "is required" for name, value in values.items() if value in (None, "")}
    if missing:
        raise Refused(missing)


def require_ahead(field: str, moment: datetime, now: datetime) -> None:
    """Refuse a moment that is over, or farther ahead than ten years."""
    if moment <= now:
        raise Refused({field: "must lie ahead"})
    if moment - now > FARTHEST:
        raise Refused({field: "lies more than ten years ahead"})
