"""Whom a document means: a role on the record, or somebody who is looked up when needed."""

from typing import Literal

from pydantic import model_validator

from templates_engine.spec.base import Key, Strict

Role = Literal["primary", "backup", "escalation", "owner", "account_owner"]


class OwnerRef(Strict):
    """A role that is looked up when it is needed: exactly one of a team, a person, the account's owner."""

    team: Key | None = None
    person: str | None = None
    account_owner: bool = False

    @model_validator(mode="after")
    def _one(self) -> "OwnerRef":
        if sum((self.team is not None, self.person is not None, self.account_owner)) != 1:
            raise ValueError("give exactly one of team, person, account_owner: true")
        return self

    @property
    def words(self) -> str:
        """The reference as a person says it."""
        if self.team:
            return f"team {self.team}"
        return f"person {self.person}" if self.person else "the account's owner"
