"""Versions from before contributions were kept: their author is their contributor, and asked for the signature."""

from django.db import migrations
from django.db.models import F

LIVE = ("in_review", "approved", "pilot")


def fill(apps, schema_editor):
    Version = apps.get_model("templates_engine", "Version")
    Contribution = apps.get_model("templates_engine", "Contribution")
    written = Version.objects.filter(author__isnull=False)
    written.filter(submitted_at__isnull=False, submitted_by=None).update(submitted_by=F("author"))
    Version.objects.filter(state="in_review", intent="").update(intent="Submitted before an intent was asked for")
    Contribution.objects.bulk_create(
        Contribution(version_id=one.pk, user_id=one.author_id, at=one.created_at) for one in written.iterator()
    )
    # One review of a document at a time: the newest stays.
    for document_id in set(Version.objects.filter(state__in=LIVE).values_list("document_id", flat=True)):
        older = Version.objects.filter(document=document_id, state__in=LIVE).order_by("-number").values_list("pk")[1:]
        Version.objects.filter(pk__in=[pk for (pk,) in older]).update(state="retired")


class Migration(migrations.Migration):

    dependencies = [
        ("templates_engine", "0002_lifecycle_fields"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
