"""The lab itself: a small run in which processes really die, and proof that its verdict can say no."""

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client

from escalations import clockwork
from escalations.models import Timer
from escalations.sources.signing import sign
from faults.__main__ import SABOTAGES
from faults.inside import company, sabotage, verdict
from faults.inside.__main__ import judge
from faults.places import ROOT
from faults.programs import Programs
from faults.receiver import Receiver
from faults.sender import Letter, letters
from faults.victims import Killer, candidates
from opsportal.lib.processes import Group
from tests.stories import world

SECRET = "faults-" + "s" * 24
type Told = tuple[list[Letter], Receiver]


@pytest.fixture
def told(db: None) -> Told:
    """Six letters about two tickets, posted, and every clock of their chains run out, without a process dying."""
    world.forget()
    receiver = Receiver()
    company.build(hooks=receiver.url, secret=SECRET)
    post = letters(count=6, choice=random.Random(5))
    for letter in post:
        signed = sign(letter.kind, SECRET, letter.body, datetime.now(UTC), letter.delivery)
        answer = Client().post(f"/in/{letter.slug}/", letter.body, content_type="application/json", headers=signed)
        assert answer.status_code == 202, answer.content
        letter.answers.append(answer.json()["signal"])
    clockwork.sweep()
    for _ in range(4):
        due = Timer.objects.filter(state="pending", kind__in=("acknowledge", "remind")).latest("due_at").due_at
        clockwork.sweep(now=due + timedelta(milliseconds=10))
    return post, receiver


def given(what: str) -> argparse.Namespace:
    return argparse.Namespace(db="sqlite", sabotage=what)


def test_a_whole_portal_is_found_whole(told: Told) -> None:
    post, receiver = told
    assert verdict.faults_of(post, receiver) == []
    assert judge(given(""), post, receiver, True) == 0


def test_every_sabotage_is_offered() -> None:
    assert set(SABOTAGES) == set(sabotage.SABOTAGES)


@pytest.mark.parametrize("what", SABOTAGES)
def test_a_broken_row_is_found(told: Told, what: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The run exits 1 and says what is wrong."""
    post, receiver = told
    assert judge(given(what), post, receiver, True) == 1
    assert "BREACH" in capsys.readouterr().out


def test_an_unfinished_run_is_no_proof(told: Told) -> None:
    post, receiver = told
    assert judge(given(""), post, receiver, False) == 1


def test_a_message_on_the_wire_that_nobody_wrote_down_is_found(told: Told) -> None:
    post, receiver = told
    receiver.took("stranger", "hello")
    assert any("in no row" in line for line in verdict.faults_of(post, receiver))


def test_repeats_are_counted_by_their_key() -> None:
    receiver = Receiver()
    for key in ("a", "b", "a"):
        receiver.took(key, "text")
    receiver.close()
    assert (receiver.arrivals, receiver.repeats, receiver.keyless) == (3, 1, 0)


def test_a_seed_gives_the_same_letters() -> None:
    first, again = (letters(count=50, choice=random.Random(3)) for _ in range(2))
    assert [one.body for one in first] == [one.body for one in again]
    assert len({one.sha256 for one in first}) == 50


def test_only_our_own_processes_are_aimed_at() -> None:
    """Children of what we started, found anew; the keeper starts what was killed again."""
    child = (
        "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).wait()"
    )
    running = Programs({"web": Group([sys.executable, "-c", child])})
    running.start()
    try:
        _until(lambda: len(candidates(running)["web worker"]) == 1)
        old = running.pids()["web"]
        assert candidates(running)["web master"] == [old]
        assert candidates(running)["supervisor"] == []
        os.kill(old, signal.SIGKILL)
        _until(lambda: running.pids().get("web", old) != old)
        assert Killer(running, random.Random(1)).killed.total() == 0
    finally:
        running.stop()
    assert running.pids() == {}


def _until(holds: object) -> None:
    limit = time.monotonic() + 20
    assert callable(holds)
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.05)


@pytest.mark.slow
def test_a_small_storm_loses_nothing() -> None:
    """60 signals, 6 kills of whatever runs: a scratch portal on this run's kind of database, in its own processes."""
    on = "sqlite" if connection.vendor == "sqlite" else "postgres"
    command = [sys.executable, "-m", "faults", "--db", on, "--seed", "7"]
    command += ["--signals", "60", "--kills", "6", "--seconds", "8", "--settle", "150"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{on}: everything held" in done.stdout
