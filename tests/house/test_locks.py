"""The locks: every line hashed, the same version in each, every dependency of pyproject.toml in the right one."""

import re
import tomllib

from tests.house.source import ROOT

PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)([^\n]*)((?:\n    --hash=[^\n]+)*)", re.MULTILINE)


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(text: str) -> dict[str, set[str]]:
    """Versions by package; a universal lock may hold two for different systems."""
    found: dict[str, set[str]] = {}
    for name, version, _, _ in PIN.findall(text):
        found.setdefault(plain(name), set()).add(version)
    return found


def unhashed(text: str) -> list[str]:
    return [name for name, _, _, hashes in PIN.findall(text) if "sha256:" not in hashes]


def lock(level: str) -> str:
    return (ROOT / "requirements" / f"{level}.txt").read_text(encoding="utf-8")


def wanted(specifications: list[str]) -> set[str]:
    return {plain(re.split(r"[\[<>=!~; ]", text, maxsplit=1)[0]) for text in specifications}


def test_each_pin_has_its_hashes() -> None:
    assert {level: unhashed(lock(level)) for level in ("run", "test", "dev")} == {"run": [], "test": [], "dev": []}


def test_a_bigger_lock_holds_the_smaller_one() -> None:
    """tools/environment.sh relies on it: whoever has dev has run."""
    run, test, dev = (pins(lock(level)) for level in ("run", "test", "dev"))
    assert run.items() <= test.items()
    assert test.items() <= dev.items()


def test_the_locks_follow_pyproject() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    assert wanted(project["project"]["dependencies"]) <= pins(lock("run")).keys()
    assert wanted(groups["test"]) <= pins(lock("test")).keys()
    assert wanted(groups["dev"]) <= pins(lock("dev")).keys()


def test_the_checkers_see_a_fault() -> None:
    good = "a==1.0 \\\n    --hash=sha256:00 \\\n    --hash=sha256:01\n    # via b\n"
    assert unhashed(good) == []
    assert unhashed("a==1.0\n" + good.replace("a==", "b==")) == ["a"]
    assert pins("A_b==1 ; x\na-b==2\n") == {"a-b": {"1", "2"}}
    assert wanted(["Django>=6", "django-q2[croniter]==1.11"]) == {"django", "django-q2"}
