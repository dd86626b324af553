"""Collecting static files only when one of them changed: it takes seconds, and most starts change none."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.management.commands.collectstatic import Command
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.management import call_command


def _digest() -> str:
    """Over the name, size and time of every source."""
    found = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list(None):
            stat = Path(storage.path(name)).stat()
            found.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return found.hexdigest()


def collect() -> bool:
    """Collect if need be; True when it was."""
    mark = Path(settings.STATIC_ROOT) / ".collected"
    digest = _digest()
    if mark.exists() and mark.read_text() == digest:
        return False
    command = Command()
    # The same names and manifest without compression: that takes a minute and helps nobody on this machine.
    # A company's image runs `collectstatic` itself, with the storage of the settings.
    command.storage = ManifestStaticFilesStorage()
    call_command(command, interactive=False, verbosity=0, clear=True)
    mark.write_text(digest)
    return True
