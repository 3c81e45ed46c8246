"""Render the named pages in every theme, language and width, look for faults, lay out a sheet.

`tools/shots.py --address=URL --out=DIR [--only=NAME,…] [--languages=…] [--themes=…] [--widths=…]
[--quick] [--pictures]`; `./qiao shots` starts a demo world and calls it. The answer is 1 when a
page has a fault; `faults.txt` lists them. `--pictures` renews the pictures of README and guides.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue

from playwright.sync_api import Page, Response

from shotacts import PAUSE
from shotfaults import COLOURS, Words, barriers, look
from shotpages import DESKTOP, PHONE, SHOTS, SIZES, Shot
from shotpictures import LANGUAGES as GUIDE_LANGUAGES
from shotpictures import PICTURES, keep
from shotsheet import Taken, lay_out
from shotstudio import Studio, View, World, dress, enter, opened

THEMES = ("light", "dark")
LANGUAGES = ("zh-hans", "zh-hant", "en")
SETTLED = """theme => new Promise(done => {
  const wait = () => document.documentElement.dataset.bsTheme === theme
      && !document.getAnimations().some(each => each.playState === 'running')
    ? requestAnimationFrame(() => requestAnimationFrame(() => done(true)))
    : performance.now() < until ? requestAnimationFrame(wait) : done(false);
  const until = performance.now() + 3000;
  requestAnimationFrame(wait);
})"""
BROWSERS = min(4, os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which dresses are rendered at all."""

    themes: tuple[str, ...]
    languages: tuple[str, ...]
    widths: tuple[str, ...]

    def sizes(self, shot: Shot) -> list[tuple[int, int]]:
        """The sizes of a page, the usual one of its device first."""
        if not self.widths:
            return [PHONE if shot.phone else DESKTOP]
        return [size for size in SIZES if str(size[0]) in self.widths]


@dataclass
class Work:
    """The pages that wait, and what was found on those that were rendered."""

    out: Path
    wanted: Wanted
    words: Words
    waiting: SimpleQueue[Shot] = field(default_factory=SimpleQueue)
    faults: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)

    def blame(self, shot: Shot, view: View, found: list[str]) -> None:
        """Keep what is wrong in a dress, say it when it is first seen: a whole run is long."""
        for each in found:
            if (shot.name, each) not in self.faults:
                sys.stdout.write(f"{shot.name}: {each} [{view.name}]\n")
                sys.stdout.flush()
            self.faults.setdefault((shot.name, each), []).append(view.name)


def loads(shot: Shot, wanted: Wanted) -> Iterator[list[View]]:
    """The dresses of a page, by what one loading of it serves.

    A telephone gets its own, and so does each width where something was opened beside a button,
    and each theme of what outsiders open, where no script follows the system's change.
    """
    sizes = wanted.sizes(shot)
    wide = [size for size in sizes if size != PHONE]
    groups = [[PHONE], wide] if PHONE in sizes else [wide]
    if shot.act:
        groups = [[size] for size in sizes]
    for language in wanted.languages:
        for group in groups:
            for themes in [wanted.themes] if shot.role else [(each,) for each in wanted.themes]:
                if views := [View(theme, language, size) for size in group for theme in themes]:
                    yield views


def turn_to(studio: Studio, shot: Shot, page: Page) -> Response | None:
    """Bring a page to the state in which its picture is taken."""
    answer = page.goto(f"{studio.world.address}{shot.path.format_map(studio.world.ids)}")
    page.evaluate("() => document.fonts.ready")
    page.wait_for_timeout(PAUSE)
    if shot.act:
        shot.act(page)
    return answer


def illustrate(world: World, names: str) -> None:
    """Renew the pictures of README and guides, in each language; says how big each became."""
    chosen = [p for p in PICTURES if not names or p.name in names.split(",")]
    with opened(world) as studio:
        for picture in chosen:
            for language in GUIDE_LANGUAGES:
                page = studio.page(picture.page.role, View(picture.theme, language, picture.size))
                turn_to(studio, picture.page, page)
                size = keep(page, picture, language)
                sys.stdout.write(f"{picture.path(language).name} {size / 1000:.0f} kB\n")
                page.close()


