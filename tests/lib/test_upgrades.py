"""A copy before a change, and no change by an older version."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from opsportal.lib import upgrades

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_migrated_database_needs_nothing() -> None:
    assert upgrades.pending() == []
    assert upgrades.unknown() == []
    assert not upgrades.is_new()


def test_a_newer_version_is_recognised() -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_applied("escalations", "9999_from_the_future")
    recorder.record_applied("an_app_that_was_removed", "0001_initial")
    try:
        assert upgrades.unknown() == ["escalations.9999_from_the_future"]
    finally:
        recorder.record_unapplied("escalations", "9999_from_the_future")
        recorder.record_unapplied("an_app_that_was_removed", "0001_initial")


def test_five_copies_are_kept(tmp_path: Path) -> None:
    copies = [upgrades.backup(tmp_path) for _ in range(7)]
    if connection.vendor != "sqlite":
        assert copies == [None] * 7
        return
    assert sorted(tmp_path.iterdir()) == copies[2:]
    assert copies[-1] is not None
    assert copies[-1].stat().st_mode & 0o077 == 0
    with closing(sqlite3.connect(copies[-1])) as copy:
        assert copy.execute("select count(*) from django_migrations").fetchone()[0] > 0
