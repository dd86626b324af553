"""Whom a document means: a role on the record, or somebody who is looked up when needed."""

from typing import Literal

from pydantic import model_validator

from templates_engine.spec.base import Key, Strict, later

Role = Literal["primary", "backup", "escalation", "owner", "account_owner"]

_WORDS = {
    "team": "team {}",
    "person": "person {}",
    "account_owner": "the account's owner",
    "rota": "who is on call in {}",
    "round_robin": "the next of team {}",
    "manager_of": "the manager of the {}",
}


class OwnerRef(Strict):
    """Somebody who is looked up when needed: exactly one of the fields."""

    team: Key | None = None
    """Of this team the first member who is there."""
    person: str | None = None
    """This person, by username."""
    account_owner: bool = False
    """Whoever owns the account."""
    rota: Key | None = None
    """Whoever is on call in this rota."""
    round_robin: Key | None = later()
    """Of this team the member whose turn it is; today the first who is there."""
    manager_of: Role | None = later()
    """The manager of whoever has this role; today nobody is found, and a case asks."""
    nobody: bool = False
    """An empty place: the next in the chain is asked at once."""

    @model_validator(mode="after")
    def _one(self) -> "OwnerRef":
        given = [name for name in type(self).model_fields if getattr(self, name) not in (None, False)]
        if len(given) != 1:
            raise ValueError(f"give exactly one of {', '.join(type(self).model_fields)}")
        return self

    @property
    def group(self) -> str | None:
        """The team whose first present member is meant: a team, or today the team whose turns are taken."""
        return self.team or self.round_robin

    @property
    def words(self) -> str:
        """The reference as a person says it."""
        for name, words in _WORDS.items():
            said = getattr(self, name)
            if said not in (None, False):
                return words.format(said)
        return "nobody"
