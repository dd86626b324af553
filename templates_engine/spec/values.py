"""Values as they come and as they are kept: cleaned text, numbers, moments in UTC."""

import math
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

LONGEST = 4000
_SURROGATES = re.compile("[\ud800-\udfff]")
_SEPARATORS = re.compile(r"[,\s]+")
_COMPACT = re.compile(r"(?:19|20)\d{6}")
_NANO = re.compile(r"(\.\d{6})\d+")
# Numbers too large for seconds are milli-, micro- or nanoseconds: 1e11 s is the year 5138.
_SCALES = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))
_WORDS = ("%B %d, %Y", "%B %d, %Y %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%d/%m/%Y %H:%M", "%b %d, %Y, %H:%M")
_TRUE, _FALSE = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})
_BIG = 2**63
# Python refuses to write longer numbers down (sys.get_int_max_str_digits).
_BITS = 4096


def sanitise(value: Any) -> Any:
    """The value without NUL and lone surrogates, which PostgreSQL refuses; they become U+FFFD."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [sanitise(one) for one in value]
    if isinstance(value, dict):
        return {clean(str(name)): sanitise(one) for name, one in value.items()}
    if isinstance(value, int) and value.bit_length() > _BITS:
        return f"a number of {value.bit_length()} bits"
    return value


def clean(text: str) -> str:
    """One text without what a database refuses."""
    return _SURROGATES.sub("\ufffd", text.replace("\x00", "\ufffd"))


def coerce(value: Any, kind: str) -> Any:
    """The value as the declared type; raises ValueError in words."""
    return _BY_TYPE[kind](value)


def moment(value: Any) -> str:
    """A moment as ISO text in UTC, from ISO text (nanoseconds too), seconds or milliseconds since 1970, or words."""
    if isinstance(value, bool):
        raise ValueError("a yes or no is no moment")
    try:
        return _moment(value).astimezone(UTC).isoformat()
    except (OverflowError, OSError, TypeError) as fault:
        raise ValueError("is no moment that a calendar has") from fault


def _moment(value: Any) -> datetime:
    text = str(value).strip()
    if isinstance(value, str) and _COMPACT.fullmatch(text):
        return _read(text)
    try:
        number = float(text)
    except ValueError:
        return _read(text)
    scale = next((scale for least, scale in _SCALES if abs(number) >= least), 1)
    return datetime.fromtimestamp(number / scale, UTC)


def _read(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(_NANO.sub(r"\1", text))
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    except ValueError:
        pass  # not ISO; words are tried next
    for form in _WORDS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    try:
        found = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        raise ValueError("is no date and time in a form that is known") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        raise ValueError("expected one value")
    return clean(str(value)).strip()[:LONGEST]


def _int(value: Any) -> int:
    if isinstance(value, bool):
        raise ValueError("a yes or no is no number")
    try:
        number = int(str(value).strip()) if not isinstance(value, float) else int(value)
        if isinstance(value, float) and number != value:
            raise ValueError
    except (ValueError, OverflowError):
        raise ValueError("expected a whole number") from None
    if abs(number) >= _BIG:
        raise ValueError("larger than a 64-bit number")
    return number


def _double(value: Any) -> float:
    if isinstance(value, bool | dict | list):
        raise ValueError("expected a number")
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise ValueError("expected a number") from None
    if not math.isfinite(number):
        raise ValueError("expected a finite number")
    return number


def _bool(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().casefold()
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    raise ValueError("expected yes or no")


def _list(value: Any) -> list[str]:
    if isinstance(value, str):
        return [word for word in _SEPARATORS.split(clean(value)[:LONGEST]) if word][:200]
    if isinstance(value, list):
        return [_text(one) for one in value if not isinstance(one, dict | list)][:200]
    raise ValueError("expected a list")


_BY_TYPE = {"string": _text, "int": _int, "double": _double, "bool": _bool, "timestamp": moment, "list": _list}
KINDS = frozenset(_BY_TYPE)
