"""One problem, one record: the same keys however it is told, and never those of another customer."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalations.domain.correlation import LONGEST, keys, normalise_problem

KEYS: list[tuple[str, int | None, dict[str, Any], list[str], tuple[str, ...]]] = [
    ("Nothing to go by.", 7, {}, [], ()),
    ("A ticket is one ticket wherever it is named.", 7, {}, ["ticket:zendesk:42"], ("ticket:zendesk:42",)),
    ("A ticket needs no account.", None, {}, [" Ticket: Zendesk : 42 "], ("ticket:zendesk:42",)),
    ("An id is kept to the letter.", 7, {}, ["ticket:jira:Ops-1"], ("ticket:jira:Ops-1",)),
    ("A ticket without its id is no key.", 7, {}, ["ticket:zendesk:", "ticket:42"], ()),
    ("A problem is one of its account.", 7, {"problem": "Login fails!"}, [], ("problem:7:login fails",)),
    ("A problem of an unknown account joins nothing.", None, {"problem": "login"}, ["problem:login"], ()),
    ("The mapping may name the problem.", 7, {}, ["problem:LOGIN"], ("problem:7:login",)),
    (
        "A corrected problem stands above what the mapping saw.",
        7,
        {"problem": "billing"},
        ["problem:login"],
        ("problem:7:billing",),
    ),
    ("Text without a letter is no problem.", 7, {"problem": "?!"}, ["problem:..."], ()),
    ("Anything else holds within its account.", 7, {}, ["incident:ab:12"], ("incident:7:ab:12",)),
    (
        "Tickets come first, each key once.",
        7,
        {"problem": "login"},
        ["problem:login", "ticket:zendesk:2", "ticket:zendesk:2", "ticket:hubspot:1"],
        ("ticket:hubspot:1", "ticket:zendesk:2", "problem:7:login"),
    ),
    ("A key without a name or value is none.", 7, {}, ["", ":", "incident:", ":x"], ()),
]


@pytest.mark.parametrize(("why", "account", "facts", "mapped", "wanted"), KEYS, ids=[row[0] for row in KEYS])
def test_the_keys_of_a_signal(
    why: str, account: int | None, facts: dict[str, Any], mapped: list[str], wanted: tuple[str, ...]
) -> None:
    assert keys(account, facts, mapped) == wanted, why


SAME: list[tuple[str, str, str]] = [
    ("Capitals do not matter.", "LOGIN fails", "login fails"),
    ("Nor does punctuation.", "Login fails!!! (again)", "login fails again"),
    ("Nor spaces and lines.", " login \n\t fails ", "login fails"),
    ("Counts differ each time it is told.", "3 users hit error 504", "0 users hit error 0"),
    ("So do times and dates.", "down since 2026-03-10 09:30", "down since 0"),
    ("Digits stay where they are part of a word.", "ipv6 on m2", "ipv0 on m0"),
    ("Letters of every script stay.", "Störung im Büro: ÜBER", "störung im büro über"),
    ("Wide letters are letters.", "\uff2cogin", "login"),
    ("Marks are part of their letter.", "की", "की"),
]


@pytest.mark.parametrize(("why", "told", "normal"), SAME, ids=[row[0] for row in SAME])
def test_a_problem_in_its_lasting_words(why: str, told: str, normal: str) -> None:
    assert normalise_problem(told) == normal, why


def test_marks_tell_words_apart() -> None:
    assert normalise_problem("कि") != normalise_problem("की")


@given(text=st.text(max_size=60))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise_problem(text)
    assert normalise_problem(once) == once


@given(
    account=st.integers(1, 9),
    mapped=st.lists(st.sampled_from(["ticket:zendesk:1", "problem:x", "incident:9", "ticket:hubspot:" + "9" * 300])),
    problem=st.none() | st.text(max_size=400),
    data=st.data(),
)
def test_keys_are_stable_short_and_of_one_account(
    account: int, mapped: list[str], problem: str | None, data: st.DataObject
) -> None:
    facts = {"problem": problem}
    found = keys(account, facts, mapped)
    assert keys(account, facts, data.draw(st.permutations(mapped))) == found
    assert len(set(found)) == len(found)
    assert all(0 < len(key) <= LONGEST for key in found)
    other = keys(account + 1, facts, mapped)
    assert {key for key in found if key in other} == {key for key in found if key.startswith("ticket:")}


def test_long_keys_stay_apart() -> None:
    first, second = keys(7, {"problem": "a" * 300 + "b"}, []), keys(7, {"problem": "a" * 300 + "c"}, [])
    assert first != second
    assert len(first[0]) == len(second[0]) == LONGEST
