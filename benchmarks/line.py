"""J1, whole line: stored signals become owned, timed records with outbox and history. Prints one JSON object.

python -m benchmarks.line PROCESSES COUNT
"""

import json
import subprocess
import sys
import time
from datetime import UTC, datetime

import django

django.setup()

from benchmarks import meters, signals  # noqa: E402  models need django.setup() first
from escalations import pipeline  # noqa: E402  as above
from escalations.models import Signal, Source  # noqa: E402  as above
from escalations.services import intake  # noqa: E402  as above

Figures = dict[str, float]
WARM = 20
CORES = 2


def main() -> None:
    """In this process alone, or in several at once."""
    processes, count = int(sys.argv[1]), int(sys.argv[2])
    # What the webhooks before left on the line is taken first.
    while pipeline.drain(limit=500):
        pass
    print(json.dumps(_alone(count) if processes == 1 else _together(count, processes)))


def _store(count: int, salt: str) -> None:
    source, stamp = Source.objects.get(slug="zendesk"), f"{salt}{time.time_ns()}"
    for number in range(count):
        body = signals.body(f"{stamp}{number}", number)
        now = datetime.now(UTC)
        intake.keep(source=source, key=f"{stamp}-{number}", body=body, headers={}, verdict="bench", now=now)


def _alone(count: int) -> Figures:
    _store(count + WARM, "1")
    pipeline.drain(limit=WARM)
    with meters.counted() as asked:
        wall, cpu, served = meters.timed(lambda: pipeline.drain(limit=count))
    return _figures(count, wall, cpu, served) | {"sql": asked() / count}


def _together(count: int, processes: int) -> Figures:
    _store(count + WARM, "2")
    command = [sys.executable, "-m", "benchmarks.drainer"]
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(processes)
    ]
    pipes = [(one.stdin, one.stdout) for one in workers if one.stdin and one.stdout]
    for _, said in pipes:
        said.readline()
    begun = time.perf_counter()
    for told, _ in pipes:
        told.write("go\n")
        told.flush()
    ends = [json.loads(said.readline()) for _, said in pipes]
    wall = time.perf_counter() - begun
    for one in workers:
        one.communicate(timeout=60)
    left = Signal.objects.filter(stage=Signal.Stage.RECEIVED).count()
    if left:
        raise SystemExit(f"{left} signals are still on the line")
    return _figures(
        sum(end["taken"] for end in ends),
        wall,
        sum(end["cpu"] for end in ends),
        sum(end["served"] for end in ends),
    )


def _figures(count: int, wall: float, cpu: float, served: float) -> Figures:
    """Per signal; `by_cpu` is what two cores would do if nothing else ran on them."""
    found = {"per_second": count / wall, "cpu_ms": cpu * 1000 / count}
    if served:
        found["db_cpu_ms"] = served * 1000 / count
    return found | {"by_cpu": CORES * count / (cpu + served)}


if __name__ == "__main__":
    main()
