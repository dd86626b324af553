"""Sources that disagree: one question or one rule a field, and the same facts for every order of arrival."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from escalations.domain.authority import Claim, settle
from escalations.domain.inputs import claim, heard
from escalations.domain.settling import Rule, Settlement, settle_all

T0 = datetime(2026, 3, 10, 9, tzinfo=UTC)
ORDERS = {"severity": ["critical", "high", "normal"], "tier": ["enterprise", "pro"]}
FIELDS = ["severity", "tier", "title", "amount"]
SOURCES = ["HubSpot", "Zendesk EU", "Stripe", "Slack", "Jira"]
VALUES = {
    "severity": ["critical", "high", "High ", "normal"],
    "tier": ["enterprise", "pro"],
    "title": ["Down", "down ", "Slow"],
    "amount": [5, 5.0, 7],
}


@st.composite
def arrivals(draw: st.DrawFn) -> list[dict[str, Claim]]:
    """Up to five sources, each saying something about some of the declared fields at some time."""
    named = draw(st.lists(st.sampled_from(SOURCES), min_size=1, max_size=5, unique=True))
    signals = []
    for pk, source in enumerate(named):
        at = T0 + timedelta(minutes=draw(st.integers(0, 3)))
        fields = draw(st.lists(st.sampled_from(FIELDS), unique=True))
        signals.append(
            {name: Claim(source, draw(st.sampled_from(VALUES[name])), at, pk, source[:4].lower()) for name in fields}
        )
    return signals


RULES = st.fixed_dictionaries(
    {
        name: st.builds(
            Rule,
            order=st.permutations(["hubspot", "zendesk-eu", "stri", "Slack"]).map(lambda order: tuple(order[:3])),
            on_conflict=st.sampled_from(["win", "review"]),
        )
        for name in FIELDS
    }
)


def arrive(signals: list[dict[str, Claim]], rules: Mapping[str, Rule], decided: Mapping[str, Any]) -> Settlement:
    """Signal by signal, each beside what is kept of those before, as the line hears them."""
    kept: dict[str, list[list[Any]]] = {}
    for signal in signals:
        before = [{name: claim(one)} for name, every in kept.items() for one in every]
        kept = heard([*before, signal])
    return settle_all({name: [claim(one) for one in every] for name, every in kept.items()}, rules, ORDERS, decided)


@given(arrivals(), RULES, st.sampled_from([{}, {"severity": "high"}, {"title": "Down", "tier": "pro"}]))
def test_every_order_of_arrival_settles_the_same(
    signals: list[dict[str, Claim]], rules: dict[str, Rule], decided: dict[str, Any]
) -> None:
    first = arrive(signals, rules, decided)
    assert all(arrive(list(order), rules, decided) == first for order in permutations(signals))


@given(arrivals(), RULES, st.sampled_from([{}, {"severity": "high"}]))
def test_each_disagreement_is_one_question_or_one_rule_and_nothing_is_lost(
    signals: list[dict[str, Claim]], rules: dict[str, Rule], decided: dict[str, Any]
) -> None:
    found = arrive(signals, rules, decided)
    asked = [one["field"] for one in found.conflicts]
    assert len(asked) == len(set(asked))
    for name in FIELDS:
        said = [one[name] for one in signals if name in one]
        differ = {str(one.value).strip().casefold().removesuffix(".0") for one in said}
        assert (name in asked) == (len(differ) > 1 and rules[name].on_conflict == "review" and name not in decided)
        if name in asked:
            (question,) = [one for one in found.conflicts if one["field"] == name]
            assert sorted((one["source"], str(one["value"]), one["at"]) for one in question["says"]) == sorted(
                (one.source, str(one.value), str(one.at)) for one in said
            )
        elif len(differ) > 1 and name not in decided:
            assert found.facts[name]["overruled"], "the other value stays beside the one that won"
        if name in decided and name in found.facts:
            assert found.facts[name] | {"overruled": 0, "agree": 0} == {
                "value": decided[name], "source": "decided", "overruled": 0, "agree": 0,
            }  # fmt: skip


def test_an_order_names_a_source_by_its_slug_before_its_kind() -> None:
    eu, us = Claim("Zendesk EU", "pro", T0, 1, "zendesk"), Claim("Zendesk US", "enterprise", T0, 2, "zendesk")
    assert settle("tier", [eu, us], ["zendesk-eu", "zendesk"], "win").value == "pro"
    assert settle("tier", [eu, us], ["zendesk-us", "zendesk"], "win").value == "enterprise"
    assert settle("tier", [eu, us], ["zendesk", "zendesk-eu"], "win").value == "enterprise"
