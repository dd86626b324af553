"""A template as somebody reads it: its trigger, its people and its clocks, then its steps one below the other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from opsportal.lib import durations
from templates_engine.spec import phrases, planning
from templates_engine.spec.policies import SlaPolicy
from templates_engine.spec.steps import Step
from templates_engine.spec.template import Template


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the outline.

    `level` is the indentation, `number` the step's ("4", "4a.1" inside a branch, "" for what is no step), `what` one of
    trigger, owner, severity, clock, step, branch, otherwise, exception, check, close; `clock` and `when` are words
    or empty.
    """

    level: int
    number: str
    what: str
    words: str
    clock: str = ""
    when: str = ""
    note: str = ""
    path: str = ""


def outline(template: Template, sla: SlaPolicy | None = None) -> list[Line]:
    """The lines; with an SLA policy the clocks of every severity that the template may run at."""
    return [
        Line(0, "", "trigger", f"When {phrases.condition(template.trigger)}", path="trigger"),
        *_owners(template),
        *_severities(template),
        *_clocks(template, sla),
        *_steps(template.steps, "steps", 0, ""),
        *_exceptions(template),
        *_ending(template),
    ]


def _owners(template: Template) -> Iterator[Line]:
    for role, words in (("primary", "First"), ("backup", "then"), ("escalation", "at last")):
        ref = getattr(template.owners, role)
        raw = ref.model_dump(exclude_none=True, exclude_defaults=True) if ref else None
        yield Line(0, "", "owner", f"{words} {phrases.owner(raw)}", path=f"owners.{role}")


def _severities(template: Template) -> Iterator[Line]:
    for number, rule in enumerate(template.severity_when):
        when = f"if {phrases.condition(rule.when)}"
        yield Line(0, "", "severity", f"Severity {rule.severity}", when=when, path=f"severity_when.{number}")


def _clocks(template: Template, sla: SlaPolicy | None) -> Iterator[Line]:
    own = template.clocks
    if sla is None or (own.acknowledge and own.resolve):
        said = [f"{name} within {phrases.span(span)}" for name, span in own.model_dump(exclude_none=True).items()
                if isinstance(span, str)]  # fmt: skip
        if said:
            yield Line(0, "", "clock", phrases.capital(", ".join(said)), path="clocks")
        return
    for severity in [template.severity] if template.severity else list(sla.levels):
        clocks = planning.plan(template, severity, sla).clocks
        said = [f"{name} within {durations.words(span)}" for name, span in clocks.items()]
        yield Line(0, "", "clock", phrases.capital(", ".join(said)), when=severity, path="clocks")


def _steps(steps: Sequence[Step], path: str, level: int, prefix: str) -> Iterator[Line]:
    for number, step in enumerate(steps, start=1):
        yield from _step(step, f"{path}.{number - 1}", level, f"{prefix}{number}")


def _step(step: Step, path: str, level: int, number: str) -> Iterator[Line]:
    raw = _raw(step)
    branch = step.do == "branch"
    note = [step.title] if step.title and step.do != "open_task" else []
    note += [f"on failure: {phrases.failing(raw)}"] if step.on_failure else []
    note += ["undone when a later step fails"] if step.undo else []
    yield Line(
        level=level,
        number=number,
        what="branch" if branch else "step",
        words=phrases.step(raw),
        clock=phrases.clock(raw),
        when="" if branch or not step.when else f"only if {phrases.condition(step.when)}",
        note="; ".join(note),
        path=path,
    )
    for side, letter in (("then", "a"), ("otherwise", "b")):
        inner = getattr(step, side)
        if inner and side == "otherwise":
            yield Line(level, "", "otherwise", "Otherwise", path=f"{path}.otherwise")
        yield from _steps(inner or (), f"{path}.{side}", level + 1, f"{number}{letter}.")


def _raw(step: Step) -> Mapping[str, Any]:
    return step.model_dump(exclude_none=True, exclude_defaults=True)


def _exceptions(template: Template) -> Iterator[Line]:
    for number, one in enumerate(template.exceptions):
        whom = phrases.owner(one.reviewer.model_dump(exclude_defaults=True)) if one.reviewer else "a person"
        when = f"if {phrases.condition(one.condition)}"
        yield Line(0, "", "exception", f"Ask {whom}: {one.reason}", when=when, path=f"exceptions.{number}")


def _ending(template: Template) -> Iterator[Line]:
    for number, check in enumerate(template.qa):
        words = check.title or phrases.capital(phrases.field(check.check))
        yield Line(0, "", "check", words, path=f"qa.{number}")
    closes = "Closes by itself when the checks have passed" if template.close.when == "qa" else "A person closes it"
    yield Line(0, "", "close", closes, path="close")
