"""What the house tests read: the files of the project, as git would take them, and their syntax trees."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("opsportal", "escalations", "templates_engine")
ROOMS = (*PACKAGES, "tools", "benchmarks", "faults")
TEXT = {".py", ".md", ".html", ".txt", ".toml", ".yaml", ".yml", ".json", ".jsonl", ".js", ".css", ".sh", ".csv", ""}


def tree() -> list[Path]:
    """Every file that is, or would be, committed."""
    # A clone made by another user is still ours to read.
    command = ["git", "-c", "safe.directory=*", "ls-files", "-co", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return sorted(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


def texts() -> Iterator[tuple[str, str]]:
    """Name and text of each text file of the tree."""
    for path in tree():
        if path.suffix in TEXT:
            try:
                yield name(path), path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


def modules(*rooms: str) -> Iterator[tuple[str, str]]:
    """Name and text of the Python written by hand in these rooms (all by default)."""
    wanted = rooms or ROOMS
    for path in tree():
        parts = path.relative_to(ROOT).parts
        if path.suffix == ".py" and parts[0] in wanted and "migrations" not in parts:
            yield name(path), path.read_text(encoding="utf-8")


def functions(text: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a module."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def name(path: Path) -> str:
    """A path as people write it, from the root."""
    return path.relative_to(ROOT).as_posix()


def p90(sizes: list[int]) -> int:
    """The size that nine in ten do not exceed (nearest rank)."""
    ordered = sorted(sizes)
    return ordered[-(-len(ordered) * 9 // 10) - 1] if ordered else 0
