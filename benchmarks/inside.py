"""What is measured inside a process of the portal: statements and sweeps. Prints one JSON object.

python -m benchmarks.inside N [--quick]
"""

import json
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import django
from django.conf import settings

# What static files are called is not measured here, and collecting them would cost a minute.
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
django.setup()

from django.contrib.auth.models import User  # noqa: E402  models need django.setup() first
from django.core.cache import cache  # noqa: E402  as above
from django.test import Client  # noqa: E402  as above

from benchmarks import meters, seeding  # noqa: E402  as above
from benchmarks.table import PAGES  # noqa: E402  as above
from escalations import clockwork  # noqa: E402  as above
from escalations.models import OPEN, Escalation, Timer  # noqa: E402  as above

Figures = dict[str, float]


def main() -> None:
    """Fill, measure, print."""
    count, quick = int(sys.argv[1]), "--quick" in sys.argv
    begun = time.perf_counter()
    seeding.fill(count)
    found: dict[str, Any] = {"seed_s": round(time.perf_counter() - begun, 1)}
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(username="operator"))
    found["session"] = client.cookies[settings.SESSION_COOKIE_NAME].value
    found |= {f"J2 {name}": _page(client, path) for name, path in PAGES.items()}
    found |= {f"J3 sweep k={k}": _sweep(min(k, count)) for k in ((0, 100) if quick else (0, 1000))}
    print(json.dumps(found))


def _page(client: Client, path: str) -> Figures:
    """Statements and bytes of a page, cold and when this process has shown it before."""
    cache.clear()
    with meters.counted() as cold:
        answer = client.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{path}: {answer.status_code}")
    with meters.counted() as warm:
        client.get(path)
    return {"sql": warm(), "sql_cold": cold(), "kb": len(answer.content) / 1024}


def _sweep(k: int) -> Figures:
    """J3: firing what is due until nothing is, with k due; the median of a few rounds over the same records."""
    took: list[meters.Took] = []
    sql = 0
    for _ in range(9 if k == 0 else 3):
        _make_due(k, datetime.now(UTC))
        with meters.counted() as asked:
            took.append(meters.timed(lambda: _fire(k)))
        sql = asked()
    wall, cpu, served = ([one[kind] for one in took] for kind in range(3))
    found = {"ms": statistics.median(wall) * 1000, "cpu_ms": statistics.median(cpu) * 1000, "sql": sql}
    return found | ({"db_cpu_ms": statistics.median(served) * 1000} if k and any(served) else {})


def _make_due(k: int, now: datetime) -> None:
    """Put the first k records just past their time to acknowledge, with their primary owner again."""
    late = now - timedelta(seconds=1)
    rows = Timer.objects.filter(kind="acknowledge", state="pending", escalation__state__in=OPEN).order_by("pk")
    # A failover gives a record a new timer: the first k by record, so that each round moves the same ones.
    ids = list(rows.order_by("escalation_id").values_list("escalation_id", flat=True)[:k])
    Timer.objects.filter(escalation__in=ids, kind="acknowledge", state="pending").update(due_at=late)
    Escalation.objects.filter(pk__in=ids).update(acknowledge_by=late, level=0, hops=0, state="open")


def _fire(k: int) -> None:
    fired = 0
    while done := clockwork.fire(now=datetime.now(UTC)):
        fired += done
    if fired < k:
        raise SystemExit(f"{fired} fired of {k} due")


if __name__ == "__main__":
    main()
