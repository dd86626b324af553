"""Who is believed: the named source, its latest word, and the same for every order of arrival."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalations.domain.authority import Claim, Settled, settle

T0 = datetime(2026, 3, 10, 9, tzinfo=UTC)


def claim(source: str, value: Any, minutes: int = 0, signal: int = 1, kind: str = "") -> Claim:
    return Claim(source, value, T0 + timedelta(minutes=minutes), signal, kind)


ORDER = ("hubspot", "zendesk")
WINS: list[tuple[str, list[Claim], tuple[str, ...], Any, str, bool]] = [
    ("Nobody says anything.", [], ORDER, None, "", False),
    ("One source alone holds.", [claim("slack", "Pro")], ORDER, "Pro", "slack", False),
    ("The authority wins over what came later.", [claim("hubspot", "Pro"), claim("zendesk", "Max", 5)], ORDER, "Pro",
     "hubspot", True),
    ("A source without a place comes last.", [claim("slack", "Max", 9), claim("zendesk", "Pro")], ORDER, "Pro",
     "zendesk", True),
    ("Without any order the latest holds.", [claim("slack", "Max"), claim("zendesk", "Pro", 1)], (), "Pro", "zendesk",
     True),
    ("A source counts with its latest claim.", [claim("hubspot", "Pro"), claim("hubspot", "Max", 5, 2)], ORDER, "Max",
     "hubspot", False),
    ("At one moment the later signal counts.", [claim("hubspot", "Max", 0, 7), claim("hubspot", "Pro", 0, 3)], ORDER,
     "Max", "hubspot", False),
    ("A source that emptied the field says nothing.", [claim("hubspot", "Pro"), claim("hubspot", None, 5, 2),
     claim("zendesk", "Max")], ORDER, "Max", "zendesk", False),
    ("An order may name a kind of source.", [claim("crm-eu", "Pro", 0, 1, "hubspot"), claim("zendesk", "Max", 5)],
     ORDER, "Pro", "crm-eu", True),
    ("Capitals and spaces are no disagreement.", [claim("hubspot", "Pro"), claim("zendesk", " pro ")], ORDER, "Pro",
     "hubspot", False),
    ("Five is 5.0.", [claim("hubspot", 5), claim("zendesk", 5.0)], ORDER, 5, "hubspot", False),
    ("Yes is not one.", [claim("hubspot", True), claim("zendesk", 1)], ORDER, True, "hubspot", True),
]  # fmt: skip


@pytest.mark.parametrize(("why", "claims", "order", "value", "source", "others"), WINS, ids=[row[0] for row in WINS])
def test_what_holds(
    why: str, claims: list[Claim], order: tuple[str, ...], value: Any, source: str, others: bool
) -> None:
    settled = settle("tier", claims, order, "win")
    assert (settled.value, settled.source, bool(settled.overruled), settled.conflict) == (value, source, others, False)


def test_a_review_keeps_both_values_and_asks() -> None:
    settled = settle("tier", [claim("zendesk", "Max", 5), claim("hubspot", "Pro")], ORDER, "review")
    assert (settled.value, settled.source, settled.conflict) == ("Pro", "hubspot", True)
    assert [(one.source, one.value) for one in settled.overruled] == [("zendesk", "Max")]
    assert [one.source for one in settled.heard] == ["hubspot", "zendesk"]


def test_agreement_needs_no_review() -> None:
    settled = settle("tier", [claim("zendesk", "pro"), claim("hubspot", "Pro")], ORDER, "review")
    assert not settled.conflict
    assert [one.source for one in settled.agreeing] == ["zendesk"]


def test_while_it_is_reviewed_the_worse_value_holds() -> None:
    worst_first = ("critical", "high", "normal")
    claims = [claim("hubspot", "normal"), claim("zendesk", "High"), claim("slack", "odd")]
    settled = settle("severity", claims, ORDER, "review", worst_first=worst_first)
    assert (settled.value, settled.source, settled.conflict) == ("High", "zendesk", True)
    assert settle("severity", claims, ORDER, "win", worst_first=worst_first).value == "normal"


def test_times_may_be_text_or_missing() -> None:
    claims = [
        Claim("zendesk", "old", "2026-03-10T09:00:00Z", 1),
        Claim("zendesk", "new", "2026-03-10T11:00:00+01:00", 2),
        Claim("zendesk", "never", "", None),
        Claim("zendesk", "odd", "yesterday", 9),
        Claim("zendesk", "naive", "2026-03-10T09:30:00", 3),
    ]
    assert settle("tier", claims, ORDER, "win").value == "new"


CLAIMS = st.lists(
    st.builds(
        claim,
        source=st.sampled_from(["hubspot", "zendesk", "slack", "mail"]),
        value=st.sampled_from(["Pro", "pro", "Max", None, 5, 5.0, True, ["a"]]),
        minutes=st.integers(0, 3),
        signal=st.integers(1, 4),
    ),
    max_size=8,
)


@given(claims=CLAIMS, on_conflict=st.sampled_from(["win", "review"]), data=st.data())
def test_every_order_of_arrival_settles_alike(claims: list[Claim], on_conflict: str, data: st.DataObject) -> None:
    arrived = data.draw(st.permutations(claims))
    assert repr(settle("f", claims, ORDER, on_conflict, worst_first=("Max", "Pro"))) == repr(
        settle("f", arrived, ORDER, on_conflict, worst_first=("Max", "Pro"))
    )


@given(claims=CLAIMS, on_conflict=st.sampled_from(["win", "review"]))
def test_hearing_it_twice_changes_nothing(claims: list[Claim], on_conflict: str) -> None:
    assert repr(settle("f", claims * 2, ORDER, on_conflict)) == repr(settle("f", claims, ORDER, on_conflict))


@given(claims=CLAIMS)
def test_nothing_is_overwritten_in_silence(claims: list[Claim]) -> None:
    """Each source that speaks is believed, agrees, or stands among the overruled; a review asks exactly then."""
    settled: Settled = settle("f", claims, ORDER, "review")
    speaking = {one.source for one in settled.heard}
    told = [one.source for one in (*settled.agreeing, *settled.overruled)]
    assert sorted([*told, *([settled.source] if settled.source else [])]) == sorted(speaking)
    assert settled.conflict == bool(settled.overruled)
