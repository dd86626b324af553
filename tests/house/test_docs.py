"""The documentation: every relative link leads somewhere, every command and target it names exists."""

import re
from pathlib import Path

from django.core.management import get_commands

from tests.house.source import ROOT, name, tree

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
COMMAND = re.compile(r"manage\.py\s+([a-z][a-z_]+)")
TARGET = re.compile(r"`make ([a-z]+)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def pages() -> list[Path]:
    return [path for path in tree() if path.suffix == ".md"]


def dead_links(page: Path, text: str) -> list[str]:
    """Relative links of a page that lead to no file, and anchors that no heading of the file makes."""
    faults = []
    for link in LINK.findall(FENCE.sub("", text)):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        file = (page.parent / target).resolve() if target else page
        if not file.exists():
            faults.append(f"{name(page)}: {link}")
        elif (
            anchor and file.suffix == ".md" and anchor not in anchors(text if file == page else file.read_text("utf-8"))
        ):
            faults.append(f"{name(page)}: {link} (no such heading)")
    return faults


def anchors(text: str) -> set[str]:
    """The names that headings get when the page is shown."""
    headings = re.findall(r"^#+\s+(.+?)\s*$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def unknown(text: str, pattern: re.Pattern[str], known: set[str]) -> list[str]:
    return sorted({word for word in pattern.findall(text) if word not in known})


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def test_relative_links_lead_somewhere() -> None:
    assert [fault for page in pages() for fault in dead_links(page, page.read_text(encoding="utf-8"))] == []


def test_commands_named_exist() -> None:
    known = set(get_commands())
    faults = {name(page): unknown(page.read_text(encoding="utf-8"), COMMAND, known) for page in pages()}
    assert {page: words for page, words in faults.items() if words} == {}


def test_make_targets_named_exist() -> None:
    faults = {name(page): unknown(page.read_text(encoding="utf-8"), TARGET, targets()) for page in pages()}
    assert {page: words for page, words in faults.items() if words} == {}


def test_the_checkers_see_a_fault() -> None:
    page = ROOT / "README.md"
    assert dead_links(page, "[a](docs/nowhere.md) ![b](img/none.png) [c](https://example.org) [d](Makefile)") == [
        "README.md: docs/nowhere.md",
        "README.md: img/none.png",
    ]
    assert dead_links(page, "# Two words\n[a](#two-words) [b](#three)") == ["README.md: #three (no such heading)"]
    assert unknown("run `manage.py migrate`, then `manage.py mygrate`", COMMAND, {"migrate"}) == ["mygrate"]
    assert unknown("`make test` and `make tea`", TARGET, targets()) == ["tea"]
