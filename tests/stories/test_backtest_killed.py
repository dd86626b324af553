"""A backtest whose worker is killed goes on where it was, and comes to the same end."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from escalations.models import Backtest, BacktestRow
from escalations.services import backtesting
from templates_engine.models import Version
from tests.stories import mix

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("committed_company")]
WORKER = (
    "import django, math, time; django.setup()\n"
    "from escalations.services import backtesting\n"
    "kept = backtesting._batch\n"
    "def slowly(*args, **named):\n"
    "    more = kept(*args, **named)\n"
    "    time.sleep(0.2)\n"
    "    return more\n"
    "backtesting._batch = slowly\n"
    "backtesting.step({pk}, seconds=math.inf, batch=5)\n"
)


def test_killed_in_the_middle_it_counts_nothing_twice(process_environment: dict[str, str]) -> None:
    """SIGKILL between and within batches; the sweep's ring finds it, and the digest is that of an undisturbed run."""
    mix.play(100, people=False)
    version = Version.objects.get(document__key="any-customer-trouble", state="active")
    now = datetime.now(UTC)
    whole = backtesting.run(backtesting.start(version_id=version.pk, by=None, now=now).pk)
    run = backtesting.start(version_id=version.pk, by=None, now=now, since=whole.since, until=whole.until)
    worker = subprocess.Popen([sys.executable, "-c", WORKER.format(pk=run.pk)], env=process_environment)
    deadline = time.monotonic() + 60
    while Backtest.objects.get(pk=run.pk).done < 15 and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    left = Backtest.objects.get(pk=run.pk)
    assert (left.state, 15 <= left.done < left.total) == ("running", True)
    assert backtesting.pick_up(now=left.beat_at) == 0
    assert backtesting.pick_up(now=left.beat_at + 2 * backtesting.QUIET) == 1
    ended = backtesting.run(run.pk)
    assert (ended.state, ended.digest, ended.report) == ("done", whole.digest, whole.report)
    assert BacktestRow.objects.filter(backtest=run).count() == whole.rows.count()
