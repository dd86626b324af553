"""notify: people are told over one channel."""

from escalations.services import wording
from escalations.services.steps.base import Doing, Here


def _effect(here: Here) -> str:
    told = here.people()
    leaves = here.act.leaves is not False
    for who in told:
        here.unit.send(
            here.escalation,
            who,
            purpose=here.purpose,
            subject=wording.subject(here.escalation),
            body=here.message(who),
            channel=here.act.channel or "auto",
            leaves=leaves,
        )
    held = here.escalation.held and leaves
    return f"{'held for' if held else 'told'} {', '.join(who.name for who in told)}"


NOTIFY = Doing(effect=_effect)
