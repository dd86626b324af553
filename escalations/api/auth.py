"""`Authorization: Bearer ops_...` (or `Token ops_...`)."""

from django.contrib.auth.models import User
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from escalations.models import Token
from escalations.services.tokens import digest
from opsportal.audit.acting import enter

_PARTS = 2


class TokenAuthentication(BaseAuthentication):
    """Finds the login of a token by its hash; a revoked token or an inactive login opens nothing."""

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        """The login, or None when the request carries no token."""
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() not in (b"bearer", b"token"):
            return None
        if len(parts) != _PARTS:
            raise AuthenticationFailed("The Authorization header is “Bearer”, a blank and the token.")
        key = digest(parts[1].decode("latin-1"))
        token = Token.objects.select_related("user").filter(digest=key, revoked_at__isnull=True).first()
        if token is None or not token.user.is_active:
            raise AuthenticationFailed("This token opens nothing: it is unknown, revoked, or its login is inactive.")
        enter(user_id=token.user.pk, name=token.user.get_full_name() or token.user.get_username(), door="api")
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return "Bearer"


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # the library is untyped here
    """Says in the schema how to sign in."""

    target_class = "escalations.api.auth.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """A bearer token."""
        return {"type": "http", "scheme": "bearer"}
