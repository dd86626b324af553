"""The one-sentence question of each kind of case, as precise as what is known allows."""

from collections.abc import Iterable, Mapping
from string import Formatter

SEEN = 60  # characters of a value from outside that a question shows
LONGEST = 300  # characters of a whole question


def ask(reason: str, known: Mapping[str, object]) -> str:
    """The question of a reason: the first of its wordings whose every name is known.

    `known` may name subject, source, field, rule, seen, step, title, wait, and lists: `names`,
    `said` ("Zendesk says Enterprise") or `says` (mappings with source and value). What no wording
    uses is ignored. Raises KeyError for a reason without a question.
    """
    told = {name: _told(value) for name, value in known.items()}
    told.setdefault("said", told.get("says", ""))
    told = {name: text for name, text in told.items() if text}
    wording = next(one for one in _WORDINGS[reason] if _wants(one) <= told.keys())
    asked = wording.format_map(told)
    return _cut(asked[:1].upper() + asked[1:], LONGEST)


def general(reason: str) -> str:
    """The question of a reason while nothing is known: its last wording, which names nothing."""
    return _WORDINGS[reason][-1]


def _wants(wording: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(wording) if name}


def _told(value: object) -> str:
    """A value as a question may show it: one short line; a list in words; a claim as who says what."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        source, said = _told(value.get("source")), _told(value.get("value"))
        return f"{source or 'Somebody'} says {said or 'nothing'}"
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        parts = [part for part in map(_told, value) if part]
        return _cut(_listed(parts), 4 * SEEN)
    return _cut(" ".join(str(value).split()), SEEN)


def _listed(parts: list[str]) -> str:
    """Names are joined by "and"; sayings by commas, as each is a sentence of its own."""
    if len(parts) < 2 or any(" says " in part for part in parts):
        return ", ".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


# The last wording of each names nothing, so that there always is a question.
_WORDINGS: dict[str, tuple[str, ...]] = {
    "account_unknown": (
        "{source} names {subject}, which no account carries: whose is it?",
        "{subject} belongs to no known account: whose is it?",
        "Which account does this belong to?",
    ),
    "account_ambiguous": (
        "{subject} fits {names}: which account is meant?",
        "{subject} fits more than one account: which is meant?",
        "More than one account fits: which is meant?",
    ),
    "problem_unknown": (
        "{subject} reports “{title}” without a ticket or problem to tell it by: what is the problem?",
        "{subject} reports something without a ticket or problem to tell it by: what is the problem?",
        "There is no ticket or problem to tell this by: what is the problem?",
    ),
    "severity_unclear": (
        "{said}, which is no known severity: how severe is it?",
        "No source gives a severity for {subject}: how severe is it?",
        "No source gives a severity: how severe is it?",
    ),
    "tier_missing": (
        "{said}, which is no known tier: which one holds?",
        "{subject} has no tier: which one holds?",
        "The account has no tier: which one holds?",
    ),
    "fact_unclear": (
        "{said}, which is no known {field}: which one holds?",
        "{subject} has no known {field}: which one holds?",
        "A fact is not known: which value holds?",
    ),
    "owner_unknown": (
        "Nobody can be found as {field} owner for {subject}: who is it?",
        "Nobody can be found as {field} owner: who is it?",
        "An owner can not be found: who is it?",
    ),
    "sla_unclear": (
        "{said}, for which the SLA has no times: which hold?",
        "The SLA has no times for {subject}: which hold?",
        "The SLA has no times for this: which hold?",
    ),
    "sources_disagree": (
        "{said}: which holds?",
        "The sources disagree on {field}: which holds?",
        "The sources disagree: which holds?",
    ),
    "condition_unresolved": (
        "{names} can not be decided without {field}: what is it?",
        "A fact is missing to choose the template for {subject}: which one runs?",
        "A fact is missing to choose the template: which one runs?",
    ),
    "templates_tie": (
        "{names} fit equally: which one runs?",
        "Several templates fit {subject} equally: which one runs?",
        "Several templates fit equally: which one runs?",
    ),
    "field_invalid": (
        "{subject} sends “{seen}”, but {field} {rule}: what is right?",
        "{field} {rule}: what is right?",
        "The {field} from {subject} is missing or wrong: what is right?",
        "The {field} is missing or wrong: what is right?",
        "A field is missing or wrong: what is right?",
    ),
    "body_unreadable": (
        "What {subject} sent can not be read ({seen}): drop it, or enter it by hand?",
        "What {subject} sent can not be read: drop it, or enter it by hand?",
        "A body can not be read: drop it, or enter it by hand?",
    ),
    "processing_error": (
        "The portal failed on a signal from {subject} ({seen}): run it again?",
        "The portal failed on a signal from {subject}: run it again?",
        "The portal failed on a signal: run it again?",
    ),
    "records_overlap": (
        "One signal fits {names}: are they one problem?",
        "One signal fits several open records of {subject}: are they one problem?",
        "One signal fits several open records: are they one problem?",
    ),
    "chain_exhausted": (
        "Nobody on the chain acknowledged {subject}: who takes it?",
        "Nobody on the chain acknowledged: who takes it?",
    ),
    "routing_loop": (
        "{subject} goes round between {names}: who keeps it?",
        "{subject} goes round between the same people: who keeps it?",
        "It goes round between the same people: who keeps it?",
    ),
    "oversized": (
        "{subject} sends bodies over the limit ({seen}): who makes them smaller?",
        "{subject} sends bodies over the limit: who makes them smaller?",
        "A source sends bodies over the limit: who makes them smaller?",
    ),
    "signatures_failing": (
        "Signatures of {subject} keep failing ({seen}): was its secret changed?",
        "Signatures of {subject} keep failing: was its secret changed?",
        "Signatures of a source keep failing: was its secret changed?",
    ),
    "delivery_failed": (
        "{subject} could not be reached by {field} ({seen}): how else?",
        "{subject} could not be reached by {field}: how else?",
        "{subject} could not be told: how else?",
        "Somebody could not be told: how else?",
    ),
    "step_failed": (
        "Step “{step}” failed ({seen}): again, by hand, or pass over it?",
        "Step “{step}” failed: again, by hand, or pass over it?",
        "A step of {subject} failed: again, by hand, or pass over it?",
        "A step failed: again, by hand, or pass over it?",
    ),
    "qa_failed": (
        "{subject} can not close, because {rule}: what is done about it?",
        "{subject} can not close, a check fails: what is done about it?",
        "A check before closing fails: what is done about it?",
    ),
    "exception_path": (
        "{rule}: how does it go on?",
        "The template asks for a decision on {subject}: how does it go on?",
        "The template asks for a decision: how does it go on?",
    ),
    "source_silent": (
        "{subject} has been silent for {wait}: is it still connected?",
        "{subject} has gone silent: is it still connected?",
        "A source has gone silent: is it still connected?",
    ),
    "signature_missing": (
        "{subject} is at work without its second signature: who signs it?",
        "An emergency is without its second signature: who signs it?",
    ),
    "activation_refused": (
        "{subject} was due and could not go to work ({seen}): what is mended?",
        "{subject} was due and could not go to work: what is mended?",
        "A signed version was due and could not go to work: what is mended?",
    ),
}
