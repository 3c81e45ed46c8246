"""The sources of pages keep the content policy, and the colours keep their contrast."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parents[4]
TEMPLATES = sorted((ROOT / "src" / "qiao").glob("*/templates/**/*.html"))
OWN = sorted((ROOT / "src" / "qiao" / "core" / "templates").rglob("*.html"))
INLINE = re.compile(
    r"""\sstyle\s*=|<style\b|\son[a-z]+\s*=\s*["']|javascript:|\shx-on|<script(?![^>]*\ssrc=)""",
    re.IGNORECASE,
)
STATES = (
    "ok",
    "warn",
    "danger",
    "info",
    "mute",
    "primary",
    "tier-a",
    "tier-b",
    "tier-c",
    "tier-d",
)
GROUNDS = ("surface", "bg", "sunken", "hover", "selected")
TEXT = [
    *((f"text{n}", ground) for n in ("", "-2", "-3") for ground in GROUNDS),
    *((f"{s}-text", f"{s}-soft") for s in STATES),
    *((f"{s}-text", "surface") for s in STATES),
    ("on-primary", "primary"),
]
CHANNELS = ("call", "wechat", "chat", "mail", "sms", "desk")
SHAPES = [
    *((f"sev-{n}", "surface") for n in range(1, 5)),
    *((f"tier-{letter}", "surface") for letter in "abcd"),
    *((f"c{n}", "surface") for n in range(1, 9)),
    *((f"ch-{channel}", "surface") for channel in CHANNELS),
    *((name, ground) for name in ("border-3", "focus") for ground in ("surface", "bg")),
]


def tokens(selector: str) -> dict[str, str]:
    source = (ROOT / "frontend" / "css" / "tokens.css").read_text()
    start = source.index(selector)
    block = source[start : source.index("}", start)]
    return dict(re.findall(r"--q-([\w-]+):\s*(#[0-9a-fA-F]{3,6})\b", block))


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours. Source: WCAG 2.2, relative luminance."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("selector", [":root,[data-bs-theme=light]{", "[data-bs-theme=dark]{"])
def test_every_pair_of_colours_can_be_read_in_both_themes(selector: str) -> None:
    colour = tokens(selector)
    weak = [
        f"{ink} on {ground}: {ratio:.2f} < {limit}"
        for pairs, limit in ((TEXT, 4.5), (SHAPES, 3.0))
        for ink, ground in pairs
        if (ratio := contrast(colour[ink], colour[ground])) < limit
    ]
    assert weak == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT / "src")))
def test_no_page_holds_inline_style_or_script(path: Path) -> None:
    assert INLINE.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", OWN, ids=lambda p: p.name)
def test_every_template_of_the_kit_compiles(path: Path) -> None:
    get_template(str(path.relative_to(ROOT / "src" / "qiao" / "core" / "templates")))


@pytest.mark.parametrize("path", sorted((ROOT / "frontend").rglob("*.js")), ids=lambda p: p.name)
def test_scripts_are_short_and_evaluate_nothing(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert source.count("\n") < 300
    assert not re.search(
        r"\beval\(|new Function\(|innerHTML|outerHTML\s*=|document\.write", source
    )
