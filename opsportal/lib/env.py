"""Reading the environment: databases, secrets kept in files, booleans."""

import os
import secrets
from pathlib import Path
from typing import Any

import environ
from cryptography.fernet import Fernet

# WAL lets readers work beside one writer; FULL survives a power cut (docs/decisions, intake).
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
    "PRAGMA temp_store=MEMORY;PRAGMA mmap_size=134217728;PRAGMA journal_size_limit=67108864;"
)


def truthy(text: str) -> bool:
    """Whether an environment text switches something on."""
    return text.strip().lower() in {"1", "true", "yes", "on"}


def database(env: environ.Env, var_dir: Path) -> dict[str, Any]:
    """The database named by OPSPORTAL_DATABASE_URL, or SQLite in the var folder."""
    config: dict[str, Any] = env.db_url("OPSPORTAL_DATABASE_URL", default=f"sqlite:///{var_dir / 'opsportal.sqlite3'}")
    if config["ENGINE"].endswith("sqlite3"):
        config["OPTIONS"] = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_PRAGMAS}
    else:
        config.update(CONN_MAX_AGE=600, CONN_HEALTH_CHECKS=True)
        config.setdefault("OPTIONS", {}).setdefault("connect_timeout", 2)
    return config


def secret(env: environ.Env, name: str, var_dir: Path, *, fernet: bool = False) -> str:
    """A secret from the environment or a file; made once in var/ with mode 0600 where neither is given."""
    given: str = env.str(name, default="")
    if given:
        return given
    path = var_dir / f"{name.removeprefix('OPSPORTAL_').lower()}"
    if not path.exists():
        var_dir.mkdir(parents=True, exist_ok=True)
        made = Fernet.generate_key().decode() if fernet else secrets.token_urlsafe(48)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(made)
    return path.read_text().strip()
