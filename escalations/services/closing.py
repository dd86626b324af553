"""What must hold before a record closes, and the one place where it does."""

from datetime import datetime

from escalations.domain import qa
from escalations.models import Case, Escalation, Message, Promise, StepRun
from escalations.services.holding import move
from templates_engine.queries import template_of


def checks(escalation: Escalation) -> tuple[qa.CheckResult, ...]:
    """The template's checks over what is in the database now."""
    template = template_of(escalation.template_id)
    evidence = qa.Evidence(
        acknowledged=escalation.acknowledged_at is not None,
        notified=Message.objects.filter(escalation=escalation, state=Message.State.SENT).exists(),
        open_cases=Case.objects.filter(escalation=escalation).exclude(state="decided").count(),
        open_promises=Promise.objects.filter(escalation=escalation, state="open").count(),
        resolution_noted=bool(escalation.resolution),
        open_tasks=StepRun.objects.filter(escalation=escalation, do="open_task", state="waiting").count(),
    )
    return qa.run([(check.id, check.check) for check in template.qa], evidence)


def shut(escalation: Escalation, *, now: datetime) -> None:
    """The one place where a record becomes closed."""
    move(escalation, "close")
    escalation.closed_at = now
    escalation.promise_at = None
