"""Documents in the admin: to be read, never edited in place."""

from templates_engine.admin import contributions as contributions
from templates_engine.admin import documents as documents
from templates_engine.admin import remarks as remarks
from templates_engine.admin import versions as versions
