#!/bin/sh
# Makes requirements/{run,test,dev}.txt again. The same command for each, so that a version differs in none.
set -eu
cd "$(dirname "$0")/.."
uv=$(command -v uv || echo .venv/bin/uv)
[ -x "$uv" ] || { echo "make lock needs uv: pip install uv" >&2; exit 1; }
compile() {
    out=requirements/$1.txt
    shift
    "$uv" pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.12 \
        pyproject.toml "$@" -o "$out"
}
compile dev --group test --group dev
compile test --group test --constraint requirements/dev.txt
compile run --constraint requirements/dev.txt
