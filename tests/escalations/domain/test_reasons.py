"""Every reason has its words and always a question that a person can answer."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalations.domain import questions
from escalations.domain.reasons import Reason

SAYS = [{"source": "Zendesk", "value": "Enterprise"}, {"source": "HubSpot", "value": "Pro"}]

ASKED: list[tuple[str, Reason, dict[str, Any], str]] = [
    (
        "Two sources disagree: both stand in the question.",
        Reason.sources_disagree,
        {"says": SAYS, "field": "tier"},
        "Zendesk says Enterprise, HubSpot says Pro: which holds?",
    ),
    (
        "Sayings that were put into words before are taken as they are.",
        Reason.sources_disagree,
        {"said": ["Zendesk says Enterprise", "HubSpot says Pro"]},
        "Zendesk says Enterprise, HubSpot says Pro: which holds?",
    ),
    (
        "Without the values the field is named.",
        Reason.sources_disagree,
        {"field": "tier", "said": []},
        "The sources disagree on tier: which holds?",
    ),
    (
        "With nothing known there still is a question.",
        Reason.tier_missing,
        {},
        "The account has no tier: which one holds?",
    ),
    (
        "Names are joined in words.",
        Reason.templates_tie,
        {"names": ["Critical incident", "Vendor outage", "SLA breach"]},
        "Critical incident, Vendor outage and SLA breach fit equally: which one runs?",
    ),
    (
        "An empty name counts as unknown.",
        Reason.account_unknown,
        {"subject": "  ", "source": "Zendesk"},
        "Which account does this belong to?",
    ),
    (
        "A value from outside is shown on one line, cut, and never read as a wording.",
        Reason.account_unknown,
        {"subject": "{field}\n" + "x" * 80},
        "{field} " + "x" * 51 + "… belongs to no known account: whose is it?",
    ),
    (
        "The first letter is a capital, also of a field's name.",
        Reason.field_invalid,
        {"field": "amount", "rule": "must be a whole number"},
        "Amount must be a whole number: what is right?",
    ),
]


@pytest.mark.parametrize(("why", "reason", "known", "question"), ASKED, ids=[row[0] for row in ASKED])
def test_the_question_says_what_is_known(why: str, reason: Reason, known: dict[str, Any], question: str) -> None:
    assert reason.question(**known) == question, why


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_complete(reason: Reason) -> None:
    assert reason.words[0].isupper()
    assert reason.words.isascii()
    assert reason.guidance.endswith(".")
    assert reason.guidance.count(". ") == 0, "one sentence"
    assert reason.kind in {"A", "B"}
    assert reason.question().endswith("?")


BLOCKING = {
    "account_unknown",
    "account_ambiguous",
    "problem_unknown",
    "condition_unresolved",
    "templates_tie",
    "field_invalid",
    "body_unreadable",
    "processing_error",
}


def test_the_case_is_the_record_only_where_no_escalation_can_open() -> None:
    assert {reason.value for reason in Reason if reason.blocks_line} == BLOCKING


NAMES = ["subject", "source", "field", "rule", "seen", "step", "title", "wait", "names", "said", "says"]
TEXTS = st.sampled_from(["", " ", "x" * 99, "two\nlines", "{subject}", "{", "Zendesk says Pro", "ü “quoted”"])
VALUES = st.one_of(
    st.none(),
    TEXTS,
    st.integers(),
    st.lists(TEXTS, max_size=9),
    st.lists(st.fixed_dictionaries({"source": TEXTS, "value": TEXTS}), max_size=9),
)


@given(reason=st.sampled_from(Reason), known=st.dictionaries(st.sampled_from(NAMES), VALUES))
def test_any_knowledge_gives_one_short_line(reason: Reason, known: dict[str, object]) -> None:
    question = reason.question(**known)
    assert 0 < len(question) <= questions.LONGEST
    assert "\n" not in question
