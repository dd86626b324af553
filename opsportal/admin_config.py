"""Puts our admin site where Django and unfold look for theirs."""

from importlib import import_module

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    """The admin app; its site is named by dotted path, so that nothing is imported before the models are."""

    default_site = "opsportal.admin_site.PortalAdminSite"

    def ready(self) -> None:
        """Logins are registered last: every app's admin module has been read by then."""
        super().ready()
        import_module("opsportal.logins_admin")
        import_module("opsportal.checks")
