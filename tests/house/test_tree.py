"""What lies in the repository: known roots, no machine's paths, no registry's addresses, well-named migrations."""

import re

import pytest

from tests.house.source import PACKAGES, ROOT, name, texts, tree

ROOT_MODULES = {"manage.py"}
ROOT_PACKAGES = {*PACKAGES, "tests", "tools", "benchmarks", "faults"}

MACHINE = re.compile(r"(?<![\w.:/])/(?:work|root|home/\w+|Users/\w+)/|(?<!\w)[A-Z]:\\Users\\|/tmp/contract")
REGISTRY = re.compile(
    r"pypi\.org/simple|pythonhosted\.org|--(?:extra-)?index-url|--find-links|registry\.npmjs|registry\.yarnpkg"
)
# A line may name a flag of the tool that keeps addresses out.
ALLOWED = re.compile(r"--no-emit-index-url")
OWN = "tests/house/test_tree.py"


def strangers(where: str, text: str) -> list[str]:
    """Lines that name a folder of one machine or the address of a package registry."""
    return [
        f"{where}:{number} {line.strip()[:120]}"
        for number, line in enumerate(text.splitlines(), 1)
        if MACHINE.search(line) or REGISTRY.search(ALLOWED.sub("", line))
    ]


def unnamed(migrations: list[str]) -> list[str]:
    """Migrations that say when they were made instead of what they do."""
    return [where for where in migrations if re.search(r"/\d{4}_auto_", where)]


def test_root_modules_are_known() -> None:
    """Layers are held per package: a package nobody listed would be held by nothing."""
    top = {path.relative_to(ROOT).parts for path in tree() if path.suffix == ".py"}
    assert {parts[0] for parts in top if len(parts) == 1} <= ROOT_MODULES
    assert {parts[0] for parts in top if len(parts) > 1} <= ROOT_PACKAGES


def test_no_machine_paths_and_no_registry_addresses() -> None:
    assert [fault for where, text in texts() if where != OWN for fault in strangers(where, text)] == []


def test_migrations_say_what_they_do() -> None:
    assert unnamed([name(path) for path in tree() if "migrations" in path.parts]) == []


@pytest.mark.parametrize(
    "line",
    # Put together here, so that the sample itself is none.
    [
        "open('/home/" + "ann/x')",
        "cd /" + "work/main",
        "--index" + "-url https://a.example",
        "files.python" + "hosted.org",
    ],
)
def test_the_checker_sees_a_fault(line: str) -> None:
    assert strangers("a.md", line)


@pytest.mark.parametrize("line", ["see docs/work/list.md", "/admin/work/", "uv pip compile --no-emit-index-url"])
def test_the_checker_lets_pass(line: str) -> None:
    assert strangers("a.md", line) == []


def test_the_migration_checker_sees_a_fault() -> None:
    assert unnamed(["a/migrations/0002_auto_20261121_0500.py", "a/migrations/0003_case_owner.py"]) == [
        "a/migrations/0002_auto_20261121_0500.py"
    ]
