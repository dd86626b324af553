"""Bodies of requests, read as strictly as the ones that vendors send."""

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

from escalations.sources import jsonbody
from escalations.sources.base import Unreadable

LIMIT = 1024 * 1024


class TooLarge(APIException):
    """The body is larger than any act needs."""

    status_code = 413
    default_detail = "The body is too large"


class StrictJSONParser(BaseParser):
    """JSON without duplicate keys, NaN or endless nesting: anything else is a 400 in words, never a 500."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The value; raises ParseError or TooLarge."""
        body = stream.read(LIMIT + 1)
        if len(body) > LIMIT:
            raise TooLarge
        try:
            return jsonbody.parse(body)
        except Unreadable as fault:
            raise ParseError(f"The body can not be read: {fault}") from fault
