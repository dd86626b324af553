"""What these pages ask of the services beside governing: saving without losing a word, trying, backtests, signers."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from escalations.queries.library import name_of
from escalations.services import governing
from templates_engine.models import Version
from templates_engine.services import StaleVersion, can_decide

try:
    from escalations.services import backtesting
except ImportError:
    backtesting = None  # type: ignore[assignment]  # until the package is here
try:
    from templates_engine.spec.schema import json_schema
except ImportError:

    def json_schema() -> dict[str, Any]:
        """Nothing is known yet."""
        return {}


def stamp(text: str) -> str:
    """What a page saw of a text, comments and all: the digest of a document leaves its comments out."""
    return sha256(text.encode(errors="replace")).hexdigest()


def save(*, version_id: int, text: str, by: User, seen: str, now: datetime) -> Version:
    """Save a draft over the text with this stamp; raises StaleVersion, DocumentError, LifecycleError."""
    with transaction.atomic():
        fresh = Version.objects.select_for_update().get(pk=version_id)
        if stamp(fresh.text) != seen:
            raise StaleVersion(f"{fresh} is not what you saw: somebody saved it since.")
        return governing.edit(version_id=version_id, text=text, by=by, seen_digest=fresh.digest, now=now)


def signers(version: Version, reader: User) -> list[str]:
    """Who may sign it once the reader has asked, by name."""
    return [name_of(user) for user in can_decide(version) if user.pk != reader.pk]


def last_edit(version: Version) -> tuple[str, datetime | None]:
    """Who saved a draft last, and when."""
    row = version.history.order_by("-history_id").first()
    return (row.history_actor, row.history_date) if row else ("Somebody", None)


def try_on(*, text: str, signal_id: int, now: datetime) -> Any:
    """What a text would decide about a signal."""
    return None if backtesting is None else backtesting.try_on(text=text, signal_id=signal_id, now=now)


def latest_backtest(version: Version) -> Any:
    """The newest backtest of a version."""
    return None if backtesting is None else backtesting.latest(version)


def start_backtest(*, version_id: int, by: User, since: datetime, until: datetime, now: datetime) -> Any:
    """Begin a backtest."""
    if backtesting is None:
        return None
    return backtesting.start(version_id=version_id, by=by, since=since, until=until, now=now)
