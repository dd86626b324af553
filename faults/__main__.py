"""`python -m faults`: a scratch portal on each database, killed at random; exit 1 when anything was lost."""

import argparse
import secrets
import subprocess
import sys

from faults.places import DATABASES, ROOT, place, reachable

SABOTAGES = ("signal", "bytes", "timer", "owner", "escalation", "attempt")
QUIT_S = 1800


def arguments() -> argparse.Namespace:
    """What to run, as the caller says it."""
    parser = argparse.ArgumentParser(prog="python -m faults", description=__doc__)
    parser.add_argument("--signals", type=int, default=2000, help="distinct webhooks to send (default 2000)")
    parser.add_argument("--kills", type=int, default=200, help="processes to kill -9 meanwhile (default 200)")
    parser.add_argument("--db", choices=(*DATABASES, "both"), default="both", help="which database (default both)")
    parser.add_argument("--seed", type=int, default=None, help="repeats a run's choices (default: a new one, printed)")
    parser.add_argument("--seconds", type=float, default=None, help="length of the stream (default: 2 s a kill)")
    parser.add_argument("--settle", type=float, default=240, help="at most so long until all is done afterwards")
    parser.add_argument("--sabotage", choices=SABOTAGES, help="break one row on purpose: the run must exit 1")
    parser.add_argument("--keep", action="store_true", help="leave the scratch folder (logs, ledger) behind")
    return parser.parse_args()


def main() -> int:
    """Run on each database; 0 when everything held on all of them."""
    given = arguments()
    seed = given.seed if given.seed is not None else secrets.randbelow(1_000_000)
    names = DATABASES if given.db == "both" else (given.db,)
    codes = {}
    for name in names:
        if not reachable(name):
            print(f"{name}: no server answers; name one in OPSPORTAL_TEST_DATABASE_URL. NOT COVERED.", flush=True)
            codes[name] = 1
            continue
        codes[name] = run(name, seed, given)
    held = ", ".join(f"{name}: {'held' if code == 0 else 'BROKEN'}" for name, code in codes.items())
    print(f"faults: seed {seed}; {held}", flush=True)
    return int(any(codes.values()))


def run(name: str, seed: int, given: argparse.Namespace) -> int:
    """One database, in a process of its own: Django reads its settings once."""
    seconds = given.seconds or max(given.kills * 2.0, given.signals / 8, 10.0)
    command = [sys.executable, "-m", "faults.inside", "--db", name, "--seed", str(seed)]
    command += ["--signals", str(given.signals), "--kills", str(given.kills), "--seconds", str(seconds)]
    command += ["--settle", str(given.settle), "--sabotage", given.sabotage or ""]
    with place(name, keep=given.keep) as environment:
        try:
            limit = seconds * 3 + given.settle + QUIT_S
            return subprocess.run(command, cwd=ROOT, env=environment, check=False, timeout=limit).returncode
        except subprocess.TimeoutExpired:
            print(f"{name}: did not end in {limit:.0f} s", flush=True)
            return 1


if __name__ == "__main__":
    sys.exit(main())
