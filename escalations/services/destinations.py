"""Setting up systems and shared channels that steps may send to."""

import base64
import secrets as random_secrets
from urllib.parse import urlsplit

from escalations.models import Destination
from escalations.services.errors import Refused, require
from opsportal.audit.acting import acting


def connect(
    *, key: str, kind: str, url: str, name: str = "", link: str = "", secret: str = ""
) -> tuple[Destination, str]:
    """Make a destination, or change one; returns it with the secret when one was made here.

    Raises Refused for another kind than it has, and for an address that is none.
    """
    require(key=key, kind=kind, url=url)
    if kind not in Destination.Kind.values:
        raise Refused({"kind": f"is one of {', '.join(Destination.Kind.values)}"})
    wrong = {field: _wrong(said) for field, said in (("url", url), ("link", link)) if said and _wrong(said)}
    if wrong:
        raise Refused(wrong)
    found = Destination.objects.filter(key=key).first() or Destination(key=key, kind=kind)
    if found.kind != kind:
        raise Refused({"key": f"{key} is a {found.get_kind_display()} already"})
    found.name, found.url, found.link = name or found.name or key, url, link or found.link
    made = ""
    if kind == Destination.Kind.WEBHOOK and not secret and not found.sealed_secret:
        made = secret = f"whsec_{base64.b64encode(random_secrets.token_bytes(32)).decode()}"
    if secret:
        found.seal(secret)
    with acting(reason="destination connected"):
        found.save()
    return found, made


def _wrong(address: str) -> str:
    """What is wrong with an address; plain HTTP only to this machine: what is signed is not yet hidden."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return "is no address"
    if parts.scheme == "https" and host:
        return ""
    if parts.scheme == "http" and host in ("127.0.0.1", "::1", "localhost"):
        return ""
    return "must begin with https://"
