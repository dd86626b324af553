"""Moments as people type them: a length from now, a time of day, or a date with a time."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from opsportal.lib import durations

HOW = "say it like 30m, 2h, 14:30 or 2026-05-14 14:30"
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})")
_DAY = re.compile(r"(?:(tomorrow)|(\d{4}-\d{2}-\d{2}))[ T]+(\d{1,2})[:.](\d{2})")


def moment(text: str, *, now: datetime, zone: ZoneInfo) -> datetime:
    """The moment a text means in a zone; a time of day that is over means tomorrow's. Raises ValueError in words."""
    said = " ".join(text.lower().split())
    here = now.astimezone(zone)
    if found := _TIME.fullmatch(said):
        today = datetime.combine(here.date(), _clock(found[1], found[2]), zone)
        return today if today > here else datetime.combine(here.date() + timedelta(days=1), today.time(), zone)
    if found := _DAY.fullmatch(said):
        try:
            day = here.date() + timedelta(days=1) if found[1] else datetime.fromisoformat(found[2]).date()
        except ValueError:
            raise ValueError(f"there is no such day; {HOW}") from None
        return datetime.combine(day, _clock(found[3], found[4]), zone)
    try:
        return now + durations.parse(said.replace(" ", ""))
    except (ValueError, OverflowError):
        raise ValueError(HOW) from None


def _clock(hour: str, minute: str) -> time:
    try:
        return time(int(hour), int(minute))
    except ValueError:
        raise ValueError(f"there is no such time; {HOW}") from None
