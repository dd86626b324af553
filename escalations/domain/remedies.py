"""What rule would end an exception that comes again and again: the proposal beside a group."""

from escalations.domain.reasons import Reason

_MAPPING = "A value in the mapping: say once what the word means, and where nothing is said, what holds."
_IDENTIFIER = "An identifier in the account directory, so that the next such signal finds its account by itself."
_ORDER = "An order of authority for the field, so that the believed source wins without asking."
_TEMPLATE = "A change of the template: its order, its trigger, its owner or its way through."
_SENDER = "No rule of ours ends it: the sender has to change what it sends, or the source its settings."

_BY_REASON: dict[str, str] = {
    Reason.account_unknown: _IDENTIFIER,
    Reason.account_ambiguous: _IDENTIFIER,
    Reason.problem_unknown: "A problem key in the mapping, read from the field that tells one problem from the next.",
    Reason.severity_unclear: _MAPPING,
    Reason.tier_missing: "The tier in the account directory, or a default for it in the mapping.",
    Reason.fact_unclear: _MAPPING,
    Reason.field_invalid: _MAPPING,
    Reason.sources_disagree: _ORDER,
    Reason.owner_unknown: _TEMPLATE,
    Reason.sla_unclear: "A time for this severity in the SLA policy or in the template.",
    Reason.condition_unresolved: _TEMPLATE,
    Reason.templates_tie: _TEMPLATE,
    Reason.exception_path: _TEMPLATE,
    Reason.qa_failed: _TEMPLATE,
    Reason.step_failed: "A way on for the step in the template: what it does when it fails.",
    Reason.chain_exhausted: "Another chain of owners: nobody on this one answers in time.",
    Reason.routing_loop: "One owner who keeps it, named in the template.",
    Reason.delivery_failed: "Another channel in the template, or a mended address of the receiver.",
    Reason.body_unreadable: _SENDER,
    Reason.oversized: _SENDER,
    Reason.signatures_failing: _SENDER,
    Reason.source_silent: _SENDER,
}
# Only a person's decision about these becomes a document; the others are mended where they arise.
RULED = frozenset(
    {
        Reason.account_unknown, Reason.account_ambiguous, Reason.problem_unknown, Reason.severity_unclear,
        Reason.tier_missing, Reason.fact_unclear, Reason.field_invalid, Reason.sources_disagree,
        Reason.templates_tie, Reason.condition_unresolved, Reason.exception_path, Reason.owner_unknown,
    }
)  # fmt: skip


def remedy(reason: str) -> str:
    """The proposal for a reason, in a sentence."""
    return _BY_REASON.get(reason, "Find the cause first: nothing says yet what would have prevented it.")
