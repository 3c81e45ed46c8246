"""A site for each journey; all of them are skipped, and counted, where there is no Chromium."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from playwright.sync_api import Browser, expect, sync_playwright

from qiao.config.cli.browser import FLAGS
from tests.journeys.site import PATIENCE, Site, found_company, served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys."""
    path = os.environ.get("QIAO_CHROMIUM", "")
    if not Path(path).is_file():
        pytest.skip("no Chromium on this machine: ./qiao doctor says how to install it")
    with sync_playwright() as playwright:
        # Playwright keeps a loop in this thread; our own calls of the database stay ordinary.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        expect.set_options(timeout=PATIENCE)
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def site(browser: Browser, own_database: str, tmp_path: Path) -> Iterator[Site]:
    """A founded company, served; no page of it may complain of scripts or policy."""
    with transaction.atomic():
        found_company()
    with served(own_database, tmp_path / "media", tmp_path / "web.log") as address:
        site = Site(address, browser)
        yield site
        for context in site.contexts:
            context.close()
    assert site.complaints == []
