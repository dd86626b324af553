"""Prints the address of the PostgreSQL on this machine under a role that may create a database.

Exit 0 with the address; 2 when nothing listens there; 1 when something does but lets nobody useful in.
"""

import getpass
import os
import socket
import sys
from urllib.parse import quote

import psycopg

HOST, PORT = "127.0.0.1", 5432


def address() -> str | None:
    """The first role that may create databases, tried without a password and with the caller's PGPASSWORD."""
    for user in dict.fromkeys((os.environ.get("PGUSER", "postgres"), "postgres", getpass.getuser())):
        password = f":{quote(os.environ['PGPASSWORD'], safe='')}" if "PGPASSWORD" in os.environ else ""
        url = f"postgres://{user}{password}@{HOST}:{PORT}/postgres"
        try:
            with psycopg.connect(url, connect_timeout=3) as connection:
                row = connection.execute(
                    "select rolcreatedb or rolsuper from pg_roles where rolname = current_user"
                ).fetchone()
        except psycopg.Error as error:
            print(f"{user}: {str(error).strip().splitlines()[-1]}", file=sys.stderr)
            continue
        if row and row[0]:
            return url
    return None


def listening() -> bool:
    """Whether anything answers at all."""
    try:
        with socket.create_connection((HOST, PORT), timeout=3):
            return True
    except OSError:
        return False


if __name__ == "__main__":
    if not listening():
        sys.exit(2)
    if found := address():
        print(found)
    else:
        sys.exit(1)
