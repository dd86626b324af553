"""What these pages ask of the services beside governing: saving without losing a word, trying, backtests, signers."""

from datetime import datetime
from hashlib import sha256

from django.contrib.auth.models import User
from django.db import transaction

from escalations.queries.library import name_of
from escalations.services import governing
from templates_engine.models import Version
from templates_engine.services import StaleVersion, can_decide
from templates_engine.spec.values import clean


def stamp(text: str) -> str:
    """What a page saw of a text, comments and all: the digest of a document leaves its comments out."""
    return sha256(text.encode(errors="replace")).hexdigest()


def save(*, version_id: int, text: str, by: User, seen: str, now: datetime) -> Version:
    """Save a draft over the text with this stamp; raises StaleVersion, DocumentError, LifecycleError.

    What no database keeps (NUL, half characters) is kept as U+FFFD, so that no text is lost for one of them.
    """
    with transaction.atomic():
        fresh = Version.objects.select_for_update().get(pk=version_id)
        if stamp(fresh.text) != seen:
            raise StaleVersion(f"{fresh} is not what you saw: somebody saved it since.")
        return governing.edit(version_id=version_id, text=clean(text), by=by, seen_digest=fresh.digest, now=now)


def signers(version: Version, reader: User) -> list[str]:
    """Who may sign it once the reader has asked, by name."""
    return [name_of(user) for user in can_decide(version) if user.pk != reader.pk]


def last_edit(version: Version) -> tuple[str, datetime | None]:
    """Who saved a draft last, and when."""
    row = version.history.order_by("-history_id").first()
    if row is None:
        return "Somebody", None
    user = User.objects.filter(pk=row.history_user_id).select_related("person").first()
    return name_of(user) or row.history_actor, row.history_date
