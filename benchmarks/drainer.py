"""One of several processes that take waiting signals down the line at once, as workers do.

python -m benchmarks.drainer: says "ready", begins at a line on its input, prints one JSON object.
"""

import json
import sys

import django

django.setup()

from benchmarks import meters  # noqa: E402  models need django.setup() first
from escalations import pipeline  # noqa: E402  as above

BATCH = 100  # as escalations.tasks.drain takes them


def main() -> None:
    """Warm up on a few, wait for the start, drain until nothing waits."""
    pipeline.drain(limit=5)
    print("ready", flush=True)
    sys.stdin.readline()
    taken = 0

    def drain() -> None:
        nonlocal taken
        while found := pipeline.drain(limit=BATCH):
            taken += found

    wall, cpu, served = meters.timed(drain)
    print(json.dumps({"taken": taken, "wall": wall, "cpu": cpu, "served": served}))


if __name__ == "__main__":
    main()
