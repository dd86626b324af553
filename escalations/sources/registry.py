"""Which module speaks for which kind of source."""

from collections.abc import Mapping
from typing import cast

from escalations.sources import generic, slack, zendesk
from escalations.sources.base import Vendor

_VENDORS: dict[str, Vendor] = {
    zendesk.KIND: cast("Vendor", zendesk),
    slack.KIND: cast("Vendor", slack),
    generic.KIND: cast("Vendor", generic),
}
_HEADERS = {zendesk.KIND: zendesk.HEADERS, slack.KIND: slack.HEADERS, generic.KIND: generic.HEADERS}
KINDS = frozenset(_VENDORS)
_ALWAYS = frozenset({"content-type", "user-agent", "x-request-id", "idempotency-key"})
_LONGEST = 500


def vendor(kind: str) -> Vendor:
    """The vendor of a kind; raises KeyError for one that nobody speaks for."""
    return _VENDORS[kind]


def headers_to_keep(kind: str, headers: Mapping[str, str]) -> dict[str, str]:
    """The headers worth keeping; never a credential or a signature."""
    names = _ALWAYS | _HEADERS[kind]
    kept = {name: value for name, value in headers.items() if name in names}
    return {
        name: value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()[:_LONGEST]
        for name, value in kept.items()
    }
