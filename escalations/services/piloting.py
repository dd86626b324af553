"""Versions on trial beside the live line: in shadow, where nothing comes of them, or live for one team first."""

from dataclasses import dataclass

from escalations.domain.deciding import Decision
from escalations.models import Signal
from escalations.services.gathering import Gathered
from escalations.services.writing import Writing
from templates_engine.queries import Documents


@dataclass(frozen=True, slots=True)
class Pilots:
    """The versions on trial now, each with its bundle: in shadow by id, and by the team that tries it."""

    shadows: tuple[tuple[int, Documents], ...] = ()
    teams: tuple[tuple[str, Documents], ...] = ()


NONE = Pilots()


def pilots(documents: Documents) -> Pilots:
    """What is on trial now."""
    return NONE


def of_its_team(tried: Pilots, gathered: Gathered, decision: Decision, unit: Writing) -> tuple[Decision, Documents]:
    """The decision and documents of the version that a team tries, where the record would be that team's."""
    return decision, unit.documents


def follow(signal: Signal, tried: Pilots) -> None:
    """Decide in shadow, after the live line has committed."""
