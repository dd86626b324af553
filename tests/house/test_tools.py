"""What a newcomer types first: finding a Python, one line when there is none, help, and what a run covered."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.source import ROOT
from tools.postgres import listening
from tools.suite import SUMMARY, covered


def sh(*command: str, path: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run a script of the house with nothing in the environment but a PATH and a home."""
    return subprocess.run(
        command, cwd=ROOT, env={"PATH": path, "HOME": str(home)}, capture_output=True, text=True, check=False
    )


def tools_only(folder: Path) -> str:
    """A PATH with the tools that the scripts use, and no Python."""
    for name in ("sh", "ls", "cat", "dirname", "basename"):
        found = next(Path(part) / name for part in os.defpath.split(":") if part and (Path(part) / name).exists())
        (folder / name).symlink_to(found)
    return str(folder)


def fake_python(path: Path, *, fits: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{'exec ' + sys.executable + ' "$@"' if fits else 'exit 127'}\n")
    path.chmod(0o755)


def test_without_a_python_one_line_says_what_to_install(tmp_path: Path) -> None:
    done = sh("sh", "tools/python.sh", path=tools_only(tmp_path), home=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "install" in done.stderr


def test_a_name_that_does_not_start_is_passed_over_for_one_that_does(tmp_path: Path) -> None:
    """pyenv leaves a shim for each version it knows, whether switched on or not."""
    path = tools_only(tmp_path)
    fake_python(tmp_path / "python3.13", fits=False)
    fake_python(tmp_path / ".pyenv/versions/3.12.1/bin/python3", fits=True)
    done = sh("sh", "tools/python.sh", path=path, home=tmp_path)
    assert done.stdout.strip() == str(tmp_path / ".pyenv/versions/3.12.1/bin/python3")


def test_an_unknown_lock_is_refused(tmp_path: Path) -> None:
    done = sh("sh", "tools/environment.sh", "everything", path=os.environ["PATH"], home=tmp_path)
    assert done.returncode == 2
    assert "not 'everything'" in done.stderr


def test_help_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    assert set(phony[1].split()) == set(re.findall(r"^([a-z]+):.*## \S", makefile, re.MULTILINE))


@pytest.mark.parametrize("script", ["tools/python.sh", "tools/environment.sh", "tools/lock.sh"])
def test_scripts_are_plain_sh(script: str) -> None:
    assert subprocess.run(["sh", "-n", script], cwd=ROOT, check=False).returncode == 0


def test_a_run_says_what_it_did_not_cover(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPSPORTAL_TEST_DATABASE_URL", raising=False)
    assert "Databases covered: none." in covered([], None)
    assert "nothing was tested on PostgreSQL" in covered(["sqlite"], None)
    assert "no Chromium" in covered(["sqlite"], None)
    assert covered(["sqlite", "postgres"], "/usr/bin/chromium").startswith("Databases covered: SQLite, PostgreSQL.")


@pytest.mark.parametrize(
    ("line", "is_summary"),
    [
        ("====== 3 passed, 1 skipped in 1.20s ======", True),
        ("12 failed, 2 passed in 3.00s", True),
        ("3 passed today, said the log", False),
    ],
)
def test_the_summary_line_is_found(line: str, *, is_summary: bool) -> None:
    assert bool(SUMMARY.match(line)) is is_summary


def test_asking_whether_a_database_listens_never_raises() -> None:
    assert listening() in {True, False}
