"""Those who write and sign documents, and a text to write."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from escalations.models import Person
from escalations.services import governing, people
from templates_engine.models import Version

PAYOUTS = """# Payouts are what customers call about first.
kind: template
key: payouts
title: Payouts are rejected
order: 45
intent: A customer whose payouts are rejected hears from us within the hour.
trigger: title.contains("Payout")
owners:
  primary: {team: support}
  backup: {team: support-backup}
  escalation: {team: operations}
steps:
  - {id: assign, do: assign, to: primary, title: Assign support}
  - {id: tell, do: notify, to: [primary], title: Tell support}
  - {id: acknowledge, do: wait_for_acknowledgement, within: 15m, title: Acknowledge}
  - {id: solve, do: wait_for_resolution, title: Solve it}
  - {id: checks, do: check, title: Check before closing}
  - {id: close, do: close, title: Close}
qa:
  - {id: noted, check: resolution_noted}
outcome: The payout went through.
"""


def colleague(username: str, name: str, role: str) -> Person:
    """Somebody with a login in a role."""
    user = User.objects.create_user(username, password="pass")
    user.groups.add(Group.objects.get(name=role))
    return people.save_person(person=Person(username=username, name=name, title=role.capitalize(), user=user))


def client_of(person: Person) -> Client:
    """A browser in which they are signed in."""
    client = Client()
    assert person.user is not None
    client.force_login(person.user)
    return client


def draft_of(person: Person, text: str = PAYOUTS, **given: Any) -> Version:
    """A draft they wrote."""
    assert person.user is not None
    at: datetime = given.pop("now", timezone.now())
    return governing.draft(text=text, author=person.user, now=at, **given)


def activated(version: Version, *, author: Person, approver: Person) -> Version:
    """The same draft after its whole way: asked for, signed, at work. Whom it names can be reached."""
    for person in Person.objects.filter(email=""):
        person.email = f"{person.username}@example.org"
        people.save_person(person=person)
    assert author.user is not None
    assert approver.user is not None
    now = timezone.now()
    governing.submit(version_id=version.pk, by=author.user, intent="Payouts come first.", now=now)
    seen = Version.objects.get(pk=version.pk).digest
    governing.approve(version_id=version.pk, by=approver.user, seen_digest=seen, comment="Read.", now=now)
    return governing.activate(version_id=version.pk, by=approver.user, now=now)
