"""The stories' own fixtures."""

import pytest

from tests.stories import world


@pytest.fixture
def company(db: None) -> None:
    """The small company of world.py."""
    world.build()


@pytest.fixture
def committed_company(transactional_db: None) -> None:
    """The same, committed, so that threads, races and other processes see it."""
    world.build()
