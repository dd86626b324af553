"""assign: one person becomes the next owner."""

from escalations.services.steps.base import Doing, Here, StepFailed


def _effect(here: Here) -> str:
    who = here.people(otherwise="primary")[0]
    if here.escalation.owner_id != who.pk:
        if here.undoing is None:
            here.keep(before=here.escalation.owner_id)
        here.unit.hand(here.escalation, who, how="opened", reason=here.step.title or here.step.id)
        here.unit.change(here.escalation)
    return who.name


def _restore(here: Here) -> str:
    who = here.unit.people.people.get(here.run.data.get("before") or 0)
    if who is None or not who.is_active:
        raise StepFailed("whoever owned it before is not to be found")
    here.unit.hand(here.escalation, who, how="handed", reason=f"set back: {here.run.title}")
    here.unit.change(here.escalation)
    return f"{who.name} owns it again"


ASSIGN = Doing(effect=_effect, restore=_restore)
