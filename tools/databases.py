"""Which databases, and which browser, this machine offers to the tests."""

import os
import shutil

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
TEST_URL = "OPSPORTAL_TEST_DATABASE_URL"


def chromium() -> str | None:
    """The path of a Chromium, or None; OPSPORTAL_CHROMIUM names another one."""
    named = os.environ.get("OPSPORTAL_CHROMIUM")
    for name in (named,) if named else CHROMIUMS:
        if found := shutil.which(name):
            return found
    return None


def second_url() -> str | None:
    """The second database's address as the caller gave it, or None."""
    return os.environ.get(TEST_URL) or None
