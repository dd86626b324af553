"""Who looks at a page: the person behind the login, their clock, and what they may do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone

from escalations.models import Person

READ_ONLY = "You can read here, but not act. An operator or a lead can."
NOBODY = "Your login stands for nobody in the directory, so nothing can be done in your name. An admin can link it."


@dataclass(frozen=True, slots=True)
class Viewer:
    """The reader of one request. `why_not` is a sentence where they may not act, else empty."""

    person: Person | None
    zone: ZoneInfo
    may_see: bool
    why_not: str

    @property
    def may_act(self) -> bool:
        """Whether verbs may be done in this person's name."""
        return self.person is not None and not self.why_not

    def is_me(self, person_id: int | None) -> bool:
        """Whether an id is the reader's own."""
        return self.person is not None and self.person.pk == person_id

    def clock(self, at: datetime, now: datetime) -> str:
        """A moment as short as it can be said: 12:18, or 15 May 12:18 on another day."""
        here = at.astimezone(self.zone)
        if here.date() == now.astimezone(self.zone).date():
            return f"{here:%H:%M}"
        return f"{here.day} {here:%b %H:%M}"

    def exact(self, at: datetime) -> str:
        """The whole moment with its zone, for hover and focus."""
        here = at.astimezone(self.zone)
        return f"{here:%a} {here.day} {here:%b %Y, %H:%M:%S} {here.tzname()} ({self.zone.key})"


def viewer(request: HttpRequest) -> Viewer:
    """The reader behind a request, in the time zone that the middleware found for them."""
    user = request.user
    person: Person | None = getattr(user, "person", None)
    may_act = user.has_perm("escalations.change_escalation")
    why_not = "" if may_act and person else NOBODY if may_act else READ_ONLY
    return Viewer(
        person=person,
        zone=ZoneInfo(timezone.get_current_timezone_name()),
        may_see=may_act or user.has_perm("escalations.view_escalation"),
        why_not=why_not,
    )


def span(length: timedelta) -> str:
    """A length of time as rows show it: 28 s, 14 min, 1 h 05, 1 d 3 h (shell.js says the same)."""
    seconds = max(int(length.total_seconds()), 0)
    minutes = seconds // 60
    if minutes < 1:
        return f"{seconds} s"
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {rest:02d}"
    return f"{hours // 24} d {hours % 24} h"


def left(due: datetime, now: datetime) -> str:
    """What is left until a due moment, or how late it is."""
    return f"{span(now - due)} late" if due < now else span(due - now)


def mood(due: datetime, now: datetime) -> str:
    """How a clock looks: late, soon (under half an hour) or plain."""
    return "late" if due < now else "soon" if due - now < timedelta(minutes=30) else ""
