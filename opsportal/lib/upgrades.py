"""Before a database is changed by a newer version of the portal: is that version newer at all, and is there a copy?"""

import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

KEEP = 5


def pending() -> list[str]:
    """Migrations that the code has and the database has not, in their order."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def unknown() -> list[str]:
    """Migrations that the database has and the code has not: a newer version was here."""
    executor = MigrationExecutor(connection)
    disk = executor.loader.disk_migrations
    ours = {app for app, _ in disk}
    replaced = {key for migration in disk.values() for key in migration.replaces}
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied if app in ours and (app, name) not in {*disk, *replaced})


def is_new() -> bool:
    """Whether nothing was ever migrated here."""
    return not MigrationRecorder(connection).applied_migrations()


def backup(folder: Path) -> Path | None:
    """Copy a SQLite database, in use or not, and keep the newest five copies; None for a database server.

    Raises sqlite3.Error or OSError when there is no room: then nothing may be migrated.
    """
    if connection.vendor != "sqlite":
        return None
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / f"opsportal-{timezone.now():%Y%m%d-%H%M%S-%f}.sqlite3"
    copy.touch(mode=0o600)
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    for old in sorted(folder.glob("opsportal-*.sqlite3"))[:-KEEP]:
        old.unlink()
    return copy
