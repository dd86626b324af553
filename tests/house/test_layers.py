"""The contracts of pyproject.toml catch what they are there for: they are run over small broken houses.

The real tree is checked by `make check` (lint-imports); import-linter comes with the dev lock.
"""

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.house.source import ROOT

pytest.importorskip("importlinter", reason="import-linter comes with requirements/dev.txt")

ROOMS = {
    "opsportal": ["settings", "audit", "lib", "lib.queue"],
    "escalations": ["admin", "tasks", "pipeline", "services", "queries", "channels", "models", "sources", "domain"],
    "templates_engine": ["admin", "services", "queries", "models", "spec"],
}


def house(folder: Path, broken: dict[str, str]) -> str:
    """Build a house of empty rooms with some broken ones; what import-linter says about it."""
    for package, rooms in ROOMS.items():
        for room in ("", *rooms):
            module(folder, f"{package}.{room}".rstrip("."), "")
    for dotted, text in broken.items():
        module(folder, dotted, text)
    start = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (folder / "pyproject.toml").write_text(start[start.index("[tool.importlinter]") :], encoding="utf-8")
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def module(folder: Path, dotted: str, text: str) -> None:
    path = folder.joinpath(*dotted.split("."), "__init__.py")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def broken(report: str) -> set[str]:
    """Names of the contracts that did not hold."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    flat = " ".join(report.split())
    return {contract["id"] for contract in contracts if f"{contract['name']} BROKEN" in flat}


def contract(called: str) -> dict[str, Any]:
    every = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    found: dict[str, Any] = next(one for one in every if one["id"] == called)
    return found


def test_the_house_contract_names_every_room_of_the_project() -> None:
    """It spans three packages, so import-linter can not hold it to be complete; `project` it can."""
    above = {room.strip("( )").removeprefix("opsportal.") for room in contract("house")["layers"][0].split(":")}
    listed = {room.strip("( )") for floor in contract("project")["layers"] for room in floor.split(":")}
    assert above == listed - {"audit", "lib"}


def test_an_empty_house_holds(tmp_path: Path) -> None:
    report = house(tmp_path, {})
    assert "0 broken" in report
    assert broken(report) == set()


@pytest.mark.parametrize(
    ("contract", "rooms"),
    [
        ("house", {"templates_engine.services": "import escalations.models"}),
        ("project", {"opsportal.garden": ""}),
        ("escalations", {"escalations.models": "import escalations.services"}),
        ("escalations", {"escalations.kitchen": ""}),
        ("escalations", {"escalations.pipeline": "import escalations.clockwork", "escalations.clockwork": ""}),
        ("escalations", {"escalations.queries": "import escalations.channels"}),
        ("templates-engine", {"templates_engine.spec": "import templates_engine.models"}),
        ("plain", {"escalations.domain": "import django"}),
        ("plain", {"escalations.domain": "import opsportal.lib", "opsportal.lib": "import django.utils"}),
        ("channels", {"escalations.channels": "import escalations.models"}),
        ("queue", {"escalations.tasks": "import django_q.tasks"}),
        ("cycles", {"opsportal.lib.a": "import opsportal.lib.b", "opsportal.lib.b": "import opsportal.lib.a"}),
    ],
)
def test_a_broken_house_is_seen(tmp_path: Path, contract: str, rooms: dict[str, str]) -> None:
    assert contract in broken(house(tmp_path, rooms))


def test_the_queue_may_know_django_q(tmp_path: Path) -> None:
    assert broken(house(tmp_path, {"opsportal.lib.queue": "import django_q.tasks"})) == set()
