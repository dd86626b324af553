"""Logins and roles in the admin, and what of other packages must not be there at all."""

import smtplib
from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.decorators import action
from unfold.forms import AdminPasswordChangeForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from opsportal.invitations import invite
from opsportal.lib.adminkit import after_act


class NewLoginForm(ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    """A login without a password: its owner chooses one through the invitation."""

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email")


class LoginForm(ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    """A login as it is changed: never its password, which belongs to its owner."""

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "is_active", "groups", "is_superuser")


class LoginAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[type-arg]  # generic only for the type checker
    """Who may sign in, and in which role. Nobody widens his own rights, and logins are never deleted."""

    form = LoginForm
    add_form = NewLoginForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "first_name", "last_name", "email", "roles", "is_active", "last_login")
    list_filter = ("is_active", "groups")
    list_fullwidth = True
    actions = None
    actions_detail = ("invite_again",)
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "first_name", "last_name", "email")}),
        ("Role", {"fields": ("is_active", "groups", "is_superuser")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "first_name", "last_name", "email")}),)

    @admin.display(description="roles")
    def roles(self, user: User) -> str:
        """The login's groups, or the one word that outranks them."""
        return "superuser" if user.is_superuser else ", ".join(group.name for group in user.groups.all()) or "none"

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Seven roles are seven boxes."""
        if db_field.name == "groups":
            kwargs["widget"] = UnfoldAdminCheckboxSelectMultipleWidget
            kwargs["help_text"] = ""
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Logins with their groups in one query."""
        return super().get_queryset(request).prefetch_related("groups")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """Only a superuser makes superusers; nobody but a superuser changes his own role or switches himself."""
        fixed: tuple[str, ...] = ("last_login", "date_joined")
        if request.user.is_superuser:
            return fixed
        fixed = (*fixed, "is_superuser")
        return (*fixed, "groups", "is_active", "username") if obj is not None and obj.pk == request.user.pk else fixed

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A superuser's login (and so its password) is changed by superusers only."""
        if isinstance(obj, User) and obj.is_superuser and not request.user.is_superuser:
            return False
        return bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A login ends by `is_active`: the record of its acts stays."""
        return False

    def has_invite_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whoever may change the login may invite its owner."""
        target = User.objects.filter(pk=object_id).first() if object_id else None
        return self.has_change_permission(request, target)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """A new login opens the portal and nothing else, until it has a role."""
        if not change:
            obj.is_staff = True
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if not change:
            self._invite(request, obj)

    @action(
        description="Invite again",
        permissions=["invite"],
        dialog={
            "title": "Make a link to choose a password?",
            "description": "It is shown to you once, and mailed where mail is set. The present password keeps working.",
            "form_submit_text": "Make the link",
        },
    )
    def invite_again(self, request: HttpRequest, form: Any, object_id: int) -> Any:
        """A fresh link for a login that is there."""
        self._invite(request, User.objects.get(pk=object_id))
        return after_act(request, reverse("admin:auth_user_change", args=[object_id]))

    def _invite(self, request: HttpRequest, user: User) -> None:
        try:
            link, mailed = invite(user=user)
        except (OSError, smtplib.SMTPException) as error:
            messages.error(request, f"The mail server refused the invitation: {error}")
            return
        how = f"The invitation went to {user.email}. It is" if mailed else "Give this link to its owner:"
        messages.success(request, f"{how} {link}")


class RoleAdmin(DjangoGroupAdmin, ModelAdmin):
    """The roles, as opsportal/roles.py gives them: to be read."""

    actions = None
    list_fullwidth = True

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Roles are code."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Roles are code."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Roles are code."""
        return False


def register(site: admin.AdminSite) -> None:
    """Put ours in the place of Django's, and take the queue's tables out: its schedules name functions to call."""
    models: list[type[Model]] = [User, Group, *apps.get_app_config("django_q").get_models()]
    for model in models:
        if site.is_registered(model):
            site.unregister(model)
    site.register(User, LoginAdmin)
    site.register(Group, RoleAdmin)


register(admin.site)
