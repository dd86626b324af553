"""API tokens: made once, kept as hashes."""

import hashlib
import secrets
from datetime import datetime

from django.contrib.auth.models import User

from escalations.models import Token
from opsportal.audit.acting import acting

PREFIX = "ops_"


def create(*, user: User, name: str, now: datetime) -> str:
    """Make a token of a login and return it; nobody can read it again."""
    token = PREFIX + secrets.token_urlsafe(32)
    with acting(reason="token created"):
        Token.objects.create(user=user, name=name, digest=digest(token), created_at=now)
    return token


def revoke(*, token: Token, now: datetime) -> None:
    """The token does not open anything any more."""
    token.revoked_at = now
    with acting(reason="token revoked"):
        token.save()


def digest(token: str) -> str:
    """What is kept of a token. It is 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
