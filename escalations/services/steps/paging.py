"""page: people are told over every channel they have, again and again until somebody acknowledges.

The line goes on while it pages.
"""

from escalations.models import Person
from escalations.services import wording
from escalations.services.steps.base import Doing, Here
from opsportal.lib import durations
from templates_engine.spec.steps import Step


def _effect(here: Here) -> str:
    return f"paged {_page(here)}"


def _begin(here: Here) -> None:
    _again(here)
    if here.run.state != here.run.State.DONE:
        _late(here)


def _late(here: Here) -> None:
    """The time between two pages is over."""
    names, most = _page(here), here.step.repeat or 1
    here.run.tries += 1
    if here.run.tries >= most or not here.step.every:
        here.done(f"paged {names}{f', {here.run.tries} times' if here.run.tries > 1 else ''}")
        return
    until = here.unit.now + durations.parse(here.step.every)
    here.go_on(f"paged {names}, {here.run.tries} of {most}", until=until)


def _again(here: Here) -> None:
    if here.escalation.state != "open":
        pages = here.run.tries
        times = f" after {pages} {'page' if pages == 1 else 'pages'}" if pages else ""
        here.done(f"acknowledged{times}")


def _page(here: Here) -> str:
    told = here.people()
    for who in told:
        for channel in _channels(who):
            here.unit.send(
                here.escalation,
                who,
                purpose=f"{here.purpose}:{here.run.tries}:{channel}",
                subject=f"Page: {wording.subject(here.escalation)}",
                body=here.message(who),
                channel=channel,
                leaves=here.act.leaves is not False,
            )
    return ", ".join(who.name for who in told)


def _channels(who: Person) -> list[str]:
    return [name for name, there in (("slack", who.slack_url), ("email", who.email)) if there] or ["portal"]


def _aside(step: Step) -> bool:
    return True


PAGE = Doing(effect=_effect, begin=_begin, again=_again, late=_late, aside=_aside)
