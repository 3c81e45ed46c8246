"""Fixtures of the tests of readings."""

from pathlib import Path

import pytest

from qiao.metering.tests.cast import Round, make_round


@pytest.fixture
def walked(db: None, media: Path) -> Round:
    """A round under way, with a place of its own for photos."""
    return make_round()
