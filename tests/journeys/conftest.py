"""A site for each journey; all of them are skipped, and counted, where there is no Chromium."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections, transaction
from playwright.sync_api import Browser, expect, sync_playwright

from qiao.config.cli.browser import FLAGS
from qiao.staff.models import Staff
from qiao.staff.operations import define_skill, give_skill
from qiao.staff.queries import company_id
from qiao.telephony.operations import add_line
from tests.journeys.exchanges import LINE, QUEUE, Exchange
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


@pytest.fixture
def exchange(site: Site, settings: Any) -> Iterator[Exchange]:
    """The hotline of the site, whose calls its agent may take."""
    del site
    settings.TRUNK = "outside/{number}"  # as the server of the site has it
    with transaction.atomic():
        define_skill(key=QUEUE, names={"en": QUEUE})
        give_skill(staff=Staff.objects.get(number="1027"), skill_key=QUEUE, level=3)
        add_line(number=LINE, name="供水热线", organisation_id=company_id(), queue=QUEUE)
    made = Exchange()
    made.start()
    yield made
    made.stop()
    connections.close_all()
