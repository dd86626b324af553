"""The order of steps: walking raw bodies with their paths, and laying a template's steps out flat.

A flat step knows the way to it: `block` is "" at the top, "pay:then" inside a branch, "updates" inside a called
template, joined by "/". Its name is its id, behind the ids of the templates that called it: "updates.tell".
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from templates_engine.spec.owners import OwnerRef
from templates_engine.spec.stepkinds import ENDING
from templates_engine.spec.steps import Step
from templates_engine.spec.template import Template

# Deeper nesting nobody reads; more rows nobody follows.
DEEPEST = 5
MOST = 300


@dataclass(frozen=True, slots=True)
class Placed:
    """One step in its place; `version` is the called template's, None for the record's own."""

    name: str
    block: str
    step: Step
    version: int | None = None
    fault: str = ""


def walk(steps: object, path: str = "steps", depth: int = 0) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every raw step with its path, branches included; raises nothing, whatever the body is."""
    if not isinstance(steps, list) or depth > DEEPEST:
        return
    for number, step in enumerate(steps):
        if isinstance(step, dict):
            here = f"{path}.{number}"
            yield here, step
            for side in ("then", "otherwise"):
                yield from walk(step.get(side), f"{here}.{side}", depth + 1)


def flat(steps: Sequence[Step], block: str = "", prefix: str = "", version: int | None = None) -> Iterator[Placed]:
    """The steps in the order in which they are read, without what `run` calls."""
    for step in steps:
        name = f"{prefix}{step.id}"
        yield Placed(name, block, step, version)
        for side in ("then", "otherwise"):
            yield from flat(getattr(step, side) or (), inside(block, f"{name}:{side}"), prefix, version)


def inside(block: str, part: str) -> str:
    """The block inside another."""
    return f"{block}/{part}" if block else part


def stands_in(block: str, outer: str) -> bool:
    """Whether a block is another, or stands inside it; everything stands inside the top."""
    return outer in ("", block) or block.startswith(f"{outer}/")


def lay_out(template: Template, called: Callable[[str], tuple[Template, int] | None]) -> list[Placed]:
    """All steps of a record that opens now: called templates are spliced in, each pinned to its version.

    `called` gives the active template of a key. A template that is not there, calls itself, or makes the
    whole longer than MOST steps leaves its `run` step with a fault in words; the record opens all the same.
    """
    return _laid(flat(template.steps), called, (template.key,), [])


def _laid(
    rows: Iterator[Placed],
    called: Callable[[str], tuple[Template, int] | None],
    path: tuple[str, ...],
    laid: list[Placed],
) -> list[Placed]:
    for row in rows:
        key = row.step.run
        if row.step.do != "run" or key is None:
            laid.append(row)
            continue
        found = None if key in path or len(path) > DEEPEST else called(key)
        fault = "" if found else _why_not(key, path)
        if found and len(laid) + sum(1 for _ in flat(found[0].steps)) > MOST:
            found, fault = None, f"{key} would make this more than {MOST} steps"
        laid.append(Placed(row.name, row.block, row.step, row.version, fault))
        if found:
            steps = [one for one in found[0].steps if one.do not in ENDING]
            inner = flat(steps, inside(row.block, row.name), f"{row.name}.", found[1])
            _laid(inner, called, (*path, key), laid)
    return laid


def _why_not(key: str, path: tuple[str, ...]) -> str:
    if key in path:
        return f"calls itself: {' → '.join((*path, key))}"
    if len(path) > DEEPEST:
        return f"calls deeper than {DEEPEST} templates"
    return f"no template {key} is active"


def calls(template: Template) -> list[str]:
    """The keys of the templates it calls."""
    return [row.step.run for row in flat(template.steps) if row.step.run]


def destinations(template: Template) -> list[str]:
    """The keys of the systems and channels its steps send to, undo included."""
    found = [row.step.destination for row in flat(template.steps)]
    found += [undo.destination for row in flat(template.steps) if (undo := row.step.undo) and undo != "restore"]
    return sorted({key for key in found if key})


def references(template: Template) -> list[OwnerRef]:
    """Teams and people that its steps name beside its owners."""
    named = [one for row in flat(template.steps) for one in row.step.to or ()]
    return [one for one in named if isinstance(one, OwnerRef)]


def named(template: Template) -> dict[str, Step]:
    """Its own steps by id."""
    return {row.step.id: row.step for row in flat(template.steps)}
