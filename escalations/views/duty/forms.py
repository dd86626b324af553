"""What a form of the rotas' page said, read field by field; every problem is told at once."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from escalations.domain import calendars
from escalations.domain import rotas as rules
from escalations.models import Person, Rota
from escalations.services.errors import Refused


class Given:
    """The fields of one form; `check` raises Refused with whatever did not do."""

    def __init__(self, form: Mapping[str, str], zone: ZoneInfo, files: Mapping[str, Any]) -> None:
        self._form, self._zone, self._files = form, zone, files
        self._problems: dict[str, str] = {}

    def text(self, field: str) -> str:
        """What was typed, without what no database keeps."""
        return self._form.get(field, "").replace("\x00", "").strip()[:300]

    def number(self, field: str) -> int:
        """A whole number; 0 and a problem where it is none."""
        text = self.text(field)
        if text.isascii() and text.isdigit() and len(text) < 16:
            return int(text)
        self._problems[field] = "say a whole number"
        return 0

    def moment(self, field: str) -> datetime:
        """A local date and time, as the instant it is in the reader's zone."""
        try:
            said = datetime.fromisoformat(self.text(field))
        except ValueError:
            self._problems[field] = "say a day and a time"
            return datetime.now(UTC)
        return (said if said.tzinfo else said.replace(tzinfo=self._zone)).astimezone(UTC)

    def day(self, field: str) -> date:
        """A day."""
        try:
            return date.fromisoformat(self.text(field))
        except ValueError:
            self._problems[field] = "say a day"
            return date.min

    def clock(self, field: str) -> time:
        """A time of day."""
        try:
            return time.fromisoformat(self.text(field))
        except ValueError:
            self._problems[field] = "say a time, such as 09:00"
            return time.min

    def span(self, field: str) -> tuple[datetime, datetime]:
        """A shift that was chosen from the list."""
        start, _, end = self.text(field).partition("/")
        try:
            return datetime.fromisoformat(start).astimezone(UTC), datetime.fromisoformat(end).astimezone(UTC)
        except ValueError:
            self._problems[field] = "choose a shift"
            return datetime.now(UTC), datetime.now(UTC)

    def file(self, field: str) -> bytes:
        """What was uploaded; raises Refused where nothing was, or too much."""
        found = self._files.get(field)
        if found is None or found.size > calendars.LONGEST:
            raise Refused({field: "choose a calendar file of at most 2 MB"})
        body: bytes = found.read()
        return body

    def rota(self) -> Rota:
        """The rota it is about."""
        found = Rota.objects.filter(key=self.text("rota")).first()
        if found is None:
            raise Refused({"rota": "choose a rota"})
        return found

    def person(self, field: str, *, needed: bool = True) -> Person:
        """Somebody active; nobody (without an id) where it may be left empty."""
        text = self.text(field)
        found = Person.objects.filter(username=text, is_active=True).first() if text else None
        if found is None and (needed or text):
            self._problems[field] = "choose somebody who is active"
        return found or Person()

    def turn_takers(self, field: str) -> list[Person | None]:
        """People by their names in documents, in their order; a dash is a turn that nobody holds."""
        names = [one.strip() for one in self.text(field).split(",") if one.strip()]
        known = {one.username: one for one in Person.objects.filter(username__in=names)}
        unknown = [one for one in names if one not in known and one != "-"]
        if unknown:
            self._problems[field] = f"nobody is called {', '.join(unknown)}"
        return [known.get(one) for one in names]

    def windows(self, field: str) -> list[dict[str, Any]]:
        """Hours as one says them: "Mon-Fri 09:00-17:00; Sat 10:00-14:00"."""
        try:
            return rules.said_hours(self.text(field))
        except ValueError as fault:
            self._problems[field] = str(fault)
            return []

    def check(self) -> None:
        """Raise Refused where a field did not do."""
        if self._problems:
            raise Refused(self._problems)
