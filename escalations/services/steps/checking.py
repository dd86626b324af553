"""check and close: what ends a record."""

from escalations.services import cases, closing
from escalations.services.steps.base import Doing, Here
from templates_engine.queries import template_of


def _check(here: Here) -> None:
    if here.escalation.state not in ("resolved", "closed"):
        here.wait()
        return
    failed = [result.words for result in closing.checks(here.escalation, now=here.unit.now) if not result.passed]
    if not failed:
        here.done("every check passed")
        return
    here.wait("; ".join(failed))
    cases.open_case(here.unit, "qa_failed", escalation=here.escalation, known={"missing": failed})


def _close(here: Here) -> None:
    escalation = here.escalation
    if escalation.state == "resolved" and template_of(escalation.template_id).close.when == "qa":
        closing.shut(escalation, now=here.unit.now)
        here.unit.change(escalation)
        here.unit.tell(escalation, "close", "Closed: every check passed")
        here.done("closed by itself")
    elif escalation.state == "closed":
        here.done("closed")
    else:
        here.wait()


CHECK = Doing(begin=_check, again=_check)
CLOSE = Doing(begin=_close, again=_close)
