"""Cases know which others ask the same, and decisions which others say the same: evidence is one read by index."""

from typing import Any

from django.db import migrations, models
from django.db.models import Q

from escalations.domain import alike

REASONS = [
    ("account_unknown", "Account unknown"),
    ("account_ambiguous", "Account ambiguous"),
    ("problem_unknown", "Problem unknown"),
    ("severity_unclear", "Severity unclear"),
    ("tier_missing", "Tier missing"),
    ("fact_unclear", "Fact unclear"),
    ("owner_unknown", "Owner unknown"),
    ("sla_unclear", "SLA unclear"),
    ("sources_disagree", "Sources disagree"),
    ("condition_unresolved", "Condition unresolved"),
    ("templates_tie", "Templates tie"),
    ("field_invalid", "Field invalid"),
    ("body_unreadable", "Body unreadable"),
    ("processing_error", "Processing error"),
    ("records_overlap", "Records overlap"),
    ("chain_exhausted", "Chain exhausted"),
    ("routing_loop", "Routing loop"),
    ("oversized", "Too large"),
    ("signatures_failing", "Signatures failing"),
    ("delivery_failed", "Delivery failed"),
    ("step_failed", "Step failed"),
    ("qa_failed", "Check failed"),
    ("exception_path", "Exception path"),
    ("source_silent", "Source silent"),
    ("signature_missing", "Signature missing"),
    ("activation_refused", "Activation refused"),
]
BATCH = 1000


def fill(apps: Any, schema_editor: Any) -> None:
    """Cases of before get theirs; what was asked and answered is all there."""
    case = apps.get_model("escalations", "Case")
    rows = []
    for one in case.objects.select_related("source").iterator(BATCH):
        one.alike = alike.kind(one.reason, one.field, one.source.slug if one.source else "", one.known)
        one.answered = alike.said(one.reason, one.decision, one.known) if one.decision else ""
        rows.append(one)
        if len(rows) == BATCH:
            case.objects.bulk_update(rows, ["alike", "answered"])
            rows.clear()
    case.objects.bulk_update(rows, ["alike", "answered"])


class Migration(migrations.Migration):
    """Two keys by the same rules as new cases, and the indexes that the rail and the evidence read."""

    dependencies = [("escalations", "0004_messages_about_documents")]

    operations = [
        *(
            migrations.AlterField(model, "reason", models.CharField(choices=REASONS, max_length=30))
            for model in ("case", "historicalcase")
        ),
        *(
            migrations.AddField(model, name, models.CharField(default="", max_length=160, help_text=words))
            for model in ("case", "historicalcase")
            for name, words in (
                ("alike", "Cases that ask the same thing share this."),
                ("answered", "Decisions that say the same share this."),
            )
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.RemoveIndex("case", "case_alike"),
        *(
            migrations.AddIndex("case", models.Index(fields=fields, name=name, condition=condition))
            for name, fields, condition in (
                ("case_decided_alike", ("alike", "decided_at", "answered"), Q(state="decided")),
                ("case_waiting_alike", ("alike", "due_at", "id"), ~Q(state="decided")),
                ("case_of_owner", ("owner", "due_at", "id"), ~Q(state="decided")),
                ("case_of_reason", ("reason", "due_at", "id"), ~Q(state="decided")),
                ("case_snoozed", ("wake_at",), Q(wake_at__isnull=False) & ~Q(state="decided")),
            )
        ),
    ]