def take(studio: Studio, work: Work, shot: Shot, views: list[View]) -> None:
    """Load a page once, then a picture of each dress, and all that is wrong with it."""
    page, said = studio.page(shot.role, views[0]), []
    page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    try:
        answer = turn_to(studio, shot, page)
        if answer is not None and answer.status != shot.status:
            work.blame(shot, views[0], [f"answered {answer.status}"])
        for view in views:
            work.blame(shot, view, examine(page, work, view, first=view.theme == views[0].theme))
            path = work.out / f"{shot.name}-{view.name}.jpg"
            page.screenshot(path=path, type="jpeg", quality=85)
            work.taken.append((shot, view, path))
    except Exception as error:  # noqa: BLE001 - one broken page must not hide the others
        work.blame(shot, views[0], [f"could not be rendered: {str(error).splitlines()[0]}"])
    told = [f"console: {text[:200]}" for text in said if not _expected(text, shot)]
    work.blame(shot, views[0], told)
    page.close()


def examine(page: Page, work: Work, view: View, *, first: bool) -> list[str]:
    """Dress a page and look at it.

    Another theme than the first has other colours, whatever the language, and the same words.
    """
    dress(page, view)
    settled = page.evaluate(SETTLED, view.theme)
    found = look(page)
    if not settled:
        found.append("does not take its colours, or does not come to rest")
    if first:
        found += work.words.foreign(page, view.language)
    if view.size in {DESKTOP, PHONE} and (first or view.language == LANGUAGES[0]):
        found += barriers(page, () if first else COLOURS)
    return found


def _expected(text: str, shot: Shot) -> bool:
    return shot.status != 200 and f"status of {shot.status}" in text


def _work_off(world: World, work: Work) -> None:
    """Render what waits, with a browser of one's own."""
    with opened(world) as studio:
        while True:
            try:
                shot = work.waiting.get_nowait()
            except Empty:
                return
            for views in loads(shot, work.wanted):
                take(studio, work, shot, views)


def render(world: World, work: Work, shots: list[Shot]) -> None:
    """Render pages with some browsers side by side."""
    for shot in shots:
        work.waiting.put(shot)
    with ThreadPoolExecutor(BROWSERS) as pool:
        for done in [pool.submit(_work_off, world, work) for _ in range(BROWSERS)]:
            done.result()
    places = {shot.name: place for place, shot in enumerate(shots)}
    work.taken.sort(key=lambda each: places[each[0].name])


def _wanted(args: argparse.Namespace) -> Wanted:
    if args.quick:
        return Wanted(THEMES[:1], LANGUAGES[:1], ())
    parts = (args.themes, args.languages, args.widths)
    themes, languages, widths = (tuple(w for w in words.split(",") if w) for words in parts)
    return Wanted(themes, languages, widths)


def main(words: list[str]) -> int:
    """Take all pictures; say what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", default="", help="names of pages, comma between")
    widths = tuple(str(width) for width, _height in SIZES)
    for name, values in (("themes", THEMES), ("languages", LANGUAGES), ("widths", widths)):
        parser.add_argument(f"--{name}", default=",".join(values), help="comma between")
    parser.add_argument("--pictures", action="store_true", help="renew docs/pictures instead")
    parser.add_argument("--quick", action="store_true", help="one theme, language and width")
    args = parser.parse_args(words)
    args.out.mkdir(parents=True, exist_ok=True)
    chosen = [s for s in SHOTS if not args.only or s.name in args.only.split(",")]
    began = time.monotonic()
    world = enter(args.address.rstrip("/"))
    if args.pictures:
        illustrate(world, args.only)
        return 0
    work = Work(args.out, _wanted(args), Words())
    render(world, work, chosen)
    sheet = lay_out(args.out, work.taken)
    lines = [f"{name}: {each} [{' '.join(v)}]" for (name, each), v in sorted(work.faults.items())]
    (args.out / "faults.txt").write_text("\n".join(lines) + "\n")
    seconds = time.monotonic() - began
    said = f"{len(work.taken)} pictures in {seconds:.0f} s, {len(lines)} faults"
    sys.stdout.write(f"{said}: {sheet}\n")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
