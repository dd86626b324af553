"""A folder and a database for one run, gone afterwards; and a port nobody listens on."""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
DATABASES = ("sqlite", "postgres")
# Where a server is looked for when nobody names one.
USUAL = "postgres://postgres@127.0.0.1:5432/postgres"


def server() -> str:
    """The PostgreSQL server's address."""
    return os.environ.get("OPSPORTAL_TEST_DATABASE_URL") or USUAL


def reachable(database: str) -> bool:
    """Whether a run on this database is possible here."""
    if database == "sqlite":
        return True
    try:
        with psycopg.connect(_maintenance(), connect_timeout=3):
            return True
    except psycopg.Error:
        return False


def free_port() -> int:
    """A port of this machine that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def place(database: str, *, keep: bool = False) -> Iterator[dict[str, str]]:
    """The environment of a portal of its own; its database is dropped and its folder removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="opsportal-faults-"))
    name = f"faults_{os.getpid()}"
    try:
        yield _environment(folder, _make(database, folder, name))
    finally:
        if database == "postgres":
            _administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)"), name)
        if keep:
            print(f"left behind: {folder}", flush=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _make(database: str, folder: Path, name: str) -> str:
    if database == "sqlite":
        return f"sqlite:///{folder / 'portal.sqlite3'}"
    _administer(sql.SQL("CREATE DATABASE {}"), name)
    return urlsplit(server())._replace(path=f"/{name}").geturl()


def _maintenance() -> str:
    return urlsplit(server())._replace(scheme="postgresql", path="/postgres").geturl()


def _administer(statement: sql.SQL, name: str) -> None:
    with psycopg.connect(_maintenance(), autocommit=True) as connection:
        connection.execute(statement.format(sql.Identifier(name)))


def _environment(folder: Path, url: str) -> dict[str, str]:
    """Whatever the caller's shell says about a portal is not about this one."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OPSPORTAL_")}
    port = str(free_port())
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "opsportal.settings",
        "OPSPORTAL_VAR": str(folder),
        "OPSPORTAL_DATABASE_URL": url,
        "OPSPORTAL_DEMO": "0",
        "PORT": port,
        "OPSPORTAL_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PYTHONUNBUFFERED": "1",
    }
