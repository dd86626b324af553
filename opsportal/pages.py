"""The portal's own pages that are about no record: first run, preferences, mail check, and what errors look like."""

import smtplib

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.mail import send_mail
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from escalations.models import Person
from opsportal import first_run as service
from opsportal.audit.acting import acting
from opsportal.forms import FirstRunForm, ZoneForm
from opsportal.shell import is_administrator
from opsportal.timezones import forget, me


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def first_run(request: HttpRequest, token: str) -> HttpResponse:
    """Make the first administrator; a used or wrong link is a page that is not there."""
    if not service.is_valid(token):
        raise Http404
    form = FirstRunForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        wanted = {name: form.cleaned_data[name] for name in ("username", "name", "email", "password", "time_zone")}
        try:
            service.make_administrator(token=token, **wanted)
        except service.LinkSpent:
            raise Http404 from None
        messages.success(request, "You administer the portal now. Sign in.")
        return redirect("admin:login")
    return render(request, "opsportal/first_run.html", {"form": form}, status=200 if not form.errors else 422)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Set one's own time zone."""
    person = Person.objects.filter(user__username=request.user.get_username()).first()
    form = ZoneForm(request.POST or None, initial={"time_zone": me(request.user).zone})
    if request.method == "POST" and person and form.is_valid():
        with acting(door="preferences", reason="own time zone"):
            person.time_zone = form.cleaned_data["time_zone"]
            person.save(update_fields=["time_zone"])
        forget(person.user_id or 0)
        messages.success(request, f"Times are shown for {person.time_zone.replace('_', ' ')} now.")
        return redirect("preferences")
    return render(request, "opsportal/preferences.html", {"form": form, "person": person})


@login_required
@require_POST
def mail_check(request: HttpRequest) -> HttpResponse:
    """Send one mail to the administrator who asks, and say what happened."""
    if not is_administrator(request):
        raise PermissionDenied
    to = getattr(request.user, "email", "")
    if not to:
        messages.error(request, "Your login has no mail address to send a check to.")
    else:
        try:
            send_mail("Mail check from Opsportal", f"Sent by {settings.PUBLIC_URL}.\n", None, [to])
        except (OSError, smtplib.SMTPException) as error:
            messages.error(request, f"The mail server refused: {error}")
        else:
            where = "to the mail server" if settings.MAIL_IS_SET else "to the log only, because mail is not set"
            messages.success(request, f"A mail for {to} was handed {where}.")
    return redirect("preferences")
