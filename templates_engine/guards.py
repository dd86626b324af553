"""What the database itself holds about documents, whoever writes: form, service, import, shell or raw SQL.

Constraints say what one row may be; these triggers say how rows may change, and look at rows beside them. SQLite drops
them when a table is rebuilt, and refuses to rebuild beside them: they are put aside before each migrate, put up again
after it, and counted by `check_invariants`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from templates_engine.spec import lifecycle

VERSION, DOCUMENT = "templates_engine_version", "templates_engine_document"
CONTRIBUTION, REMARK = "templates_engine_contribution", "templates_engine_remark"


@dataclass(frozen=True, slots=True)
class Guard:
    """Refuses an event on a table where the condition holds; `lock` is a query PostgreSQL runs first."""

    name: str
    table: str
    event: str
    when: str
    words: str
    lock: str = ""

    @property
    def sqlite(self) -> str:
        """The trigger as SQLite keeps it."""
        head = f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} FOR EACH ROW WHEN {self.when}"
        return f"{head} BEGIN SELECT RAISE(ABORT, '{self.words}'); END"

    @property
    def body(self) -> str:
        """What the function of PostgreSQL does."""
        lock = f"PERFORM 1 FROM {self.lock}; " if self.lock else ""
        goes_on = "OLD" if self.event == "DELETE" else "NEW"
        refuse = f"RAISE EXCEPTION '{self.words}' USING ERRCODE = '23000'"
        return f" BEGIN {lock}IF {self.when} THEN {refuse}; END IF; RETURN {goes_on}; END "

    @property
    def postgresql(self) -> tuple[str, ...]:
        """Function and trigger for PostgreSQL."""
        head = f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table}"
        return (
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger AS $${self.body}$$ LANGUAGE plpgsql",
            f"{head} FOR EACH ROW EXECUTE FUNCTION {self.name}()",
        )


def _differs(*columns: str) -> str:
    return "(" + " OR ".join(f"NEW.{one} IS DISTINCT FROM OLD.{one}" for one in columns) + ")"


def _hands(column: str) -> str:
    return _HANDS.replace("NEW.whoever", f"NEW.{column}")


_MOVES = " OR ".join(f"(OLD.state = '{before}' AND NEW.state = '{after}')" for before, after in lifecycle.changes())
_HANDS = """EXISTS (
    SELECT 1 FROM templates_engine_contribution c JOIN templates_engine_version v ON v.id = c.version_id
    WHERE c.user_id = NEW.whoever AND (v.id = NEW.id OR (
        v.document_id = NEW.document_id AND v.digest = NEW.digest AND v.approved_at IS NULL AND v.activated_at IS NULL
    ))
)"""
_EARLIER = """EXISTS (
    SELECT 1 FROM templates_engine_version o
    WHERE o.id = NEW.based_on_id AND o.document_id = NEW.document_id AND o.digest = NEW.digest
    AND o.text = NEW.text AND o.body = NEW.body AND o.activated_at IS NOT NULL
)"""
_OPENED = """EXISTS (
    SELECT 1 FROM templates_engine_version v JOIN templates_engine_document d ON d.id = v.document_id
    WHERE d.kind = 'ownership' AND v.activated_at IS NOT NULL
)"""
_DRAFT = """EXISTS (
    SELECT 1 FROM templates_engine_version v WHERE v.id = NEW.version_id AND v.state = 'draft'
)"""
_FIRST = f"(NEW.state = 'active' AND NEW.origin = 'shipped' AND NEW.number = 1 AND NOT {_OPENED})"
_NOTHING_YET = " AND ".join(
    f"NEW.{one} IS NULL"
    for one in ("submitted_at", "submitted_by_id", "approved_by_id", "approved_at", "activated_at", "second_by_id")
)

GUARDS = (
    Guard(
        "guard_version_begins", VERSION, "INSERT",
        f"NOT ((NEW.state = 'draft' AND NOT NEW.emergency AND {_NOTHING_YET}) OR {_FIRST})",
        "a version begins as a draft without signatures",
    ),
    Guard(
        "guard_version_moves", VERSION, "UPDATE", f"NEW.state <> OLD.state AND NOT ({_MOVES})",
        "no verb leads a version from that state to this one",
    ),
    Guard(
        "guard_version_same", VERSION, "UPDATE",
        f"{_differs('id', 'document_id', 'number', 'created_at', 'origin')}"
        f" OR (OLD.author_id IS NOT NULL AND {_differs('author_id')})",
        "a version stays the same version of its author",
    ),
    Guard(
        "guard_version_text", VERSION, "UPDATE",
        "OLD.state <> 'draft' AND " + _differs(
            "text", "body", "digest", "problems", "intent", "based_on_id", "author_id", "submitted_by_id",
            "submitted_at", "emergency", "second_due_at",
        ),
        "what was submitted stands",
    ),
    Guard(
        "guard_version_signed", VERSION, "UPDATE",
        f"{_differs('approved_by_id', 'approved_at', 'approved_digest')}"
        " AND NOT (OLD.state = 'in_review' AND NEW.state = 'approved')",
        "a signature is given once, in review",
    ),
    Guard(
        "guard_version_hands", VERSION, "UPDATE",
        f"NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id AND {_hands('approved_by_id')}",
        "nobody signs what they had a hand in",
    ),
    Guard(
        "guard_version_second", VERSION, "UPDATE",
        f"{_differs('second_by_id', 'second_at')} AND (OLD.second_by_id IS NOT NULL"
        f" OR OLD.activated_at IS NULL OR {_hands('second_by_id')})",
        "the second signature is given once, by somebody without a hand in it",
    ),
    Guard(
        "guard_version_emergency", VERSION, "UPDATE",
        f"OLD.state = 'draft' AND NEW.state = 'active' AND NOT (NEW.emergency AND {_EARLIER})",
        "only an earlier version goes to work without a signature",
    ),
    Guard(
        "guard_version_activated", VERSION, "UPDATE",
        f"{_differs('activated_at')} AND NOT (NEW.state = 'active' AND OLD.state <> 'active')",
        "activation is noted once, when it happens",
    ),
    Guard("guard_version_kept", VERSION, "DELETE", "OLD.id IS NOT NULL", "versions are kept"),
    Guard(
        "guard_document_same", DOCUMENT, "UPDATE", _differs("id", "kind", "key"), "a document keeps its kind and key"
    ),
    Guard("guard_document_kept", DOCUMENT, "DELETE", "OLD.id IS NOT NULL", "documents are kept"),
    Guard(
        "guard_contribution_in_time", CONTRIBUTION, "INSERT",
        f"NOT {_DRAFT}",
        "contributions are made to drafts",
        # Signing waits for it, so that it never misses one that is just being made.
        lock=f"{VERSION} WHERE id = NEW.version_id FOR SHARE",
    ),
    Guard("guard_contribution_same", CONTRIBUTION, "UPDATE", "OLD.id IS NOT NULL", "contributions never change"),
    Guard("guard_contribution_kept", CONTRIBUTION, "DELETE", "OLD.id IS NOT NULL", "contributions are kept"),
    Guard("guard_remark_same", REMARK, "UPDATE", "OLD.id IS NOT NULL", "remarks never change"),
    Guard("guard_remark_kept", REMARK, "DELETE", "OLD.id IS NOT NULL", "remarks are kept"),
)  # fmt: skip


def install() -> None:
    """Put up every guard whose table is there, as it is written above."""
    with transaction.atomic(), connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for guard in GUARDS:
            if guard.table in tables:
                _drop(cursor, guard)
                for statement in (guard.sqlite,) if connection.vendor == "sqlite" else guard.postgresql:
                    cursor.execute(statement)


def remove() -> None:
    """Put the guards aside, for a migrate or for emptying the database."""
    with transaction.atomic(), connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for guard in GUARDS:
            if guard.table in tables:
                _drop(cursor, guard)


def missing() -> list[str]:
    """Names of guards that are not up, not enabled, or not as they are written above."""
    with connection.cursor() as cursor:
        up = dict(_sqlite(cursor) if connection.vendor == "sqlite" else _postgresql(cursor))
    wanted = {one.name: one.sqlite if connection.vendor == "sqlite" else one.body for one in GUARDS}
    return [name for name, text in wanted.items() if up.get(name) != text]


def _drop(cursor: CursorWrapper, guard: Guard) -> None:
    on = "" if connection.vendor == "sqlite" else f" ON {guard.table}"
    cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}{on}")


def _sqlite(cursor: CursorWrapper) -> Iterator[tuple[str, str]]:
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    yield from cursor.fetchall()


def _postgresql(cursor: CursorWrapper) -> Iterator[tuple[str, str]]:
    cursor.execute(
        "SELECT t.tgname, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
        " JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND t.tgenabled = 'O'"
        " AND pg_table_is_visible(c.oid)"
    )
    yield from cursor.fetchall()


def before_migrate(**kwargs: Any) -> None:
    """Called for each migrate of this app, before anything is changed."""
    remove()


def after_migrate(**kwargs: Any) -> None:
    """Called when everything is migrated."""
    install()
