"""Each request is an act of whoever sent it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from opsportal.audit.acting import acting

Handler = Callable[[HttpRequest], HttpResponse]


class ActingMiddleware:
    """Opens the acting scope with the login and the door; verbs narrow it with their reason."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Webhooks name no login: asking for one would read the session on the hottest path."""
        if request.path.startswith("/in/"):
            return self.get_response(request)
        user = request.user
        door = "api" if request.path.startswith("/api/") else "browser"
        if not user.is_authenticated:
            with acting(door=door, name="somebody not signed in"):
                return self.get_response(request)
        with acting(user_id=user.pk, name=user.get_full_name() or user.get_username(), door=door):
            return self.get_response(request)
