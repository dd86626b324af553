#!/bin/sh
# Makes .venv and installs one hashed lock into it: `sh tools/environment.sh run|test|dev`.
# Each lock holds the smaller ones, so installing a bigger one satisfies them all; nothing is done while the
# lock's digest is the one that was installed last.
set -eu
cd "$(dirname "$0")/.."
level=${1:-run}
case $level in
run) larger="run test dev" ;;
test) larger="test dev" ;;
dev) larger="dev" ;;
*) echo "environment.sh: run, test or dev, not '$level'" >&2; exit 2 ;;
esac

# An environment of a Python that was removed since, or that is too old, is made anew.
if ! .venv/bin/python -c 'import sys; sys.exit(not (3, 12) <= sys.version_info < (3, 15))' >/dev/null 2>&1; then
    python=$(sh tools/python.sh)
    echo "Making .venv with $("$python" -V)" >&2
    "$python" -m venv --clear .venv
fi

digest() {
    .venv/bin/python -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' \
        "requirements/$1.txt"
}

for name in $larger; do
    if [ -f ".venv/installed-$name" ] && [ "$(cat ".venv/installed-$name")" = "$(digest "$name")" ]; then
        exit 0
    fi
done

echo "Installing requirements/$level.txt (every file checked against its hash)" >&2
if command -v uv >/dev/null 2>&1; then
    uv pip install --quiet --python .venv/bin/python --require-hashes -r "requirements/$level.txt"
else
    .venv/bin/python -m pip install -qq --disable-pip-version-check --no-warn-script-location \
        --require-hashes -r "requirements/$level.txt"
fi
# Another lock may have held other versions: what it said no longer holds.
rm -f .venv/installed-run .venv/installed-test .venv/installed-dev
digest "$level" >".venv/installed-$level"
