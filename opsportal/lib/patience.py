"""How long one caller waits for the database, where that is shorter than the rest of the portal would."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def briefly(seconds: float) -> Iterator[None]:
    """A transaction that waits at most so long for whoever holds the database; raises OperationalError then."""
    ms = int(seconds * 1000)
    if connection.vendor == "sqlite":
        with _busy(ms), transaction.atomic():
            yield
        return
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {ms}")
        yield


@contextmanager
def _busy(ms: int) -> Iterator[None]:
    """SQLite's patience belongs to the connection, and a transaction asks for its lock as it begins."""
    connection.ensure_connection()
    usual = int(connection.settings_dict.get("OPTIONS", {}).get("timeout", 5) * 1000)
    connection.connection.execute(f"PRAGMA busy_timeout={ms}")
    try:
        yield
    finally:
        if connection.connection is not None:
            connection.connection.execute(f"PRAGMA busy_timeout={usual}")
