"""People and teams: the verbs behind their plain forms, the demo and the API."""

from escalations.models import Membership, Person, Team
from escalations.services.errors import Refused
from opsportal.audit.acting import acting
from templates_engine.queries import active_documents


def save_person(*, person: Person) -> Person:
    """Write a person; the one whom the ownership policy names as last owner must stay active."""
    if not person.is_active and person.username == active_documents().ownership.last_owner:
        raise Refused({"is_active": "the ownership policy names this person as the last owner: name another first"})
    with acting(reason="people"):
        person.save()
    return person


def save_team(*, key: str, name: str, members: list[Person]) -> Team:
    """Write a team with its members in their order."""
    with acting(reason="teams"):
        team, _ = Team.objects.get_or_create(key=key, defaults={"name": name})
        for position, person in enumerate(members):
            place, made = Membership.objects.get_or_create(team=team, person=person, defaults={"position": position})
            if not made and place.position != position:
                place.position = position
                place.save()
    return team
