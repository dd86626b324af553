"""One Chromium for all browser tests; where the machine has none they are skipped and say so."""

import shutil
from typing import Any

import pytest
from playwright.sync_api import expect

from tools.databases import chromium

# Two shared cores: what takes a second by itself may take ten beside a second suite.
expect.set_options(timeout=15_000)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-dev-shm-usage",
]


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    path = chromium()
    if path is None:
        pytest.skip("no Chromium on this machine (apt install chromium, or OPSPORTAL_CHROMIUM=path)")
    return {"executable_path": shutil.which(path), "args": ARGUMENTS, "headless": True}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    return {"viewport": {"width": 1440, "height": 900}, "locale": "en-GB", "timezone_id": "UTC"}
