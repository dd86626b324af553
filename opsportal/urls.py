"""Every address of the portal: our pages, the admin, sign-in, the API and the ways in."""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path, reverse_lazy

from opsportal import health, pages

RESET = {
    "template_name": "opsportal/reset/ask.html",
    "email_template_name": "opsportal/reset/mail.txt",
    "subject_template_name": "opsportal/reset/subject.txt",
}

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("preferences/", pages.preferences, name="preferences"),
    path("mail-check/", pages.mail_check, name="mail-check"),
    path("first-run/<str:token>/", pages.first_run, name="first-run"),
    path("admin/password_reset/", auth.PasswordResetView.as_view(**RESET), name="admin_password_reset"),
    path(
        "admin/password_reset/done/",
        auth.PasswordResetDoneView.as_view(template_name="opsportal/reset/asked.html"),
        name="password_reset_done",
    ),
    path(
        "reset/<uidb64>/<token>/",
        auth.PasswordResetConfirmView.as_view(
            template_name="opsportal/reset/choose.html", success_url=reverse_lazy("password_reset_complete")
        ),
        name="password_reset_confirm",
    ),
    path(
        "reset/done/",
        auth.PasswordResetCompleteView.as_view(template_name="opsportal/reset/done.html"),
        name="password_reset_complete",
    ),
    path("admin/", admin.site.urls),
    path("", include("escalations.urls")),
]
