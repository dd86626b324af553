"""`make bench`: the jobs of the portal beside django-helpdesk, in one run on one machine.

Figures of a shared machine are rough: compare ratios, statements and CPU for each, never times with another day's.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks import peer, rounds, scratch, table


def main() -> None:
    """Measure what can be measured here, print one table, keep it as a page."""
    words = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    words.add_argument("--quick", action="store_true", help="see that it runs: small sizes, few repeats")
    words.add_argument("--sizes", default="", help="open records, such as 1000,100000")
    words.add_argument("--no-peer", action="store_true", help="leave django-helpdesk out")
    given = words.parse_args()
    sizes = [int(size) for size in (given.sizes or ("200" if given.quick else "1000,100000")).split(",")]
    notes = [f"{platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start."]
    databases = ["sqlite", "postgres"] if scratch.postgres_answers() else ["sqlite"]
    if "postgres" not in databases:
        notes.append("PostgreSQL did not answer on 127.0.0.1: only SQLite was measured, and no peer.")
    why = "left out" if given.no_peer or "postgres" not in databases else peer.install()
    if why:
        notes.append(f"django-helpdesk: {why}.")
    found: dict[tuple[str, int], table.Found] = {}
    peers: dict[int, table.Found] = {}
    for size in sizes:
        with ExitStack() as stack:
            tell(f"django-helpdesk, {size:,} open: {why or 'starting'}")
            theirs = None if why else stack.enter_context(peer.site(size, times=3 if given.quick else 8))
            peers[size] = theirs.found if theirs else {}
            for database in databases:
                tell(f"Opsportal, {database}, {size:,} open")
                found[database, size] = portal(database, size, theirs, quick=given.quick)
    for database in databases:
        tell(f"Opsportal, {database}, looking back")
        found[database, 0] = looking_back(database, quick=given.quick)
    notes.append(f"Load {os.getloadavg()[0]:.1f} at the end: what is measured by the wall suffers from it, CPU hardly.")
    page = table.markdown(table.rows(found, peers), notes)
    kept = Path(os.environ.get("OPSPORTAL_VAR", scratch.ROOT / "var")) / "bench.md"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(page + "\n", encoding="utf-8")
    print(page)
    tell(f"kept in {kept}")


def portal(database: str, size: int, theirs: peer.Site | None, *, quick: bool) -> table.Found:
    """All jobs of the portal on one database at one size."""
    with scratch.portal(database) as env:
        figures: dict[str, Any] = inside(env, "benchmarks.inside", str(size), *(["--quick"] if quick else []))
        tell(f"  seeded in {figures.pop('seed_s')} s")
        session = str(figures.pop("session"))
        count, views = (40, 10) if quick else (200, 40)
        served = rounds.measure(env, session, theirs, count=count, views=views)
        return {job: served.get(job, {}) | figures.get(job, {}) for job in (*figures, *served)}


def looking_back(database: str, *, quick: bool) -> table.Found:
    """J5 on one database, on a ledger that is empty: what is stored is what is looked back on."""
    with scratch.portal(database) as env:
        found: table.Found = inside(env, "benchmarks.lookback", *(["--quick"] if quick else []))
        return found


def inside(env: dict[str, str], *words: str) -> Any:
    """Run a part of the benchmark in a process of the portal; its last line is what it found."""
    command = [sys.executable, "-m", *words]
    ran = subprocess.run(command, cwd=scratch.ROOT, env=env, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{ran.stdout[-2000:]}{ran.stderr[-4000:]}")
    return json.loads(ran.stdout.strip().splitlines()[-1])


def tell(words: str) -> None:
    """Progress, beside the table."""
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
