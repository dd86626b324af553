"""How the admin shows what is no plain value: JSON, raw text, and the way to our own pages."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

LONGEST = 64 * 1024  # characters of one body on one page; the rest is said to be there
Shown = Callable[[Any, Any], SafeString | str]


def block(text: str) -> SafeString | str:
    """Text as it is, escaped, its line breaks kept; a very long one is cut with words."""
    if not text:
        return "none"
    rest = len(text) - LONGEST
    shown = f"{text[:LONGEST]}\n… and {rest} characters more" if rest > 0 else text
    return format_html('<pre class="mono log-raw whitespace-pre-wrap break-words">{}</pre>', shown)


def pretty(name: str, title: str) -> Shown:
    """A read-only field for a JSON column: indented, in the order it was written, escaped."""

    @admin.display(description=title)
    def shown(self: Any, row: Model) -> SafeString | str:
        value = getattr(row, name)
        return "none" if value in (None, {}, []) else block(json.dumps(value, indent=2, ensure_ascii=False))

    return shown


def to_page(name: str, route: str, title: str) -> Shown:
    """A read-only field that leads from a row's foreign key (or from the row itself: "pk") to our own page."""

    @admin.display(description=title)
    def shown(self: Any, row: Any) -> SafeString | str:
        key = row.pk if name == "pk" else getattr(row, f"{name}_id")
        return "none" if key is None else link(reverse(route, args=[key]), _mark(route, key))

    return shown


def link(address: str, words: str) -> SafeString:
    """A way to one of our own addresses; both parts are escaped."""
    return format_html('<a class="underline" href="{}">{}</a>', address, words)


def _mark(route: str, key: int) -> str:
    names = {"desk-record": "ESC-{}", "review-case": "EXC-{}", "signal": "signal {}", "message": "message {}"}
    return names[route].format(key)
