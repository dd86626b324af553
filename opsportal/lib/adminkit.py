"""Admin classes for three kinds of record: looked at, looked at with acts, and edited in a plain form."""

from typing import Any

from django.contrib.admin import ModelAdmin as DjangoModelAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import Field, Model
from django.forms import Field as FormField
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin, StackedInline, TabularInline

SAFE = ("GET", "HEAD")


def after_act(request: HttpRequest, address: str) -> HttpResponse:
    """How an `@action` with a dialog ends: the browser leaves the dialog for the address, with or without htmx.

    unfold calls such an action as `act(self, request, form, object_id)`, on a POST whose form is valid only.
    """
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


class PlainLinks:
    """Related records are chosen, never made or edited in passing: a pop-up would need framing, which is forbidden."""

    def formfield_for_dbfield(
        self, db_field: "Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> FormField | None:
        """The field without its add, change, delete and view buttons."""
        field: FormField | None = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]  # mixin: the admin class follows
        for button in ("add", "change", "delete", "view"):
            if field is not None and hasattr(field.widget, f"can_{button}_related"):
                setattr(field.widget, f"can_{button}_related", False)
        return field


class Kept(PlainLinks, SimpleHistoryAdmin, ModelAdmin):
    """Common to all: bounded lists, history to read, nothing is ever deleted."""

    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    list_fullwidth = True
    compressed_fields = True
    actions: Any = None

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Records end by a state, not by being removed."""
        return False

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What changed when. A row that is written once has no versions: Django's own page says that."""
        if hasattr(self.model, "history"):
            return super().history_view(request, object_id, extra_context)  # type: ignore[no-any-return]  # untyped base
        self.object_history_template = "admin/object_history.html"
        return DjangoModelAdmin.history_view(self, request, object_id, extra_context)

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """An old version is looked at. simple-history would save a POST here for anybody with a view permission."""
        if request.method not in SAFE:
            return HttpResponseNotAllowed(SAFE)
        if not self.has_view_permission(request):
            raise PermissionDenied
        if not hasattr(self.model, "history"):
            raise Http404
        return super().history_form_view(request, object_id, version_id, extra_context)  # type: ignore[no-any-return]  # untyped base


class ViewOnlyAdmin(Kept):
    """A record that changes by verbs only.

    Acts are unfold actions with `permissions=` and a `dialog=` (thus a POST), or forms of our own pages.
    """

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows are made by verbs."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Rows are changed by verbs."""
        return False

    def has_act_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """For `@action(permissions=["act"])`: whoever holds the model's change permission may act on it."""
        opts = self.model._meta
        return bool(request.user.has_perm(f"{opts.app_label}.change_{opts.model_name}"))


class PlainFormAdmin(Kept):
    """People, teams, accounts and settings. The admin site opens the act: door "admin", reason from `_reason`."""

    warn_unsaved_form = True
    change_form_after_template = "opsportal/parts/reason.html"


class PlainTabularInline(PlainLinks, TabularInline):
    """Rows of a plain form."""

    extra = 0


class PlainStackedInline(PlainLinks, StackedInline):
    """Blocks of a plain form."""

    extra = 0
