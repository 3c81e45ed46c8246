"""Fixtures of the tests of follow-ups."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from qiao.dispatch.tests.cast import Crew, make_crew


@pytest.fixture
def crew(db: None, settings: Settings, tmp_path: Path) -> Crew:
    """The cast of the tests of work orders, with a place of its own for pictures."""
    settings.MEDIA_ROOT = tmp_path
    return make_crew()
