"""Bad input that others collected: their files as they are, unpacked from tests/data."""

import base64
import json
import zlib
from pathlib import Path

DATA = Path(__file__).parent / "data"


def json_suite(start: str = "") -> dict[str, bytes]:
    """The files of JSONTestSuite by their name (y_: must be read, n_: must be refused, i_: either)."""
    packed = json.loads((DATA / "jsontestsuite.json").read_text())["files"]
    found = {name.rpartition("/")[2]: zlib.decompress(base64.b64decode(text)) for name, text in packed.items()}
    return {name: body for name, body in found.items() if name.startswith(start)}


def naughty() -> list[str]:
    """The big list of naughty strings."""
    strings: list[str] = json.loads((DATA / "blns.json").read_text())["strings"]
    return strings
