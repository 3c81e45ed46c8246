"""The pictures of README and guides: which page, in which dress, from where on it is shown."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from shotpages import PHONE, SHOTS, Shot

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pictures"
LANGUAGES = ("en", "zh-hans")
SIZE = (1280, 800)
LIMIT = 80_000  # bytes of one picture: a guide with six of them is read over a slow line
QUALITIES = (82, 74, 66, 58, 50, 40)


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of the guides; `top` is what stands at its upper edge, else the page's begin."""

    name: str
    shot: str
    theme: str = "light"
    size: tuple[int, int] = SIZE
    top: str = ""

    @property
    def page(self) -> Shot:
        """The page of `./qiao shots` that is shown."""
        return next(each for each in SHOTS if each.name == self.shot)

    def path(self, language: str) -> Path:
        """Where it is kept in a language."""
        return FOLDER / f"{self.name}-{language}.webp"


PICTURES = (
    Picture("workspace", "workspace-contact"),
    Picture("case", "case"),
    Picture("overview", "overview", "dark"),
    Picture("phone", "phone-job", size=PHONE),
    Picture("cases", "cases"),
    Picture("case-writing", "case", top=".cs-boxes"),
    Picture("case-clocks", "case-clocks"),
    Picture("complaint", "case-risk"),
    Picture("process", "process-draft"),
    Picture("case-form", "case-form-draft"),
    Picture("ladder", "ladder"),
    Picture("reports", "reports"),
)


def keep(page: Any, picture: Picture, language: str) -> int:
    """Write what the page shows; returns the bytes, the best quality that fits below the limit."""
    if picture.top:
        page.locator(picture.top).first.evaluate("el => el.scrollIntoView({block: 'start'})")
        page.wait_for_timeout(100)
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    path = picture.path(language)
    for quality in QUALITIES:
        image.save(path, "WEBP", quality=quality, method=6)
        if path.stat().st_size <= LIMIT:
            break
    return path.stat().st_size
