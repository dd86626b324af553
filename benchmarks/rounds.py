"""J1 in rounds: ours and the peer's take turns within seconds, because the load of a shared machine drifts."""

import json
import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping

from benchmarks import accept, load, peer
from benchmarks.scratch import ROOT

Figures = dict[str, float]
ROUNDS = 3
THREADS = (1, 8)
# Our whole line stands beside the peer's mere insert.
LINES = {1: "J1 whole line, 1 process", 8: "J1 whole line, 2 processes"}


def measure(
    env: dict[str, str], session: str, theirs: peer.Site | None, *, count: int, views: int
) -> dict[str, Figures]:
    """Pages, then rounds of webhooks and of the whole line; medians, and ratios of what ran side by side."""
    seen: dict[str, list[Mapping[str, float]]] = defaultdict(list)
    command = [sys.executable, "-m", "gunicorn", "benchmarks.served:application"]
    with accept.web(env, command, str(ROOT)) as (address, pid):
        found = accept.pages(address, pid, session=session, views=views)
        load.run(address, accept.webhook(env, "warm"), count=40, threads=2, server=pid)
        for _ in range(ROUNDS):
            for threads in THREADS:
                make = accept.webhook(env, f"c{threads}")
                ours = load.run(address, make, count=count, threads=threads, server=pid)
                inserted = _inserted(theirs, count // 4, threads)
                seen[f"J1 accept, {threads} at once"].append(_paired(_said(ours), inserted))
                line = _line(env, 1 if threads == 1 else 2, count)
                seen[LINES[threads]].append(_paired(line, inserted))
    return found | {job: _medians(each) for job, each in seen.items()}


def _inserted(theirs: peer.Site | None, count: int, threads: int) -> Figures:
    return _said(theirs.insert(count, threads)) if theirs else {}


def _line(env: dict[str, str], processes: int, count: int) -> Figures:
    command = [sys.executable, "-m", "benchmarks.line", str(processes), str(count)]
    ran = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{ran.stderr[-4000:]}")
    figures: Figures = json.loads(ran.stdout.strip().splitlines()[-1])
    return figures


def _said(run: load.Run) -> Figures:
    return {
        "per_second": run.per_second,
        "p50_ms": run.p50_ms,
        "p95_ms": run.p95_ms,
        "cpu_ms": run.cpu_ms,
        "failed": run.failed,
    }


def _paired(ours: Figures, theirs: Figures) -> Figures:
    """One round: our figures, the peer's beside them, and how many times better in rate and in CPU."""
    if not theirs:
        return ours
    beside = {f"peer {name}": value for name, value in theirs.items()}
    ratios = {"peer": ours["per_second"] / theirs["per_second"], "peer_cpu": theirs["cpu_ms"] / ours["cpu_ms"]}
    return ours | beside | ratios


def _medians(each: list[Mapping[str, float]]) -> Figures:
    return {name: statistics.median(one[name] for one in each) for name in each[0]}
