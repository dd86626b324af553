"""Posts every file of a folder, signed, to a scratch portal in this process, twice, and says what became of each.

Example: .venv/bin/python -m tools.post_payloads tests/data/payloads

A folder or file named after a kind of source goes to a source of that kind, anything else to a generic one. A file
that wraps {headers, body} is posted as its body; `.form.txt` as a form. The second time nothing may change.
"""

import argparse
import hashlib
import json
import os
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils.module_loading import import_string

from escalations.sources.registry import KINDS
from escalations.sources.signing import sign

SECRET = "scratch-" + "s" * 24
# What belongs to the clock, to the queue or to those who were turned away is no part of what a signal did.
PASSING = ("django_", "sqlite_", "escalations_lease", "escalations_canary", "escalations_rejection", "auth_user")


def main() -> int:
    """Print a line for each file; 1 when one was lost or refused, or changed something the second time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    files = payloads(folder)
    if not files:
        parser.error(f"no .json or .txt file below {folder}")
    with tempfile.TemporaryDirectory(prefix="opsportal-payloads-") as scratch:
        start(Path(scratch))
        first = [post(path, SECRET) for path in files]
        finish()
        before = digest()
        again = [post(path, SECRET) for path in files]
        finish()
        unchanged = digest() == before and again == first
        ends = [end(*answer) for answer in first]
    width = max(len(str(path.relative_to(folder))) for path in files)
    for path, (stage, words) in zip(files, ends, strict=True):
        print(f"{path.relative_to(folder)!s:{width}}  {kind(path):8}  {stage:9}  {words}")
    stages = Counter(stage for stage, _ in ends)
    print(f"{len(files)} files:", ", ".join(f"{count} {stage}" for stage, count in stages.most_common()), end="; ")
    print("posted again:", "nothing changed" if unchanged else "SOMETHING CHANGED")
    return 0 if unchanged and not set(stages) - {"matched", "review", "ignored", "handshake"} else 1


def start(scratch: Path) -> None:
    """A portal with the demo's company in a database of its own."""
    for name in [name for name in os.environ if name.startswith("OPSPORTAL_")]:
        del os.environ[name]
    os.environ.update(
        DJANGO_SETTINGS_MODULE="opsportal.settings",
        OPSPORTAL_VAR=str(scratch),
        OPSPORTAL_DEMO="1",
        OPSPORTAL_PUBLIC_URL="http://testserver",
    )
    django.setup()
    quiet = {"verbosity": 0, "stdout": open(os.devnull, "w")}  # noqa: PTH123, SIM115  lives as long as we do
    call_command("migrate", **quiet)
    import_string("opsportal.roles.ensure_roles")()
    root = Path(__file__).resolve().parent.parent
    folders = (root / "templates_engine" / "catalog", root / "escalations" / "demo" / "catalog")
    call_command("load_catalog", *map(str, folders), **quiet)
    import_string("escalations.demo.seeding.seed")(secret=SECRET, now=datetime.now(UTC))
    connect = import_string("escalations.services.sources.connect")
    for one in KINDS:
        connect(kind=one, slug=one, secrets=(SECRET,))


def payloads(folder: Path) -> list[Path]:
    """The files that are payloads, by name."""
    return sorted(path for path in folder.rglob("*") if path.suffix in {".json", ".txt"})


def kind(path: Path) -> str:
    """The kind of source that a file's folder or name speaks of."""
    return next((one for one in (path.parent.name, path.stem.partition("-")[0]) if one in KINDS), "generic")


def body(path: Path) -> bytes:
    """The bytes as a sender would post them: a captured request's body, else the file."""
    raw = path.read_bytes()
    if path.suffix != ".json":
        return raw
    value = json.loads(raw)
    if isinstance(value, dict) and set(value) == {"headers", "body"}:
        held = value["body"]
        return held.encode() if isinstance(held, str) else json.dumps(held).encode()
    return raw


def post(path: Path, secret: str) -> tuple[int, str]:
    """Status of the answer and the signal it names, or what else it says."""
    data, to = body(path), kind(path)
    media = "application/json" if path.suffix == ".json" else "application/x-www-form-urlencoded"
    signed = sign(to, secret, data, datetime.now(UTC), hashlib.sha256(data).hexdigest()[:24])
    answer = Client().post(f"/in/{to}/", data, content_type=media, headers=signed)
    said: dict[str, Any] = answer.json() if answer["Content-Type"] == "application/json" else {}
    return answer.status_code, said.get("signal", answer.content.decode()[:80])


def finish() -> None:
    """Let the line take everything."""
    sweep = import_string("escalations.clockwork.sweep")
    while sweep()["signals"]:
        pass


def end(status: int, signal: str) -> tuple[str, str]:
    """Where the signal ended, and in which words."""
    if status == 200:
        return "handshake", signal
    if status != 202:
        return f"HTTP {status}", signal
    row = apps.get_model("escalations", "Signal").objects.select_related("case").get(pk=signal)
    words = row.reasons[-1]["words"] if row.reasons else "NO WORDS"
    return row.stage, f"{row.case.reason}: {row.case.owner}: {words}" if row.case else words


def digest() -> str:
    """One hash over every row that a signal can have made."""
    seen = hashlib.sha256()
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if table.startswith(PASSING):
                continue
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} ORDER BY 1")  # noqa: S608  a table's name
            for row in cursor.fetchall():
                seen.update(repr([bytes(one) if isinstance(one, memoryview) else one for one in row]).encode())
    return seen.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
