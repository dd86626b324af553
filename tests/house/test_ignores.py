"""Whoever silences a tool says why, on the same line: `# noqa: S603 - the path is ours`."""

import re

import pytest

from tests.house.source import modules, texts

# Written in two halves so that this file does not silence anything itself.
SILENCERS = re.compile(
    r"#\s*(?:" + "no" + r"qa|type:\s*" + "ignore|no" + r"sec|pragma:\s*no\s+cover|djlint:\s*off)\b(.*)", re.IGNORECASE
)
CODES = re.compile(r"^(?:\[[\w\-, ]*\]|:?\s*[A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*)?")


def unexplained(where: str, text: str) -> list[str]:
    """Lines on which a tool is silenced with fewer than two words of reason."""
    faults = []
    for number, line in enumerate(text.splitlines(), 1):
        if match := SILENCERS.search(line):
            reason = CODES.sub("", match.group(1).strip()).strip(" -:#—\t")
            if len(re.findall(r"[A-Za-z]{2,}", reason)) < 2:
                faults.append(f"{where}:{number} {line.strip()}")
    return faults


def test_every_ignore_has_its_reason() -> None:
    rooms = [*modules(), *((where, text) for where, text in texts() if where.startswith("tests/"))]
    own = "tests/house/test_ignores.py"
    assert [fault for where, text in rooms if where != own for fault in unexplained(where, text)] == []


@pytest.mark.parametrize(
    ("line", "faulty"),
    [
        ("x = 1  # noqa", True),
        ("x = 1  # noqa: S603", True),
        ("x = 1  # noqa: S603, S607", True),
        ("x = 1  # type: ignore[attr-defined]", True),
        ("x = 1  # nosec", True),
        ("x = 1  # noqa: S603 - the path is our own", False),
        ("x = 1  # type: ignore[attr-defined]  # added by the mixin", False),
        ("x = 1  # an ordinary remark", False),
    ],
)
def test_the_checker_sees_a_fault(line: str, *, faulty: bool) -> None:
    assert bool(unexplained("a.py", line)) is faulty
