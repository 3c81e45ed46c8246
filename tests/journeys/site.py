"""A small water company with a web server of its own, and browsers for its people."""

import atexit
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from qiao.core.tests.deliveries import run_deliveries
from qiao.customers.operations import Address, NewPhone, open_account_at, register_customer
from qiao.staff.models import Organisation, Role, Staff
from qiao.staff.operations import add_organisation, assign_role, hire, join_team
from qiao.staff.queries import actor_for

PROJECT = Path(__file__).parents[2]
SINCE = date(2020, 1, 1)
PHONE_NUMBER = "13805712264"
CUSTOMER = "陈慧敏"
AREA = "339102"
PEOPLE = (
    ("1027", "林晓岚", "agent"),
    ("1028", "周明", "agent"),
    ("2001", "周启明", "dispatcher"),
    ("3101", "王建军", "technician"),
    ("1008", "沈国良", "supervisor"),
    ("9001", "郑岩", "administrator"),
    ("9002", "唐慧", "leader"),
    ("1601", "苏婉清", "customer_manager"),
    ("1602", "邓卓然", "customer_manager"),
    ("9301", "马德胜", "meter_reader"),
    ("9302", "廖晓芸", "meter_reader"),
)
# Settings that a test may change for its server too.
PASSED_ON = ("QIAO_WEBHOOKS_PRIVATE", "SWITCH", "SWITCH_WSS")
READY_SECONDS = 60
PATIENCE = 30_000  # milliseconds


@dataclass
class Site:
    """The address of the server and the browser that visits it."""

    address: str
    browser: Browser
    complaints: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def sign_in(self, name: str, *, language: str = "en", phone: bool = False) -> Page:
        """A browser of their own for somebody of the company, signed in by one click."""
        page = self.visitor(language=language, phone=phone)
        page.goto(f"{self.address}/account/login/")
        number = next(number for number, each, _role in PEOPLE if each == name)
        card = page.locator(f'form[action$="/{number}"] button')
        if card.count():
            card.click()
        else:
            token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
            answer = page.request.post(
                f"{self.address}/me/demo/{number}",
                form={"csrfmiddlewaretoken": token},
                headers={"Referer": self.address},
            )
            assert answer.ok
        page.goto(f"{self.address}/")
        return page

    def visitor(self, *, language: str = "en", phone: bool = False) -> Page:
        """A browser of nobody yet."""
        size = {"width": 390, "height": 844} if phone else {"width": 1440, "height": 900}
        context = self.browser.new_context(
            viewport=size,  # type: ignore[arg-type]
            has_touch=phone,
            reduced_motion="reduce",
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        self.contexts.append(context)
        context.set_default_timeout(PATIENCE)
        if language:
            context.add_cookies([{"name": "q-language", "value": language, "url": self.address}])
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._hear)
        return page

    def _hear(self, message: Any) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            self.complaints.append(message.text)

    def work(self) -> None:
        """Do what the worker would: deliver every waiting event."""
        with transaction.atomic():
            run_deliveries()


def settle(page: Page) -> None:
    """Wait until htmx has nothing under way."""
    page.wait_for_function("() => !document.querySelector('.htmx-request')")
    page.wait_for_timeout(150)


def see(page: Page, text: str) -> None:
    """Wait until a text is on the page."""
    found = page.get_by_text(re.compile(re.escape(text))).filter(visible=True)
    expect(found.first).to_be_visible()


def found_company() -> None:
    """The company, its people with the product's own roles, and a customer."""
    company = add_organisation(
        kind="company",
        code="city",
        name="临江水务",
        languages=["zh-hans", "zh-hant", "en"],
        packs=["water"],
    )
    lake = add_organisation(
        kind="branch", code="lake", name="滨湖供水所", parent=company, region=AREA, areas=[AREA]
    )
    skills = ["network", "quality", "metering", "dispatch", "enquiry", "intake", "business"]
    crew = add_organisation(
        kind="team", code="crew", name="滨湖抢修班", parent=lake, areas=[AREA], skills=skills
    )
    for number, name, role in PEOPLE:
        _hire(company, crew, number, name, role)
    agent = actor_for(Staff.objects.get(number="1027"), day=timezone.localdate())
    now = timezone.now()
    customer = register_customer(
        actor=agent,
        now=now,
        organisation_id=lake.pk,
        name=CUSTOMER,
        phones=[NewPhone(PHONE_NUMBER)],
    )
    open_account_at(
        actor=agent,
        now=now,
        organisation_id=lake.pk,
        number="30114408217",
        service="water",
        owner_id=customer.pk,
        address=Address(
            AREA, district="滨湖区", community="翠湖花园", building="6幢", room="1203"
        ),
    )


def _hire(company: Organisation, crew: Organisation, number: str, name: str, role: str) -> None:
    staff = hire(organisation=crew, number=number, name=name, title=role)
    held = Role.objects.get(key=role)
    assign_role(staff=staff, role=held, organisation=company, valid_from=SINCE)
    join_team(staff=staff, team=crew)


@contextmanager
def served(database: str, media: Path, log: Path) -> Iterator[str]:
    """The web server on a free port, on that database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    order = {
        "database": database,
        "media": str(media),
        "log": str(log),
        "port": port,
        "settings": {name: getattr(settings, name) for name in PASSED_ON},
    }
    process = _forked(order)
    try:
        _wait(port, process, log)
        yield f"http://localhost:{port}"
    finally:
        # All at once: by itself it would wait for streams that no page closes any more.
        os.killpg(process, signal.SIGKILL)
        _until_gone(process)


def _forked(order: dict[str, Any]) -> int:
    """Ask for a server; its process id, which is its group's too."""
    maker = _maker()
    assert maker.stdin is not None
    assert maker.stdout is not None
    maker.stdin.write(json.dumps(order) + "\n")
    maker.stdin.flush()
    return int(maker.stdout.readline())


@cache
def _maker() -> "subprocess.Popen[str]":
    """The process that forks servers, started with the first journey of this one."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "qiao.config.settings",
        "PYTHONPATH": str(PROJECT / "src"),
        "QIAO_DEMO": "1",
    }
    maker = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("preloaded.py"))],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    atexit.register(_end, maker)
    assert maker.stdout is not None
    assert maker.stdout.readline() == "ready\n", "the web server cannot be imported"
    return maker


def _end(maker: "subprocess.Popen[str]") -> None:
    assert maker.stdin is not None
    maker.stdin.close()
    maker.wait(10)


def _wait(port: int, process: int, log: Path) -> None:
    for _try in range(READY_SECONDS * 20):
        assert _lives(process), log.read_text()[-3000:]
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(log.read_text()[-3000:])


def _until_gone(process: int) -> None:
    for _try in range(200):
        if not _lives(process):
            return
        time.sleep(0.05)


def _lives(process: int) -> bool:
    try:
        os.killpg(process, 0)
    except ProcessLookupError:
        return False
    return True
