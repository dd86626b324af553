"""What documents say about each other: calls that go round, names that nothing has, paths that nothing reaches."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from templates_engine.spec import flow
from templates_engine.spec.base import Problem
from templates_engine.spec.clocks import CALENDAR
from templates_engine.spec.documents import Document, SlaPolicy, Template
from templates_engine.spec.faults import meant
from templates_engine.spec.templatechecks import constant

Named = tuple[str, Problem]


def across(documents: Sequence[tuple[str, Document]], known: Iterable[Document] = ()) -> list[Named]:
    """Problems between these named documents, taken together with those that are active already."""
    both = _together([one for _, one in documents], known)
    templates = {key: one for (kind, key), one in both.items() if kind == "template" and isinstance(one, Template)}
    sla = next((one for one in both.values() if isinstance(one, SlaPolicy)), None)
    found: list[Named] = []
    for name, one in documents:
        if isinstance(one, Template):
            found += [(name, problem) for problem in _calls(one, templates)]
            found += [(name, problem) for problem in _hours(one, sla)]
    return found


def remarks(documents: Sequence[tuple[str, Document]], known: Iterable[Document] = ()) -> list[Named]:
    """What is no fault and yet worth a look: equal orders, a trigger that always holds above others."""
    both = _together([one for _, one in documents], known)
    templates = sorted((one for one in both.values() if isinstance(one, Template)), key=lambda one: one.order)
    keys = {one.key for one in templates}
    found: list[Named] = []
    for name, one in documents:
        if not isinstance(one, Template):
            continue
        same = [other.key for other in templates if other.order == one.order and other.key != one.key]
        if same:
            words = f"{', '.join(same)} has the same order: where both hold, a person is asked"
            found.append((name, Problem("order", words)))
        for path, key in _called(one):
            if key not in keys:
                words = meant(key, keys) or "while none is active, the step asks a person"
                found.append((name, Problem(path, f"no template {key} is known: {words}")))
        below = [other.key for other in templates if other.order > one.order]
        if below and constant(one.trigger) is True:
            found.append((name, Problem("trigger", f"always holds: {', '.join(below)} is never reached")))
    return found


def _together(new: Iterable[Document], known: Iterable[Document]) -> dict[tuple[str, str], Document]:
    return {(one.kind, one.key): one for one in (*known, *new)}


def _calls(template: Template, templates: Mapping[str, Template]) -> Iterator[Problem]:
    for path, key in _called(template):
        if key not in templates:
            continue  # a remark: it may be loaded after this one
        round_trip = _round(template.key, key, templates)
        if round_trip:
            yield Problem(path, f"calls itself: {' → '.join(round_trip)}")


def _called(template: Template) -> list[tuple[str, str]]:
    """The paths of steps that call a template, and its key."""
    raw = template.model_dump(exclude_none=True, include={"steps"}).get("steps")
    return [(f"{path}.run", str(step["run"])) for path, step in flow.walk(raw) if step.get("run")]


def _round(start: str, first: str, templates: Mapping[str, Template]) -> list[str]:
    """The way by which calls come back to the start; empty where none does."""
    waiting, seen = [[start, first]], {first}
    while waiting:
        way = waiting.pop()
        if way[-1] == start:
            return way
        template = templates.get(way[-1])
        for _, key in _called(template) if template else ():
            if key == start:
                return [*way, key]
            if key not in seen:
                seen.add(key)
                waiting.append([*way, key])
    return []


def _hours(template: Template, sla: SlaPolicy | None) -> Iterator[Problem]:
    hours = template.clocks.hours
    known = {CALENDAR, *(sla.hours if sla else ())}
    if hours is not None and sla is not None and hours not in known:
        yield Problem("clocks.hours", f"no hours {hours!r} in the SLA policy; known are {', '.join(sorted(known))}")
