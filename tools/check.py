"""What must hold before anything lands: each check runs, what failed is said at the end, the tests come last."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PACKAGES = ("opsportal", "escalations", "templates_engine")
# As a company would set it: nothing is made up by the portal, nothing is the demo's. No portal uses these secrets.
PRODUCTION = {
    "OPSPORTAL_DEMO": "0",
    "OPSPORTAL_DEBUG": "0",
    "OPSPORTAL_PUBLIC_URL": "https://portal.example.org",
    "OPSPORTAL_SECRET_KEY": "0c7d1ec8e2a0d356b24c82ccb74fafbd8cc9707f259a6d8f5e21c6b47d90aa13",
    "OPSPORTAL_FIELD_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "OPSPORTAL_SEAL_KEY": "f1efb3a055255486f2e975367a2f826595ae8f8e5dcd61ae",
    "OPSPORTAL_EMAIL_URL": "smtp://mail.example.org:25",
}


def present(*names: str) -> list[str]:
    """Those of the paths that are there: the house grows room by room."""
    return [name for name in names if (ROOT / name).exists()]


def steps() -> list[tuple[str, list[str]]]:
    """Name and command of each check, quick ones first."""
    python = sys.executable
    source = present(*PACKAGES, "tools", "benchmarks", "faults")
    templates = sorted({str(path.relative_to(ROOT)) for name in PACKAGES for path in ROOT.glob(f"{name}/**/templates")})
    listed = [
        ("format", [str(BIN / "ruff"), "format", "--check", "."]),
        ("lint", [str(BIN / "ruff"), "check", "."]),
        ("layers", [str(BIN / "lint-imports"), "--no-cache"]),
        ("types", [str(BIN / "mypy"), *source]),
        ("migrations", [python, "manage.py", "makemigrations", "--check", "--dry-run"]),
        ("deployment", [python, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]),
    ]
    if templates:
        listed.insert(3, ("templates", [str(BIN / "djlint"), "--lint", "--quiet", *templates]))
    return listed


def environment(var: str) -> dict[str, str]:
    """The caller's environment, made production-like, with its own folder for whatever is written."""
    return {
        **os.environ,
        **PRODUCTION,
        "OPSPORTAL_VAR": var,
        "OPSPORTAL_DATABASE_URL": f"sqlite:///{var}/check.sqlite3",
    }


def run(name: str, command: list[str], env: dict[str, str]) -> bool:
    """One check; silent when it holds, its whole output when it does not."""
    began = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    took = time.monotonic() - began
    print(f"{'ok  ' if done.returncode == 0 else 'FAIL'}  {name:<12} {took:5.1f} s", flush=True)
    if done.returncode:
        print(done.stdout, flush=True)
    return done.returncode == 0


def main() -> int:
    """Run every check; exit 1 when any did not hold."""
    with tempfile.TemporaryDirectory(prefix="opsportal-check-") as var:
        env = environment(var)
        failed = [name for name, command in steps() if not run(name, command, env)]
    tests = subprocess.run([sys.executable, "-m", "tools.suite"], cwd=ROOT, check=False)
    if tests.returncode:
        failed.append("tests")
    if failed:
        print(f"make check: did not hold: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
