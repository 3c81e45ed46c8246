"""The browser, who is signed in to the demo world, and the records at hand there to look at."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from qiao.config.cli.browser import FLAGS
from shotpages import DESKTOP, PLAYED

CHROMIUM = os.environ.get("QIAO_CHROMIUM", "/usr/bin/chromium")


@dataclass(frozen=True, slots=True)
class View:
    """In which dress a page is rendered."""

    theme: str
    language: str
    size: tuple[int, int]

    @property
    def name(self) -> str:
        """For file names."""
        return f"{self.language}-{self.theme}-{self.size[0]}"


USUAL = View("light", "zh-hans", DESKTOP)


@dataclass
class World:
    """Whom the demo world let in, and the ids that addresses of pages need."""

    address: str
    cookies: dict[str, list[Any]] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)


@dataclass
class Studio:
    """One browser on a world."""

    browser: Browser
    world: World
    contexts: dict[tuple[str, str], BrowserContext] = field(default_factory=dict)

    def page(self, role: str, view: View) -> Page:
        """A fresh page for a role in a dress; pages of one language share what was loaded."""
        key = (role, view.language)
        if key not in self.contexts:
            self.contexts[key] = self._context(*key)
        page = self.contexts[key].new_page()
        dress(page, view)
        return page

    def _context(self, role: str, language: str) -> BrowserContext:
        context = self.browser.new_context(
            reduced_motion="reduce", locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        chosen: list[Any] = [
            {"name": name, "value": value, "url": self.world.address}
            for name, value in (("q-language", language), ("q-theme", "system"))
        ]
        context.add_cookies([*self.world.cookies.get(role, []), *chosen])
        return context

    def forget(self) -> None:
        """Close all contexts: somebody else signs in."""
        for context in self.contexts.values():
            context.close()
        self.contexts.clear()


def dress(page: Page, view: View) -> None:
    """Give a page its size, and the theme as the system has it, which it follows."""
    page.set_viewport_size({"width": view.size[0], "height": view.size[1]})
    page.emulate_media(color_scheme="dark" if view.theme == "dark" else "light")


@contextmanager
def opened(world: World) -> Iterator[Studio]:
    """Keep a browser for a block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield Studio(browser, world)
        browser.close()


def enter(address: str) -> World:
    """Sign in as everybody, look for what is at hand."""
    world = World(address)
    with opened(world) as studio:
        _sign_in(studio)
        _find_ids(studio)
    return world


def _sign_in(studio: Studio) -> None:
    """What the card of the sign-in page sends, for everybody."""
    address = studio.world.address
    for role, number in PLAYED.items():
        page = studio.page("", USUAL)
        page.goto(f"{address}/account/login/")
        token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
        page.request.post(
            f"{address}/me/demo/{number}",
            form={"csrfmiddlewaretoken": token},
            headers={"Referer": address},
        )
        kept = page.context.cookies()
        studio.world.cookies[role] = [c for c in kept if c["name"] in {"q-session", "q-csrf"}]
        studio.forget()


def _find_ids(studio: Studio) -> None:
    """A customer, a case, a job and a contact at hand to look at."""
    ids = studio.world.ids
    for role, key, path, pattern in (
        ("agent", "customer", "/customers/", r'href="/customers/(\d+)/'),
        ("agent", "case", "/cases/?view=open&type=water.small_leak", r'data-case="(\d+)"'),
        ("agent", "case", "/cases/?view=open", r'data-case="(\d+)"'),
        ("technician", "job", "/jobs/", r'href="/jobs/(\d+)/'),
        ("administrator", "key", "/api-keys/", r'href="/api-keys/(\d+)/'),
        ("administrator", "endpoint", "/webhooks/", r'href="/webhooks/(\d+)/'),
    ):
        if key in ids:
            continue
        page = studio.page(role, USUAL)
        page.goto(f"{studio.world.address}{path}")
        found = re.search(pattern, page.content())
        if found:
            ids[key] = found.group(1)
        page.close()
    ids["contact"] = _new_contact(studio)
    ids["meter"], ids["meter_day"] = _smart_meter(studio)
    if "job" not in ids:
        ids["job"] = _job_of_crew(studio)


def _smart_meter(studio: Studio) -> tuple[str, str]:
    """A meter of the demo's first customer that tells half hours, and the address of a day."""
    address = studio.world.address
    page = studio.page("administrator", USUAL)
    page.goto(f"{address}/customers/1/")
    for meter in dict.fromkeys(re.findall(r"/readings/points/(\d+)/", page.content())):
        told = page.request.get(f"{address}/readings/points/{meter}/").text()
        day = re.search(r"/readings/points/\d+/days/[0-9-]+/", told)
        if day:
            return meter, day.group(0)
    return "1", "/readings/points/1/"


def _job_of_crew(studio: Studio) -> str:
    """A job on the board that the technician may open, where none is their own; else empty."""
    address = studio.world.address
    board = studio.page("dispatcher", USUAL)
    board.goto(f"{address}/jobs/board/")
    phone = studio.page("technician", USUAL)
    for job in dict.fromkeys(re.findall(r'href="/jobs/(\d+)/', board.content())):
        if phone.request.get(f"{address}/jobs/{job}/").ok:
            return job
    return ""


def _new_contact(studio: Studio) -> str:
    """The contact at hand, else a call of the demo's first customer, of whom most is known."""
    address = studio.world.address
    page = studio.page("agent", USUAL)
    page.goto(f"{address}/workspace/")
    found = re.search(r"open=contact(?::|%3A)(\d+)", page.content())
    if found:
        return found.group(1)
    page.goto(f"{address}/workspace/?new=phone&customer=1&phone=13800138000")
    page.locator("form.q-newcontact [data-primary]").click()
    page.wait_for_url(re.compile("open=contact"))
    found = re.search(r"contact:(\d+)", page.url.replace("%3A", ":"))
    page.close()
    return found.group(1) if found else ""
