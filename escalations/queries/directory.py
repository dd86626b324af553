"""Who there is, and who is there: people and teams as one lookup for a batch of work."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from escalations.models import Account, Membership, Person
from escalations.queries import rotas
from templates_engine.spec.documents import OwnerRef, OwnershipPolicy


@dataclass(frozen=True, slots=True)
class Directory:
    """People by id and by username, teams by key, as of one moment."""

    people: dict[int, Person]
    usernames: dict[str, Person]
    teams: dict[str, tuple[Person, ...]]
    now: datetime
    policy: OwnershipPolicy
    away: Mapping[int, datetime] = field(default_factory=dict)
    duty: dict[str, Person | None] = field(default_factory=dict)

    def present(self, person: Person) -> bool:
        """Whether the person can act now: active and not absent."""
        return person.is_active and person.pk not in self.away

    def on_call(self, key: str) -> Person | None:
        """Who holds a rota now; None in a gap, and for a rota that there is not."""
        if key not in self.duty:
            shift = rotas.on_call(key, self.now)
            self.duty[key] = self.people.get(shift.person) if shift and shift.person is not None else None
        return self.duty[key]

    @property
    def last_owner(self) -> Person:
        """Whom the ownership policy names as the last owner; raises KeyError with a hint when nobody is."""
        try:
            return self.usernames[self.policy.last_owner]
        except KeyError:
            raise KeyError(f"the ownership policy names {self.policy.last_owner!r}, whom the directory lacks") from None

    def resolve(self, ref: OwnerRef | None, account: Account | None) -> Person | None:
        """The person a reference means now: of a team the first who is present, else its first member."""
        if ref is None:
            return None
        if ref.group:
            members = self.teams.get(ref.group, ())
            return next((one for one in members if self.present(one)), members[0] if members else None)
        if ref.person:
            return self.usernames.get(ref.person)
        if ref.rota:
            return self.on_call(ref.rota)
        owner = account.owner_id if account and ref.account_owner else None
        return self.people.get(owner) if owner else None

    def reviewer(self, reason: str, account: Account | None) -> Person:
        """Who decides cases of a reason; the last owner where nobody is named or present."""
        ref = self.policy.reviewers.get(reason) or self.policy.reviewers.get("default")
        person = self.resolve(ref, account)
        return person if person is not None and self.present(person) else self.last_owner


def directory(*, now: datetime, policy: OwnershipPolicy) -> Directory:
    """Read everybody once (three queries), for a whole batch."""
    people = {person.pk: person for person in Person.objects.all()}
    teams: dict[str, list[Person]] = {}
    rows: Iterable[tuple[str, int]] = (
        Membership.objects.order_by("team_id", "position", "id").values_list("team__key", "person_id").iterator()
    )
    for key, person_id in rows:
        teams.setdefault(key, []).append(people[person_id])
    return Directory(
        people=people,
        usernames={person.username: person for person in people.values()},
        teams={key: tuple(members) for key, members in teams.items()},
        now=now,
        policy=policy,
        away=rotas.away(now),
    )
