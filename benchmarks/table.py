"""One table of everything that was measured, the peer and the goal beside it."""

from collections.abc import Mapping

Figures = Mapping[str, float]
Found = Mapping[str, Figures]

# The pages of J2, by the name of their row.
PAGES = {
    "desk fragment": "/desk/rows/?view=all",
    "desk page": "/",
    "record": "/desk/record/1/",
    "review page": "/review/",
}
# Figure: at most, or for a rate at least. "peer" and "peer_cpu": how many times its rate, how many times less CPU.
GOALS: dict[str, Figures] = {
    "J1 accept, 1 at once": {"peer": 10, "peer_cpu": 10},
    "J1 accept, 8 at once": {"peer": 10, "peer_cpu": 10},
    "J1 whole line, 2 processes": {"per_second": 96, "by_cpu": 96, "peer": 2, "peer_cpu": 2},
    "J2 desk fragment": {"p50_ms": 25, "sql": 12, "kb": 60, "growth": 1.2},
    "J2 desk page": {"p50_ms": 60, "sql": 12, "growth": 1.2},
    "J2 record": {"p50_ms": 25, "sql": 12, "growth": 1.2},
    "J2 review page": {"p50_ms": 60, "sql": 12, "growth": 1.2},
    "J3 sweep k=0": {"ms": 5},
    "J3 sweep k=1000": {"ms": 500},
    "J5 backtest, generated signals": {"per_core": 2000},
    "J5 backtest, incident log": {"per_core": 2000, "seconds": 60},
}
AT_LEAST = ("per_second", "per_core", "by_cpu", "peer", "peer_cpu")
UNITS = {
    "per_second": "/s",
    "per_core": "/s per core",
    "signals": " signals",
    "seconds": " s",
    "changed": " sent another way",
    "by_cpu": "/s by CPU if two cores were ours",
    "p50_ms": " ms p50",
    "p95_ms": " ms p95",
    "ms": " ms",
    "cpu_ms": " ms CPU",
    "db_cpu_ms": " ms CPU in the database",
    "sql": " SQL",
    "sql_cold": " SQL cold",
    "kb": " KB",
    "growth": " x the smallest",
    "peer": " x the peer's rate",
    "peer_cpu": " x less CPU than the peer",
    "failed": " failed",
}
COUNTS = ("sql_cold", "failed", "signals", "changed")


def rows(found: Mapping[tuple[str, int], Found], peers: Mapping[int, Found]) -> list[list[str]]:
    """A row a job, size and database."""
    lines = []
    for (database, size), jobs in found.items():
        # Looking back needs no open records: its size is none, and no page is compared with it.
        first = min(number for name, number in found if name == database and bool(number) == bool(size))
        for job, figures in jobs.items():
            shown = {**figures, **_growth(figures, found[database, first].get(job, {}) if size != first else {})}
            # What took turns with the peer brings its figures along.
            beside = {name[5:]: value for name, value in figures.items() if name.startswith("peer ")}
            peer = beside or peers.get(size, {}).get(job, {})
            lines.append(
                [job, f"{size:,}", database, said(shown), said(peer), ratio(figures, peer), judged(job, shown)]
            )
    return sorted(lines, key=lambda line: (line[0], line[2], int(line[1].replace(",", ""))))


def said(figures: Figures) -> str:
    """Figures as words; a count of failures only where there are any."""
    shown = [(name, value) for name, value in figures.items() if name in UNITS and (name != "failed" or value)]
    shown = [pair for pair in shown if not pair[0].startswith("peer")]
    return ", ".join(f"{_number(name, value)}{UNITS[name]}" for name, value in shown)


def ratio(figures: Figures, peer: Figures) -> str:
    """How many times better than the peer: in rate, in time, and in CPU for each."""
    parts = []
    if "peer" in figures:
        return f"{figures['peer']:.1f} x rate, {figures['peer_cpu']:.1f} x less CPU"
    timed = [name for name in ("p50_ms", "ms") if peer.get(name) and figures.get(name) and "per_second" not in figures]
    parts += [f"{peer[name] / figures[name]:.1f} x faster" for name in timed]
    if peer.get("cpu_ms") and figures.get("cpu_ms"):
        parts.append(f"{peer['cpu_ms'] / figures['cpu_ms']:.1f} x less CPU")
    return ", ".join(parts)


def judged(job: str, figures: Figures) -> str:
    """The goals of the job, each with whether it was met; one that was not measured says so."""
    parts = []
    for name, goal in GOALS.get(job, {}).items():
        words = f"{'≥' if name in AT_LEAST else '≤'} {goal:g}{UNITS[name]}"
        value = figures.get(name)
        if value is None:
            verdict = "not measured"
        else:
            verdict = "met" if (value >= goal if name in AT_LEAST else value <= goal) else "MISSED"
        if value is not None or name not in ("growth", "peer", "peer_cpu"):
            parts.append(f"{words}: {verdict}")
    return "; ".join(parts)


def markdown(lines: list[list[str]], notes: list[str]) -> str:
    """The table as text that reads well in a terminal and on a page."""
    head = ["job", "open", "database", "Opsportal", "django-helpdesk", "ratio", "goal"]
    table = [head, ["---"] * len(head), *lines]
    return "\n".join(["| " + " | ".join(line) + " |" for line in table] + ["", *notes])


def _growth(figures: Figures, smallest: Figures) -> Figures:
    """How a page grows with the ledger, by its CPU, which other work on the machine hardly moves."""
    pages = figures.get("p50_ms") and "per_second" not in figures and smallest.get("cpu_ms")
    return {"growth": figures["cpu_ms"] / smallest["cpu_ms"]} if pages else {}


def _number(name: str, value: float) -> str:
    if name == "growth":
        return f"{value:.2f}"
    return f"{value:.{0 if value >= 100 or name in COUNTS or value == round(value) else 1}f}"
