"""The database's clock on PostgreSQL; on SQLite the host's, which a guarded process never sees going back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from opsportal.lib import clock


@pytest.fixture
def guarded() -> Iterator[None]:
    clock.guard()
    yield
    clock.guard(on=False)


@pytest.mark.django_db
def test_it_tells_the_time() -> None:
    assert abs(clock.db_now() - timezone.now()) < timedelta(seconds=5)
    assert clock.db_now().tzinfo is not None


@pytest.mark.django_db
@pytest.mark.usefixtures("guarded")
def test_a_clock_set_back_goes_on_from_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only on SQLite does the host's clock decide")
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    wall, tick = noon, 50.0
    monkeypatch.setattr(clock.timezone, "now", lambda: wall)
    monkeypatch.setattr(clock.time, "monotonic", lambda: tick)
    assert clock.db_now() == noon
    wall, tick = noon - timedelta(hours=1), 53.0
    assert clock.db_now() == noon + timedelta(seconds=3)
    wall, tick = noon - timedelta(hours=1) + timedelta(seconds=2), 55.0
    assert clock.db_now() == noon + timedelta(seconds=5)
    wall, tick = noon + timedelta(minutes=1), 56.0
    assert clock.db_now() == noon + timedelta(minutes=1)
