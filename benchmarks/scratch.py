"""Databases that live as long as a run: a file for SQLite, a database of its own on PostgreSQL."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
SERVER = "host=127.0.0.1 user=postgres connect_timeout=3"
FOLDERS = (
    ROOT / "templates_engine" / "catalog",
    ROOT / "escalations" / "demo" / "catalog",
    ROOT / "benchmarks" / "catalog",
)


def postgres_answers() -> bool:
    """Whether a PostgreSQL answers on this machine."""
    try:
        psycopg.connect(f"{SERVER} dbname=postgres").close()
    except psycopg.Error:
        return False
    return True


@contextmanager
def postgres(name: str) -> Iterator[str]:
    """A new database, dropped afterwards."""
    with psycopg.connect(f"{SERVER} dbname=postgres", autocommit=True) as server:
        server.execute(f'drop database if exists "{name}" with (force)')
        server.execute(f'create database "{name}"')
    try:
        yield f"postgres://postgres@127.0.0.1:5432/{name}"
    finally:
        with psycopg.connect(f"{SERVER} dbname=postgres", autocommit=True) as server:
            server.execute(f'drop database if exists "{name}" with (force)')


@contextmanager
def portal(kind: str) -> Iterator[dict[str, str]]:
    """The environment of an empty portal with documents and people, on one of the databases."""
    with tempfile.TemporaryDirectory(prefix="opsportal-bench-") as folder:
        if kind == "sqlite":
            yield _prepared(folder, f"sqlite:///{folder}/bench.sqlite3")
            return
        with postgres(f"opsportal_bench_{os.getpid()}") as url:
            yield _prepared(folder, url)


def _prepared(folder: str, url: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OPSPORTAL_")}
    env = {
        **kept,
        "OPSPORTAL_VAR": folder,
        "OPSPORTAL_DATABASE_URL": url,
        "OPSPORTAL_DEMO": "1",
        "OPSPORTAL_SIMULATOR_SECRET": "bench-" + "b" * 30,
        "DJANGO_SETTINGS_MODULE": "opsportal.settings",
    }
    manage(env, "migrate", "-v0")
    manage(env, "load_catalog", *map(str, FOLDERS))
    return env


def manage(env: dict[str, str], *words: str) -> None:
    """Run one of the portal's commands; raises CalledProcessError with what it said."""
    subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=env, check=True, capture_output=True)
