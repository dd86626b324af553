"""The kit's admin classes: a record to look at can not be written, whatever is posted to whichever address."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.http import HttpResponse
from django.test import RequestFactory

from escalations.models import Person, Team
from opsportal.admin_site import PortalAdminSite
from opsportal.lib.adminkit import PlainFormAdmin, ViewOnlyAdmin
from tests import factories

pytestmark = pytest.mark.django_db
SITE = PortalAdminSite("kit")


class Looking(ViewOnlyAdmin):
    """A record that changes by verbs only."""


class Typing(PlainFormAdmin):
    """A record with a form."""


def viewer() -> User:
    user = User.objects.create_user("viewer", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    return user


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("kind", [Looking, Typing])
def test_an_old_version_is_not_a_form(rf: RequestFactory, kind: Any, method: str) -> None:
    """simple-history saves a POST here for anybody who may look."""
    person = factories.person("ann", name="Ann")
    version = person.history.first()
    request = getattr(rf, method)("/", {"name": "Eve"} if method == "post" else None)
    request.user = viewer()
    answer: HttpResponse = kind(Person, SITE).history_form_view(request, str(person.pk), str(version.pk))
    assert answer.status_code == 405
    person.refresh_from_db()
    assert person.name == "Ann"


def test_rows_are_neither_made_nor_changed_nor_removed(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = User.objects.create_superuser("root", "root@example.org", "x")
    looking = Looking(Person, SITE)
    assert looking.has_view_permission(request)
    assert not looking.has_add_permission(request)
    assert not looking.has_change_permission(request)
    assert not looking.has_delete_permission(request)
    assert looking.has_act_permission(request)
    assert not Typing(Person, SITE).has_delete_permission(request)


def test_acting_needs_the_change_permission(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = viewer()
    assert not Looking(Person, SITE).has_act_permission(request)


def test_related_records_have_no_buttons(rf: RequestFactory) -> None:
    """They would open a frame, which the policy forbids."""
    request = rf.get("/")
    request.user = User.objects.create_superuser("root", "root@example.org", "x")
    form = Typing(Person, SITE).get_form(request)()
    assert not form.fields["user"].widget.can_add_related
    assert Typing(Team, SITE).get_form(request) is not None


def test_a_write_through_the_admin_names_door_and_reason(rf: RequestFactory) -> None:
    user = User.objects.create_superuser("root", "root@example.org", "x")
    person = factories.person("ann", name="Ann")

    def save(request: Any) -> HttpResponse:
        person.name = "Anna"
        person.save()
        return HttpResponse()

    request = rf.post("/", {"_reason": "married"})
    request.user = user
    request._dont_enforce_csrf_checks = True
    SITE.admin_view(save)(request)
    row = person.history.first()
    assert (row.history_door, row.history_change_reason) == ("admin", "married")
