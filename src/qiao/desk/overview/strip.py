"""The strip of headline figures: value, change against the days before, the way there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from qiao.core.actor import Actor
from qiao.core.figures import Standing
from qiao.core.manifest import Headline
from qiao.core.registry import registry
from qiao.core.rules.statistics import Change
from qiao.core.ui.figures import figure
from qiao.desk.overview.choice import Choice
from qiao.desk.overview.drawing import sureness

STEADY_PERCENT: Final = 0.5  # a smaller change is called none
STEADY_POINTS: Final = 0.05


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile as the page shows it. `tone` is ok, bad or nothing; `trend_tone` a hue."""

    key: str
    title: Any
    value: str
    unit: str
    href: str
    note: str
    is_few: bool = False
    arrow: str = ""
    change: str = ""
    tone: str = ""
    compared: str = ""
    trend: Sequence[float] = ()
    is_live: bool = False


def tiles(actor: Actor, choice: Choice, *, live: bool) -> list[Tile]:
    """The strip's tiles: those of the present moment, or those of the chosen days."""
    wanted = [h for h in registry.headlines(actor) if bool(h.topic) is live]
    return [_tile(item, item.load(actor, choice.scope), choice) for item in wanted]


def live_topics(actor: Actor) -> list[str]:
    """The topics whose events refresh the tiles of the present moment."""
    return sorted({h.topic for h in registry.headlines(actor) if h.topic})


def _tile(item: Headline, found: Standing, choice: Choice) -> Tile:
    notes = [str(found.note)] if found.note else []
    if choice.pack and not item.by_pack:
        notes.append(_("all packs"))
    value, unit, is_few = figure(found.value), "", False
    if found.share is not None:
        percent = found.share.percent
        value, unit = ("–", "") if percent is None else (f"{percent:.1f}", "%")
        is_few = found.share.is_small and found.share.whole > 0
        notes.insert(0, sureness(found.share))
    arrow, change, tone, compared = _change(item, found, choice)
    return Tile(
        key=item.key,
        title=item.title,
        value=value,
        unit=unit,
        href=found.href,
        note=" · ".join(filter(None, notes)),
        is_few=is_few,
        arrow=arrow,
        change=change,
        tone=tone,
        compared=compared,
        trend=[round(float(v), 1) for v in found.trend],
        is_live=bool(item.topic),
    )


def _change(item: Headline, found: Standing, choice: Choice) -> tuple[str, str, str, str]:
    """Arrow, words, tone and what is compared with; empty without anything to compare with."""
    before = choice.before
    days = f"{before.since:%Y-%m-%d}" + (f" – {before.until:%m-%d}" if before.days > 1 else "")
    if found.share is not None:
        old = found.share_before.percent if found.share_before else None
        new = found.share.percent
        if old is None or new is None:
            return "", "", "", ""
        moved, steady = new - old, STEADY_POINTS
        words = _("%(points)s pts") % {"points": f"{abs(moved):.1f}"}
        was = f"{old:.1f} %"
    else:
        if found.value_before is None:
            return "", "", "", ""
        was = figure(found.value_before)
        percent = Change(found.value_before, found.value).percent
        if choice.is_running or percent is None:
            return "", _("%(was)s before") % {"was": was}, "", f"{days}: {was}"
        moved, steady = percent, STEADY_PERCENT
        words = f"{abs(moved):.0f} %"
    if abs(moved) < steady:
        return "", _("unchanged"), "", f"{days}: {was}"
    arrow = "▲" if moved > 0 else "▼"
    return arrow, words, _tone(item.better, rises=moved > 0), f"{days}: {was}"


def _tone(better: str, *, rises: bool) -> str:
    if not better:
        return ""
    return "ok" if (better == "up") is rises else "bad"
