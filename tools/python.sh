#!/bin/sh
# Prints the path of a Python that the portal runs on (3.12, 3.13 or 3.14), or one line that says what to install.
# Each candidate is started, not only looked for: a pyenv shim exists for versions that are not switched on.

fits() {
    [ -n "$1" ] && "$1" -c 'import ensurepip, ssl, sqlite3, sys; sys.exit(not (3, 12) <= sys.version_info < (3, 15))' \
        >/dev/null 2>&1
}

candidates() {
    for name in "${OPSPORTAL_PYTHON:-}" python3.13 python3.12 python3.14 python3 python; do
        [ -n "$name" ] && command -v "$name" 2>/dev/null
    done
    for folder in "${PYENV_ROOT:-$HOME/.pyenv}/versions" "${UV_PYTHON_INSTALL_DIR:-$HOME/.local/share/uv/python}"; do
        for minor in 13 12 14; do
            ls -d "$folder"/*3."$minor"*/bin/python3 2>/dev/null
        done
    done
    if command -v uv >/dev/null 2>&1; then
        uv python find --no-python-downloads '>=3.12,<3.15' 2>/dev/null
    fi
}

candidates | while read -r python; do
    if fits "$python"; then
        echo "$python"
        exit 3
    fi
done
# The loop runs in a subshell: 3 is its word for "found".
[ $? -eq 3 ] && exit 0
echo "Opsportal needs Python 3.12, 3.13 or 3.14 with ssl, sqlite3 and venv:" \
    "install one (Debian: apt install python3 python3-venv; macOS: brew install python@3.13; or: uv python install 3.13)." >&2
exit 1
