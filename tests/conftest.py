"""The suite's own world, set before Django reads its settings: a folder, secrets, one database, quick passwords.

`OPSPORTAL_TEST_ON=postgres` runs on the database of OPSPORTAL_TEST_DATABASE_URL; without it SQLite is used.
`OPSPORTAL_TEST_STRICT=1` (as .ci/run has it) fails the run when a test was skipped for want of something that should be
there; a skip whose reason begins with "only on" names a database and is meant.
"""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import django
import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
ON = os.environ.get("OPSPORTAL_TEST_ON", "sqlite")
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")


def _world() -> Path:
    """One folder a run; each xdist worker has its own below the one its parent made."""
    parent = os.environ.get("OPSPORTAL_TEST_DIR")
    if WORKER and parent:
        folder = Path(parent) / WORKER
        folder.mkdir(exist_ok=True)
        return folder
    made = Path(tempfile.mkdtemp(prefix="opsportal-tests-"))
    os.environ["OPSPORTAL_TEST_DIR"] = str(made)
    os.environ["OPSPORTAL_TEST_RUN"] = str(os.getpid())
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def _database(folder: Path) -> str:
    if ON == "sqlite":
        return f"sqlite:///{folder / 'portal.sqlite3'}"
    url = os.environ.get("OPSPORTAL_TEST_DATABASE_URL", "")
    if not url:
        raise pytest.UsageError(f"OPSPORTAL_TEST_ON={ON} needs OPSPORTAL_TEST_DATABASE_URL")
    return url


def _environment() -> Path:
    """Whatever the caller's shell says about a portal is not about the tests."""
    folder = _world()
    kept = ("OPSPORTAL_TEST_", "OPSPORTAL_CHROMIUM")
    for name in [name for name in os.environ if name.startswith("OPSPORTAL_") and not name.startswith(kept)]:
        del os.environ[name]
    os.environ.update(
        DJANGO_SETTINGS_MODULE="opsportal.settings",
        DJANGO_ALLOW_ASYNC_UNSAFE="true",  # playwright's own loop runs in the thread of the test
        OPSPORTAL_VAR=str(folder),
        OPSPORTAL_SECRET_KEY="91d09a912a85aacb6d763c7e2b304a94cec077941b4d4d48",
        OPSPORTAL_FIELD_KEYS="dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=",
        OPSPORTAL_SEAL_KEY="d73db67da38f677102ed9160a507de28326bdd557961863a",
        OPSPORTAL_DATABASE_URL=_database(folder),
        OPSPORTAL_PUBLIC_URL="http://testserver",
    )
    return folder


def _settings(folder: Path) -> None:
    """Read the settings now, and change what only tests need: no manifest, quick hashes, a database of their own."""
    database = settings.DATABASES["default"]
    # xdist hands our environment to its workers, where pytest-django would read the settings before this file is run.
    del os.environ["DJANGO_SETTINGS_MODULE"]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    (folder / "static").mkdir(exist_ok=True)
    if ON == "sqlite":
        # A file: threads, subprocesses and the browser's server must see the same rows. It need not outlive a crash.
        database["TEST"] = {"NAME": str(folder / "test.sqlite3")}
        options = database["OPTIONS"]
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
    else:
        database["TEST"] = {"NAME": f"test_opsportal_{os.environ['OPSPORTAL_TEST_RUN']}"}
        database["CONN_MAX_AGE"] = 0


if settings.configured:
    raise pytest.UsageError("Django's settings were read before tests/conftest.py: unset DJANGO_SETTINGS_MODULE")
sys.path.insert(0, str(ROOT))
_settings(_environment())
# Now, so that fixtures of the rooms below may import models whichever way pytest was called.
django.setup()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What lies in browser/ and house/ is marked so, and all browser tests share one worker and one Chromium."""
    for item in items:
        room = item.path.relative_to(ROOT / "tests").parts[0] if item.path.is_relative_to(ROOT / "tests") else ""
        if room == "browser":
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))
        elif room == "house" and "db" not in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.house)
        # What waits for other processes may, on a loaded machine, wait in vain: a second try, which the summary counts.
        if room in ("browser", "faults") or item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_report_header() -> str:
    """Which database this run is about."""
    return f"opsportal: tests on {ON}"


@pytest.fixture
def process_environment(transactional_db: None) -> dict[str, str]:
    """The environment in which a program that a test starts sees the test's own database, not the one beside it."""
    named = settings.DATABASES["default"]["NAME"]
    url = os.environ["OPSPORTAL_DATABASE_URL"]
    url = f"sqlite:///{named}" if ON == "sqlite" else urlsplit(url)._replace(path=f"/{named}").geturl()
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "opsportal.settings", "OPSPORTAL_DATABASE_URL": url}


_skipped: list[str] = []


def _note(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail") and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        if not reason.startswith("only on "):
            _skipped.append(f"{report.nodeid}: {reason}")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _note(report)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    _note(report)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Under STRICT a skipped part is a failed one; told here so that the summary line stays the last."""
    if os.environ.get("OPSPORTAL_TEST_STRICT") == "1" and _skipped and not WORKER:
        print("\nSkipped although the run is strict:", *_skipped, sep="\n  ")
        if exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
