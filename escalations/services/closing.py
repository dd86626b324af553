"""What must hold before a record closes, and the one place where it does."""

from datetime import datetime

from escalations.domain import qa
from escalations.models import Case, Escalation, Message, Promise, StepRun
from escalations.services import wording
from escalations.services.holding import move
from templates_engine.queries import active_documents, template_of
from templates_engine.spec import conditions
from templates_engine.spec.documents import Template


def checks(escalation: Escalation, *, now: datetime) -> tuple[qa.CheckResult, ...]:
    """The template's checks over what is in the database now."""
    template = template_of(escalation.template_id)
    evidence = qa.Evidence(
        acknowledged=escalation.acknowledged_at is not None,
        notified=Message.objects.filter(escalation=escalation, state=Message.State.SENT).exists(),
        open_cases=Case.objects.filter(escalation=escalation).exclude(state="decided").count(),
        open_promises=Promise.objects.filter(escalation=escalation, state="open").count(),
        resolution_noted=bool(escalation.resolution),
        open_tasks=StepRun.objects.filter(escalation=escalation, do="open_task", state="waiting").count(),
        next_update_set=escalation.promise_at is not None,
        holds=_holding(escalation, template, now),
    )
    last = [check for check in template.qa if check.at is None]
    return qa.run([(check.id, check.check) for check in last], evidence)


def _holding(escalation: Escalation, template: Template, now: datetime) -> dict[str, bool | None]:
    """Whether the conditions of checks hold on the record, by the checks' ids."""
    asked = {check.id: check.when for check in template.qa if check.when and check.at is None}
    if not asked:
        return {}
    values, types = wording.values(escalation, now), conditions.fact_types(active_documents().facts, template)
    found: dict[str, bool | None] = {}
    for name, source in asked.items():
        try:
            found[name] = conditions.compile(source, types).evaluate(values)
        except conditions.ConditionError:
            found[name] = None  # it was written for facts that are declared no more
    return found


def shut(escalation: Escalation, *, now: datetime) -> None:
    """The one place where a record becomes closed."""
    move(escalation, "close")
    escalation.closed_at = now
    escalation.promise_at = None
