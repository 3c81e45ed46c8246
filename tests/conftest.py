"""What the tests of the whole house share: one filled branch for a module, rolled back after."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from tests.walker.browsers import Browsers
from tests.walker.snapshot import Camera
from tests.world import World, build_world


@pytest.fixture(scope="module")
def world(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    """The filled branch, for all tests of a module. Do not mark them with django_db."""
    media = tmp_path_factory.mktemp("media")
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=media),
        transaction.atomic(),
    ):
        yield build_world(timezone.now())
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def browsers(world: World) -> Browsers:
    """A browser for each of the cast."""
    return Browsers(world)


@pytest.fixture(scope="module")
def camera(browsers: Browsers) -> Camera:
    """Looks at the database with the branch filled."""
    return Camera()
