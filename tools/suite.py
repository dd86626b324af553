"""Runs the whole suite on SQLite, then on the database of OPSPORTAL_TEST_DATABASE_URL; says what was covered."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tools.databases import TEST_URL, chromium, second_url

ROOT = Path(__file__).resolve().parent.parent
SUMMARY = re.compile(r"^=* ?(\d+ (passed|failed|error|skipped|deselected|xfailed|warning)|no tests ran).* in .*$")
NAMES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


def run(*, database: str, arguments: list[str]) -> tuple[int, str]:
    """One pytest run; its output passes through, and its exit code and own summary line come back."""
    environment = {**os.environ, "OPSPORTAL_TEST_ON": database, "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "pytest", *arguments]
    print(f"\n--- tests on {database}: {' '.join(command[1:])}", flush=True)
    summary = ""
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            if SUMMARY.match(line.strip()):
                summary = line.strip()
    return process.returncode, summary


def workers() -> list[str]:
    """One worker a core, at most four; one core is better off without any."""
    count = min(os.cpu_count() or 1, 4)
    return ["-n", str(count), "--dist", "loadgroup"] if count > 1 else []


def covered(databases: list[str], browser: str | None) -> str:
    """One line that says what this run says something about, and what it does not."""
    line = f"Databases covered: {', '.join(NAMES[database] for database in databases) or 'none'}."
    if not second_url():
        line += f" ({TEST_URL} is not set: nothing was tested on PostgreSQL.)"
    if browser:
        return f"{line} Browser tests: ran once, on SQLite, with {Path(browser).name}."
    return f"{line} Browser tests: skipped, no Chromium on this machine."


def main(extra: list[str]) -> int:
    """Every run is made, even after a failed one; the exit code is the first bad one."""
    runs = [("sqlite", [*workers(), *extra])]
    if second_url():
        runs.append(("postgres", [*workers(), "-m", "not browser and not house", *extra]))
    results = [run(database=database, arguments=arguments) for database, arguments in runs]
    ended = [(database, summary) for (database, _), (_, summary) in zip(runs, results, strict=True)]
    print(f"\n{covered([database for database, summary in ended if summary], chromium())}")
    for database, summary in ended:
        print(f"{NAMES[database]}:\n{summary or 'broke off before any test ended'}")
    return next((code for code, _ in results if code), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
