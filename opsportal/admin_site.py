"""The admin site: unfold's, inside our frame, each request an act through the admin door."""

from collections.abc import Callable
from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from unfold.sites import UnfoldAdminSite

from opsportal.audit.acting import acting
from opsportal.finding import find
from opsportal.shell import shell_of

View = Callable[..., HttpResponse]


class PortalAdminSite(UnfoldAdminSite):
    """Everything the admin serves."""

    site_title = site_header = "Opsportal"
    index_title = "All records"
    login_form = AdminAuthenticationForm
    login_template = "opsportal/login.html"

    enable_nav_sidebar = True

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Every write below /admin/ says so in its history row, with the reason typed in the form, if any."""

        def within(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            reason = request.POST.get("_reason", "").strip()[:500] if request.method == "POST" else ""
            with acting(door="admin", reason=reason):
                return view(request, *args, **kwargs)

        return super().admin_view(within, cacheable)  # type: ignore[no-any-return]  # unfold ships no types

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """unfold's context without the list of all applications, which nothing of ours draws."""
        return super().each_context(request)  # type: ignore[no-any-return]  # unfold ships no types

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """The frame's own lines; asked for once a request."""
        return shell_of(request).sections

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """What the palette shows under its field: an HTML fragment with at most twenty links."""
        found = find(request.GET.get("s", ""), user=request.user)
        return render(request, "opsportal/parts/found.html", {"groups": found})

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The home page is the Desk; whoever asks for all records gets the plain list."""
        if "all" not in request.GET:
            return redirect("/")
        return super().index(request, extra_context)  # type: ignore[no-any-return]  # unfold ships no types
