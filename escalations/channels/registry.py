"""Which channel answers to which name; in demo mode all lead to the outbox page."""

from django.conf import settings

from escalations.channels.base import Channel
from escalations.channels.mail import Mail
from escalations.channels.portal import Portal
from escalations.channels.slack import Slack
from escalations.channels.webhook import Webhook

_CHANNELS: dict[str, Channel] = {"email": Mail(), "slack": Slack(), "portal": Portal(), "webhook": Webhook()}


def channel(name: str) -> Channel:
    """The channel of a name; an unknown name is shown in the portal rather than lost."""
    if settings.DEMO:
        return _CHANNELS["portal"]
    return _CHANNELS.get(name, _CHANNELS["portal"])
