"""Taking hold of versions: locked together with their document, and checked against the table of the lifecycle."""

from datetime import datetime

from django.contrib.auth.models import User

from templates_engine.models import Contribution, Document, Remark, Version
from templates_engine.services import rights
from templates_engine.services.errors import LifecycleError, NotYours, StaleVersion
from templates_engine.spec import lifecycle


def locked(version_id: int, verb: str) -> Version:
    """The version under a lock, with its document: one decision about a document at a time.

    Raises LifecycleError where the verb does not fit the state it is in now.
    """
    document_id = Version.objects.values_list("document_id", flat=True).get(pk=version_id)
    document = Document.objects.select_for_update().get(pk=document_id)
    version = Version.objects.select_for_update().get(pk=version_id)
    version.document = document
    try:
        lifecycle.move(version.state, verb)
    except lifecycle.NotAllowed as fault:
        raise LifecycleError(f"{version} {fault}") from fault
    return version


def held(version_id: int, verb: str, by: User) -> Version:
    """The same for somebody: raises NotYours with who could, when it is not theirs to do."""
    version = locked(version_id, verb)
    words = rights.why_not(version, by, verb)
    if words:
        raise NotYours(words)
    return version


def move(version: Version, verb: str) -> None:
    """Take the version to the state the verb leads to."""
    version.state = lifecycle.move(version.state, verb).value


def seen(version: Version, digest: str) -> None:
    """Raises StaleVersion unless it is what the person looked at."""
    if version.digest != digest:
        raise StaleVersion(f"{version} is not what you saw: somebody saved it since. Read it again.")


def active_of(document: Document) -> Version | None:
    """The version of a document that is at work."""
    return Version.objects.filter(document=document, state=Version.State.ACTIVE).first()


def next_number(document: Document) -> int:
    """The number of the document's next version; the caller holds the document."""
    last = Version.objects.filter(document=document).order_by("-number").values_list("number", flat=True).first()
    return (last or 0) + 1


def contributed(version: Version, by: User, now: datetime) -> None:
    """Remember that somebody had a hand in it."""
    Contribution.objects.get_or_create(version=version, user=by, defaults={"at": now})


def noted(version: Version, by: User, text: str, now: datetime, path: str = "") -> None:
    """Put what somebody said into the discussion, where they said something."""
    if text.strip():
        Remark.objects.create(version=version, by=by, at=now, path=path[:300], text=text.strip())


def needs(words: str, text: str) -> str:
    """What was said, trimmed; raises LifecycleError with what to say where it was nothing."""
    if not text.strip():
        raise LifecycleError(words)
    return text.strip()
