"""Durations as people write them: 30s, 5m, 1h30m, 2d."""

import re
from datetime import timedelta

_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(d|h|m|s)", re.ASCII)
_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_LONGEST = timedelta(days=3660)
_DAY, _HOUR, _MINUTE = 86400, 3600, 60


def parse(text: str) -> timedelta:
    """The duration a text means; raises ValueError that says what was seen and what is allowed."""
    compact = text.strip().lower().replace(" ", "")
    parts = _PART.findall(compact)
    if not parts or "".join(f"{number}{unit}" for number, unit in parts) != compact:
        raise ValueError(f"{text[:40]!r} is no duration: write it like 30s, 5m, 1h30m or 2d")
    try:
        span = timedelta(seconds=sum(float(number) * _UNITS[unit] for number, unit in parts))
    except OverflowError:
        span = timedelta.max
    if span > _LONGEST:
        raise ValueError(f"{text[:40]!r} is longer than ten years")
    return span


def words(span: timedelta) -> str:
    """The duration in a person's words, two units at most: 45 s, 12 min, 1 h 40, 2 d 3 h."""
    seconds = int(abs(span.total_seconds()))
    if seconds < _MINUTE:
        return f"{seconds} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    if seconds < _DAY:
        hours, rest = divmod(seconds, _HOUR)
        return f"{hours} h {rest // _MINUTE:02d}" if rest >= _MINUTE else f"{hours} h"
    days, rest = divmod(seconds, _DAY)
    return f"{days} d {rest // _HOUR} h" if rest >= _HOUR else f"{days} d"
