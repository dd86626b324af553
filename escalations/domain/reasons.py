"""Why a person is asked: every reason a case can have, with what to look at before deciding."""

from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Literal

from escalations.domain import questions


class Reason(StrEnum):
    """The code of a case. `words` names it for people, `question` asks what has to be decided."""

    account_unknown = auto()
    account_ambiguous = auto()
    problem_unknown = auto()
    severity_unclear = auto()
    tier_missing = auto()
    fact_unclear = auto()
    owner_unknown = auto()
    sla_unclear = auto()
    sources_disagree = auto()
    condition_unresolved = auto()
    templates_tie = auto()
    field_invalid = auto()
    body_unreadable = auto()
    processing_error = auto()
    records_overlap = auto()
    chain_exhausted = auto()
    routing_loop = auto()
    oversized = auto()
    signatures_failing = auto()
    delivery_failed = auto()
    step_failed = auto()
    qa_failed = auto()
    exception_path = auto()
    source_silent = auto()
    signature_missing = auto()
    activation_refused = auto()

    @property
    def words(self) -> str:
        """The name people read, such as "Account unknown"."""
        return _ABOUT[self].words

    @property
    def guidance(self) -> str:
        """One sentence: what to look at before deciding."""
        return _ABOUT[self].guidance

    @property
    def kind(self) -> Literal["A", "B"]:
        """A: a known exception with an approved way through. B: unknown, it wants triage and a post-mortem."""
        return _ABOUT[self].kind

    @property
    def type_words(self) -> str:
        """The type as a sentence begins: what kind of work it is."""
        return "Type A, known: the way through is approved" if self.kind == "A" else "Type B, unknown: triage it"

    @property
    def asks(self) -> str:
        """What has to be decided, in general."""
        return questions.general(self.value)

    @property
    def blocks_line(self) -> bool:
        """Whether no escalation can open before the decision, so that the case itself is the record.

        Otherwise the escalation is open at the worse value and only what leaves the building pauses.
        """
        return self in _BLOCKING

    @property
    def meanwhile(self) -> str:
        """What runs until it is decided, where anything waits for it."""
        if self.blocks_line:
            return "The case is the record until then."
        return "The record runs at the worse value; only what leaves waits." if self in _HOLDING else ""

    def question(self, **known: object) -> str:
        """The one-sentence question, as precise as what is known allows; the names are those of questions.ask."""
        return questions.ask(self.value, known)


@dataclass(frozen=True, slots=True)
class _About:
    words: str
    kind: Literal["A", "B"]
    guidance: str


_BLOCKING = frozenset(
    {
        Reason.account_unknown,
        Reason.account_ambiguous,
        Reason.problem_unknown,
        Reason.condition_unresolved,
        Reason.templates_tie,
        Reason.field_invalid,
        Reason.body_unreadable,
        Reason.processing_error,
    }
)

_HOLDING = frozenset(
    {
        Reason.severity_unclear,
        Reason.tier_missing,
        Reason.fact_unclear,
        Reason.owner_unknown,
        Reason.sla_unclear,
        Reason.sources_disagree,
        Reason.exception_path,
    }
)

_ABOUT: dict[Reason, _About] = {
    Reason.account_unknown: _About(
        "Account unknown",
        "A",
        "Compare the names, mail domain and identifiers in the signal with the suggested accounts.",
    ),
    Reason.account_ambiguous: _About(
        "Account ambiguous",
        "A",
        "The identifiers in the signal lead to more than one account: see which of them the sender means.",
    ),
    Reason.problem_unknown: _About(
        "Problem unknown",
        "B",
        "Read the message and say in a few words what is wrong, or join it to the record it belongs to.",
    ),
    Reason.severity_unclear: _About(
        "Severity unclear",
        "A",
        "Look at how many people are hit and whether they can still work; it runs at the worse value until then.",
    ),
    Reason.tier_missing: _About(
        "Tier missing",
        "A",
        "Look up the contract of the account; it is treated as the highest tier until then.",
    ),
    Reason.fact_unclear: _About(
        "Fact unclear",
        "A",
        "The sender uses a word that no table knows: say what it means; it runs at the worse value until then.",
    ),
    Reason.owner_unknown: _About(
        "Owner unknown",
        "A",
        "Nobody could be found for the role the template names; the last owner holds it until somebody is.",
    ),
    Reason.sla_unclear: _About(
        "SLA unclear",
        "A",
        "Neither the template nor the SLA policy gives a time; the floor of the policy runs until then.",
    ),
    Reason.sources_disagree: _About(
        "Sources disagree",
        "A",
        "Compare what each source says and since when; the one that was changed last is not always right.",
    ),
    Reason.condition_unresolved: _About(
        "Condition unresolved",
        "B",
        "A template that would come first needs a fact that is missing: supply it, or say which template runs.",
    ),
    Reason.templates_tie: _About(
        "Templates tie",
        "A",
        "Several templates fit at the same order: choose one, and have their order changed so that it stays chosen.",
    ),
    Reason.field_invalid: _About(
        "Field invalid",
        "A",
        "The field, the rule and the value seen stand beside the payload: correct the value or the mapping.",
    ),
    Reason.body_unreadable: _About(
        "Body unreadable",
        "B",
        "The bytes are kept as they came: see where reading stopped, and whether sender or mapping must change.",
    ),
    Reason.processing_error: _About(
        "Processing error",
        "B",
        "The portal itself failed on this signal: the error stands in the case; run it again once the cause is gone.",
    ),
    Reason.records_overlap: _About(
        "Records overlap",
        "A",
        "One signal leads to several open records: see whether they are one problem and which of them goes on.",
    ),
    Reason.chain_exhausted: _About(
        "Chain exhausted",
        "A",
        "Everybody on the chain was asked and nobody acknowledged: find somebody, the last owner keeps being reminded.",
    ),
    Reason.routing_loop: _About(
        "Routing loop",
        "B",
        "It moved between the same people again: the hand-offs say why each gave it away; name one who keeps it.",
    ),
    Reason.oversized: _About(
        "Too large",
        "A",
        "Bodies over the limit are refused before they are read: ask the sender for less, or raise the limit.",
    ),
    Reason.signatures_failing: _About(
        "Signatures failing",
        "A",
        "Either the secret was changed on one side only, or somebody else is sending: compare the secrets first.",
    ),
    Reason.delivery_failed: _About(
        "Delivery failed",
        "A",
        "Every attempt stands with its answer: reach the person another way, then mend the address or the channel.",
    ),
    Reason.step_failed: _About(
        "Step failed",
        "B",
        "See what the step had already changed before it failed, then run it again, do it by hand, or pass over it.",
    ),
    Reason.qa_failed: _About(
        "Check failed",
        "A",
        "The record can not close while a check fails: mend what it names, or close it with a reason.",
    ),
    Reason.exception_path: _About(
        "Exception path",
        "A",
        "The template sends this to a person on purpose: its own words say what to weigh.",
    ),
    Reason.source_silent: _About(
        "Source silent",
        "A",
        "An empty queue may be a dead connector: look at the sender's side, then send a test signal.",
    ),
    Reason.signature_missing: _About(
        "Signature missing",
        "A",
        "An emergency put an earlier version to work and nobody signed it in time: read what changed, then sign it on "
        "its page, or have another version activated.",
    ),
    Reason.activation_refused: _About(
        "Activation refused",
        "A",
        "A signed version was due by schedule and could not go to work: mend what the case names, then activate it.",
    ),
}
