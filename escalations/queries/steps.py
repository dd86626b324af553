"""What was answered before: how often each choice was given to the same question of a template."""

from django.db.models import Count

from escalations.models import StepAnswer, StepRun

RECENT = 200


def answered_so_far(run: StepRun) -> dict[str, int]:
    """Of the latest answers to this step, in whichever version of its template: how many chose what."""
    document = run.escalation.template.document_id
    mine = {"run__step": run.step, "run__escalation__template__document": document, "verdict": "chosen"}
    recent = StepAnswer.objects.filter(**mine).order_by("-id").values("pk")[:RECENT]
    rows = StepAnswer.objects.filter(pk__in=list(recent.values_list("pk", flat=True))).order_by().values("value")
    return {row["value"]: row["n"] for row in rows.annotate(n=Count("pk"))}
