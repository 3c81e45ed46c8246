"""Render the named pages in every theme and language, look for faults, lay out a contact sheet.

`tools/shots.py --address=URL --out=DIR [--only=NAME,…] [--languages=…] [--themes=…] [--widths=…]
[--quick] [--pictures]`; `./qiao shots` starts a demo world and calls it. The answer is 1 when a
page has a fault; `faults.txt` lists them. `--pictures` renews the pictures of README and guides.
"""

import argparse
import html
import os
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright

from shotfaults import PROJECT, Words, barriers, look
from shotpages import DESKTOP, OTHER_WIDTHS, PAUSE, PHONE, ROLES, SHOTS, UNCARDED, Shot
from shotpictures import LANGUAGES as GUIDE_LANGUAGES
from shotpictures import PICTURES, keep

THEMES = ("light", "dark")
LANGUAGES = ("zh-hans", "zh-hant", "en")
SHARED = Path(os.environ.get("QIAO_SHARED") or PROJECT.parent / "shared")
PROTOTYPES = SHARED / "design" / "ui" / "shots"
CHROMIUM = os.environ.get("QIAO_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


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


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which dresses are rendered at all."""

    themes: tuple[str, ...]
    languages: tuple[str, ...]
    widths: tuple[str, ...]

    def includes(self, view: View) -> bool:
        """Whether a picture is taken in this dress."""
        return (
            view.theme in self.themes
            and view.language in self.languages
            and (not self.widths or str(view.size[0]) in self.widths)
        )


@dataclass
class Studio:
    """The browser, who is signed in, which ids the pages need, and what was found."""

    browser: Browser
    address: str
    out: Path
    words: Words
    contexts: dict[tuple[str, str, str], BrowserContext] = field(default_factory=dict)
    cookies: dict[str, list[Any]] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    taken: list[tuple[Shot, View, Path]] = field(default_factory=list)

    def page(self, role: str, view: View) -> Page:
        """A fresh page for a role in a dress; pages of one dress share what was loaded."""
        key = (role, view.theme, view.language)
        if key not in self.contexts:
            self.contexts[key] = self._context(role, view)
        page = self.contexts[key].new_page()
        page.set_viewport_size({"width": view.size[0], "height": view.size[1]})
        return page

    def _context(self, role: str, view: View) -> BrowserContext:
        context = self.browser.new_context(
            reduced_motion="reduce",
            color_scheme="dark" if view.theme == "dark" else "light",
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        chosen = {"q-language": view.language, "q-theme": view.theme}
        dress: list[Any] = [
            {"name": name, "value": value, "url": self.address} for name, value in chosen.items()
        ]
        context.add_cookies([*self.cookies.get(role, []), *dress])
        return context

    def forget(self) -> None:
        """Close all contexts: somebody else signs in."""
        for context in self.contexts.values():
            context.close()
        self.contexts.clear()


USUAL = View("light", "zh-hans", DESKTOP)


def sign_in(studio: Studio) -> None:
    """One click on each card of the sign-in page; what a card sends for those without one."""
    for role in (*ROLES, *UNCARDED):
        page = studio.page("", USUAL)
        page.goto(f"{studio.address}/account/login/")
        if role in ROLES:
            page.locator(".q-roles form button").nth(ROLES[role]).click()
            page.wait_for_load_state()
        else:
            token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
            page.request.post(
                f"{studio.address}/me/demo/{UNCARDED[role]}",
                form={"csrfmiddlewaretoken": token},
                headers={"Referer": studio.address},
            )
        kept = page.context.cookies()
        studio.cookies[role] = [c for c in kept if c["name"] in {"q-session", "q-csrf"}]
        studio.forget()


def find_ids(studio: Studio) -> None:
    """A customer, a case, a job and a contact at hand to look at."""
    for role, key, path, pattern in (
        ("agent", "customer", "/customers/", r'href="/customers/(\d+)/'),
        ("agent", "case", "/cases/?view=open&type=water.small_leak", r'data-case="(\d+)"'),
        ("agent", "case", "/cases/?view=open", r'data-case="(\d+)"'),
        ("technician", "job", "/jobs/", r'href="/jobs/(\d+)/'),
        ("administrator", "key", "/api-keys/", r'href="/api-keys/(\d+)/'),
        ("administrator", "endpoint", "/webhooks/", r'href="/webhooks/(\d+)/'),
    ):
        if key in studio.ids:
            continue
        page = studio.page(role, USUAL)
        page.goto(f"{studio.address}{path}")
        found = re.search(pattern, page.content())
        if found:
            studio.ids[key] = found.group(1)
        page.close()
    studio.ids["contact"] = _new_contact(studio)
    if "job" not in studio.ids:
        studio.ids["job"] = _job_of_crew(studio)


def _job_of_crew(studio: Studio) -> str:
    """A job on the board that the technician may open, where none is their own; else empty."""
    board = studio.page("dispatcher", USUAL)
    board.goto(f"{studio.address}/jobs/board/")
    phone = studio.page("technician", USUAL)
    for job in dict.fromkeys(re.findall(r'href="/jobs/(\d+)/', board.content())):
        if phone.request.get(f"{studio.address}/jobs/{job}/").ok:
            return job
    return ""


def _new_contact(studio: Studio) -> str:
    """The contact at hand, else a call of the demo's first customer, of whom most is known."""
    page = studio.page("agent", USUAL)
    page.goto(f"{studio.address}/workspace/")
    found = re.search(r"open=contact(?::|%3A)(\d+)", page.content())
    if found:
        return found.group(1)
    page.goto(f"{studio.address}/workspace/?new=phone&customer=1&phone=13800138000")
    page.locator("form.q-newcontact [data-primary]").click()
    page.wait_for_url(re.compile("open=contact"))
    found = re.search(r"contact:(\d+)", page.url.replace("%3A", ":"))
    page.close()
    return found.group(1) if found else ""


def views_of(shot: Shot, wanted: Wanted) -> Iterator[View]:
    """What is wanted of every theme and language at the usual width, and of other widths."""
    size = PHONE if shot.phone else DESKTOP
    views = [View(theme, language, size) for theme in THEMES for language in LANGUAGES]
    if not shot.phone:
        views += [View("light", "zh-hans", other) for other in OTHER_WIDTHS]
    if not shot.phone and str(PHONE[0]) in wanted.widths:
        views += [View(view.theme, view.language, PHONE) for view in views if view.size == DESKTOP]
    yield from (view for view in views if wanted.includes(view))


def turn_to(studio: Studio, shot: Shot, page: Page) -> Response | None:
    """Bring a page to the state in which its picture is taken."""
    answer = page.goto(f"{studio.address}{shot.path.format_map(studio.ids)}")
    page.evaluate("() => document.fonts.ready")
    page.wait_for_timeout(PAUSE)
    if shot.act:
        shot.act(page)
    return answer


def illustrate(studio: Studio, names: str) -> None:
    """Renew the pictures of README and guides, in each language; says how big each became."""
    chosen = [p for p in PICTURES if not names or p.name in names.split(",")]
    for picture in chosen:
        for language in GUIDE_LANGUAGES:
            page = studio.page(picture.page.role, View(picture.theme, language, picture.size))
            turn_to(studio, picture.page, page)
            size = keep(page, picture, language)
            sys.stdout.write(f"{picture.path(language).name} {size / 1000:.0f} kB\n")
            page.close()


def take(studio: Studio, shot: Shot, view: View) -> None:
    """One picture, and all that is wrong with it."""
    page, said = studio.page(shot.role, view), []
    page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    try:
        answer = turn_to(studio, shot, page)
        found = look(page) + studio.words.foreign(page, view.language)
        if answer is not None and answer.status != shot.status:
            found.append(f"answered {answer.status}")
        if view.language == "zh-hans" and view.size in {DESKTOP, PHONE}:
            found += barriers(page)
        path = studio.out / f"{shot.name}-{view.name}.png"
        page.screenshot(path=path)
        studio.taken.append((shot, view, path))
    except Exception as error:  # noqa: BLE001 - one broken page must not hide the others
        found = [f"could not be rendered: {str(error).splitlines()[0]}"]
    found += [f"console: {text[:200]}" for text in said if not _expected(text, shot)]
    studio.faults += [f"{shot.name} {view.name}: {each}" for each in found]
    page.close()


def _expected(text: str, shot: Shot) -> bool:
    return shot.status != 200 and f"status of {shot.status}" in text


def sheet(studio: Studio) -> None:
    """A page with every picture, the prototype beside it; also as one picture."""
    rows = []
    for shot in dict.fromkeys(shot for shot, _view, _path in studio.taken):
        cells = [
            f'<figure><a href="{p.name}"><img src="{p.name}" loading="lazy"></a>'
            f"<figcaption>{v.name}</figcaption></figure>"
            for s, v, p in studio.taken
            if s == shot
        ]
        model = PROTOTYPES / f"{shot.prototype}.png"
        if shot.prototype and model.is_file():
            copy = studio.out / f"prototype-{model.name}"
            copy.write_bytes(model.read_bytes())
            cells.insert(0, f'<figure><img src="{copy.name}"><figcaption>prototype</figcaption>')
        rows.append(f"<h2>{html.escape(shot.name)}</h2><div>{''.join(cells)}</div>")
    style = (
        "body{font:14px sans-serif;margin:20px;background:#eee}div{display:flex;flex-wrap:wrap;"
        "gap:12px}figure{margin:0}img{width:420px;border:1px solid #999;background:#fff}"
    )
    target = studio.out / "index.html"
    target.write_text(f"<!doctype html><meta charset=utf-8><style>{style}</style>{''.join(rows)}")
    page = studio.browser.new_page(viewport={"width": 1800, "height": 1000})
    page.goto(target.as_uri())
    page.wait_for_timeout(PAUSE)
    page.screenshot(path=studio.out / "sheet.png", full_page=True)
    page.close()


def _wanted(args: argparse.Namespace) -> Wanted:
    if args.quick:
        return Wanted(THEMES[:1], LANGUAGES[:1], tuple(str(w) for w, _h in (DESKTOP, PHONE)))
    parts = (args.themes, args.languages, args.widths)
    themes, languages, widths = (tuple(w for w in words.split(",") if w) for words in parts)
    return Wanted(themes, languages, widths)


def main(words: list[str]) -> int:
    """Take all pictures; say what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", default="", help="names of pages, comma between")
    for name, values in (("themes", THEMES), ("languages", LANGUAGES), ("widths", ())):
        parser.add_argument(f"--{name}", default=",".join(values), help="comma between")
    parser.add_argument("--pictures", action="store_true", help="renew docs/pictures instead")
    parser.add_argument("--quick", action="store_true", help="one theme, language and width")
    args = parser.parse_args(words)
    wanted = _wanted(args)
    args.out.mkdir(parents=True, exist_ok=True)
    chosen = [s for s in SHOTS if not args.only or s.name in args.only.split(",")]
    began = time.monotonic()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        studio = Studio(browser, args.address.rstrip("/"), args.out, Words())
        sign_in(studio)
        find_ids(studio)
        if args.pictures:
            illustrate(studio, args.only)
            browser.close()
            return 0
        for shot in chosen:
            for view in views_of(shot, wanted):
                take(studio, shot, view)
        sheet(studio)
        browser.close()
    (args.out / "faults.txt").write_text("\n".join(studio.faults) + "\n")
    for fault in studio.faults:
        sys.stdout.write(f"{fault}\n")
    seconds = time.monotonic() - began
    said = f"{len(studio.taken)} pictures in {seconds:.0f} s, {len(studio.faults)} faults"
    sys.stdout.write(f"{said}: {args.out}/index.html\n")
    return 1 if studio.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
