"""The keys under which signals about one problem find the same record."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

LONGEST = 200  # characters of a key; a longer one keeps its beginning and a hash of the whole
_DIGEST = 32


def keys(account_id: int | None, facts: Mapping[str, Any], mapped_keys: Iterable[str]) -> tuple[str, ...]:
    """The keys of a signal, each once, tickets first: the same set in the same order for the same signal.

    A ticket is one ticket wherever it is named (`ticket:<system>:<id>`). Everything else holds
    within one account only, and gives no key while the account is unknown. The problem in the facts
    stands above the one the mapping saw, because a decision may have corrected it; it is no key where
    the mapping tells problems apart by other facts only, such as a device and its fault code.
    """
    tickets: set[str] = set()
    others: set[str] = set()
    seen = list(mapped_keys)
    told = not seen or any(mapped.partition(":")[0].strip().casefold() == "problem" for mapped in seen)
    problem = facts.get("problem") if told else None
    problems = [str(problem)] if problem else []
    for mapped in seen:
        name, _, rest = mapped.partition(":")
        name, rest = name.strip().casefold(), rest.strip()
        if name == "ticket":
            tickets |= _ticket(rest)
        elif name == "problem":
            problems = problems or [rest]
        elif name and rest and account_id is not None:
            others.add(_capped(f"{name}:{account_id}:{rest}"))
    normal = {normalise_problem(one) for one in problems} - {""}
    if account_id is not None:
        others |= {_capped(f"problem:{account_id}:{one}") for one in normal}
    return (*sorted(tickets), *sorted(others))


def normalise_problem(text: str) -> str:
    """A problem in the words that stay when it is told again: no capitals, counts, times or punctuation.

    Every run of digits becomes one 0, everything that is no letter one space. Text without a letter
    or digit gives "", which is no problem at all.
    """
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(_kind(char) for char in plain)
    return re.sub(r"(?:0 ?)*0", "0", " ".join(kept.split()))


def _kind(char: str) -> str:
    category = unicodedata.category(char)[0]
    return {"L": char, "M": char, "N": "0"}.get(category, " ")


def _ticket(rest: str) -> set[str]:
    """A ticket's key: systems are named without capitals, ids are kept to the letter."""
    system, _, number = rest.partition(":")
    system, number = system.strip().casefold(), number.strip()
    return {_capped(f"ticket:{system}:{number}")} if system and number else set()


def _capped(key: str) -> str:
    if len(key) <= LONGEST:
        return key
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST]
    return f"{key[: LONGEST - _DIGEST - 1]}~{digest}"
