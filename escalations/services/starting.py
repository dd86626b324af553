"""A portal without a demo begins: the first person holds everything until documents say otherwise."""

from datetime import datetime

from escalations.models import Person
from escalations.services import people
from templates_engine import services as documents

OWNERSHIP = """\
# Made at the first start. Name your teams and reviewers here, in a version that somebody else signs.
kind: ownership
key: ownership
title: Who holds and who decides
last_owner: {username}
reviewers:
  default: {{person: {username}}}
review_within: 1h
remind_every: [5m, 15m, 30m, 1h]
max_hops: 8
"""
# The teams that the shipped templates name.
TEAMS = {"support": "Support", "support-backup": "Support backup", "operations": "Operations"}


def begin(*, first: Person, now: datetime) -> None:
    """Make the shipped templates' teams with the first person in them, and the ownership policy that names them."""
    for key, name in TEAMS.items():
        people.save_team(key=key, name=name, members=[first])
    documents.load([("first start", OWNERSHIP.format(username=first.username))], now=now)
