"""Documents: what changes behaviour, each with its versions."""

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from opsportal.lib.adminkit import ViewOnlyAdmin
from templates_engine.models import Document, Version


@admin.register(Document)
class DocumentAdmin(ViewOnlyAdmin):
    """A list by kind; which version is at work, and how many there are."""

    list_display = ("title", "kind", "key", "at_work", "count")
    list_filter = ("kind",)
    search_fields = ("title", "key")
    fields = ("title", "kind", "key", "at_work", "count")
    readonly_fields = ("at_work", "count")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        """With the versions' numbers and states: one query more for the page, none for a row."""
        slim = Version.objects.only("document", "number", "state")
        rows: QuerySet[Document] = super().get_queryset(request)
        return rows.prefetch_related(Prefetch("versions", queryset=slim))

    @display(description="Active version")
    def at_work(self, document: Document) -> str:
        """The number of the active version."""
        active = [one.number for one in document.versions.all() if one.state == Version.State.ACTIVE]
        return f"v{active[0]}" if active else "none"

    @display(description="Versions")
    def count(self, document: Document) -> int:
        """How many there are."""
        return len(document.versions.all())
