"""Checks before closing: each by what the ledger shows, and no check is passed unseen."""

from dataclasses import replace

import pytest

from escalations.domain.qa import CheckResult, Evidence, run

GOOD = Evidence(acknowledged=True, notified=True, open_cases=0, open_promises=0, resolution_noted=True)
FAILING = [
    ("Nobody took it.", "acknowledged", replace(GOOD, acknowledged=False), "nobody has acknowledged it"),
    ("No message arrived.", "notified", replace(GOOD, notified=False), "no message is proved to have arrived"),
    ("A case waits.", "no_open_case", replace(GOOD, open_cases=1), "1 case is still open"),
    ("Several cases wait.", "no_open_case", replace(GOOD, open_cases=3), "3 cases are still open"),
    ("A promise runs.", "no_open_promise", replace(GOOD, open_promises=2), "2 promises are still open"),
    ("A task waits.", "no_open_task", replace(GOOD, open_tasks=1), "1 task is still open"),
    ("No word on how.", "resolution_noted", replace(GOOD, resolution_noted=False), "nothing says how it was resolved"),
    ("A check nobody knows fails.", "moon_phase", GOOD, "there is no check named moon_phase"),
]


@pytest.mark.parametrize(("why", "check", "evidence", "words"), FAILING, ids=[row[0] for row in FAILING])
def test_what_keeps_a_record_open(why: str, check: str, evidence: Evidence, words: str) -> None:
    assert run([("q1", check)], evidence) == (CheckResult("q1", False, words),), why


def test_all_results_in_order() -> None:
    checks = [(check, check) for _, check, _, _ in FAILING[:-1]]
    results = run(checks, GOOD)
    assert [result.id for result in results] == [check for check, _ in checks]
    assert all(result.passed and result.words for result in results)
    assert run([], GOOD) == ()
