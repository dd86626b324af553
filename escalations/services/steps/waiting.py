"""wait_for_acknowledgement, wait_for_resolution: the record itself says when they are over."""

from escalations.services.steps.base import Doing, Here, State
from opsportal.lib import durations


def _acknowledgement(here: Here) -> None:
    if here.escalation.state != "open":
        here.done("was acknowledged already")
        return
    if here.run.state == State.NEXT and here.step.within:
        here.escalation.acknowledge_by = here.unit.now + durations.parse(here.step.within)
        here.unit.change(here.escalation)
    here.wait()


def _resolution(here: Here) -> None:
    if here.escalation.state in ("resolved", "closed"):
        here.done("resolved", by=here.escalation.owner)
    else:
        here.wait()


ACKNOWLEDGEMENT = Doing(begin=_acknowledgement, again=_acknowledgement)
RESOLUTION = Doing(begin=_resolution, again=_resolution)
