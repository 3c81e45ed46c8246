"""What the tests of the whole house share: one filled branch for a module, rolled back after."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from tests.world import World, build_world


@pytest.fixture(scope="module")
def world(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    """The filled branch, for all tests of a module. Do not mark them with django_db."""
    from django.test import override_settings

    media = tmp_path_factory.mktemp("media")
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=Path(media)),
        transaction.atomic(),
    ):
        yield build_world(timezone.now())
        transaction.set_rollback(True)
