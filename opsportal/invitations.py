"""A link to choose a first password: made for a new login, shown to whoever made it, mailed where mail is set."""

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

TEXT = """Hello {name},

you have a login at Opsportal: {username}. Choose a password here:

{link}

The link works once and for three days.
"""


def invitation_link(user: User) -> str:
    """The address at which the login's owner chooses a password; spent by the choice."""
    where = {"uidb64": urlsafe_base64_encode(force_bytes(user.pk)), "token": default_token_generator.make_token(user)}
    address: str = settings.PUBLIC_URL.rstrip("/") + reverse("password_reset_confirm", kwargs=where)
    return address


def invite(*, user: User) -> tuple[str, bool]:
    """The link, and whether it went out by mail. Raises what the mail server raises (OSError, SMTPException)."""
    link = invitation_link(user)
    if not (settings.MAIL_IS_SET and user.email):
        return link, False
    name = user.get_full_name() or user.get_username()
    send_mail("Your login at Opsportal", TEXT.format(name=name, username=user.username, link=link), None, [user.email])
    return link, True
