"""Accounts: the customers, and what each system calls them."""

from django.contrib import admin

from escalations.admin.base import FormAdmin, RecordAdmin
from escalations.models import Account, AccountIdentifier
from opsportal.lib.adminkit import PlainTabularInline


class Identifiers(PlainTabularInline):
    """An identifier belongs to one account only."""

    model = AccountIdentifier
    fields = ("system", "value")


@admin.register(Account)
class AccountAdmin(FormAdmin):
    """A plain form; an account with records is never removed."""

    list_display = ("name", "tier", "renewal_on", "amount", "currency", "owner")
    list_filter = ("tier",)
    list_select_related = ("owner",)
    search_fields = ("name", "key", "identifiers__value")
    autocomplete_fields = ("owner",)
    fieldsets = (
        (None, {"fields": (("name", "key"), ("tier", "owner"))}),
        ("Contract", {"fields": (("renewal_on", "amount", "currency"),)}),
    )
    inlines = (Identifiers,)


@admin.register(AccountIdentifier)
class AccountIdentifierAdmin(RecordAdmin):
    """All identifiers, to be read; they are given in the account's form."""

    list_display = ("system", "value", "account")
    list_select_related = ("account",)
    search_fields = ("value", "account__name")
