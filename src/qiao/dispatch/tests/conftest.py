"""Fixtures of the tests of work orders."""

from pathlib import Path

import pytest

from qiao.dispatch.tests.cast import Crew, make_crew


@pytest.fixture
def crew(db: None, media: Path) -> Crew:
    """The cast, with a place of its own for pictures."""
    return make_crew()
