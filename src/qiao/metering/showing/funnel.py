"""How well was read as a funnel: every reader a point between the limits of chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, Final

from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.core.manifest import PointEvents
from qiao.core.rules.funnels import Judged, Spread, judge
from qiao.core.rules.statistics import Share
from qiao.core.ui.markup import markup
from qiao.metering.queries.quality import Group

WIDTH, HEIGHT = 640, 260
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 12, 30
SIZES: Final = 28  # for so many sizes of a group the limits are reckoned
MEASURES: Final[Mapping[str, tuple[Any, Any]]] = {
    "unread": (
        pgettext_lazy("quality of reading", "Not read"),
        gettext_lazy("Stops of rounds that were estimated or not read, out of all."),
    ),
    "stopped": (
        pgettext_lazy("quality of reading", "Stopped by a check"),
        gettext_lazy("Readings that a check stopped, right or wrong, out of all that were read."),
    ),
    "wrong": (
        pgettext_lazy("quality of reading", "Found wrong"),
        gettext_lazy("Readings that were put right or replaced by another value."),
    ),
    "blind": (
        pgettext_lazy("quality of reading", "Blind re-read differed"),
        gettext_lazy("Readings whose blind re-read by somebody else does not agree."),
    ),
}
STANDINGS: Final = {
    "above": (pgettext_lazy("funnel", "more than chance"), "bad"),
    "below": (pgettext_lazy("funnel", "less than chance"), "ok"),
    "inside": (pgettext_lazy("funnel", "within chance"), ""),
    "few": (pgettext_lazy("funnel", "too few to tell"), ""),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A group with its judgement for one measure and its shares for all."""

    key: int
    name: str
    detail: str
    judged: Judged
    word: str
    tone: str
    shares: list[Share]


@dataclass(frozen=True, slots=True)
class Funnel:
    """A measure of all groups: lines with the worst first, the chart, what all have together."""

    lines: list[Line]
    spread: Spread | None
    overall: Share
    looked_at: int

    @property
    def percent(self) -> float:
        """The share of all in percent."""
        return self.overall.percent or 0.0

    @property
    def rho(self) -> str:
        """How much alike the readings of one group are, as a figure."""
        return f"{self.spread.rho:.4f}" if self.spread else "0"


def measures_for(sources: Sequence[PointEvents]) -> list[tuple[str, Any, Any]]:
    """Key, name and meaning of every measure, in order."""
    own = [(key, name, about) for key, (name, about) in MEASURES.items()]
    return [*own, *((each.key, each.label, each.about) for each in sources)]


def funnel_of(groups: Sequence[Group], measure: str, measures: Sequence[str]) -> Funnel:
    """Judge all groups by a measure. `measures` are the columns of the table."""
    shares = {each.key: each.shares.get(measure, Share(0, 0)) for each in groups}
    judged, spread = judge(shares)
    nothing = Share(0, 0)
    lines = [
        Line(
            each.key, each.name, each.detail, judged[each.key],
            str(STANDINGS[judged[each.key].standing][0]), STANDINGS[judged[each.key].standing][1],
            [each.shares.get(key, nothing) for key in measures],
        )
        for each in groups
    ]  # fmt: skip
    order = {"above": 0, "inside": 1, "below": 1, "few": 2}
    lines.sort(key=lambda one: (order[one.judged.standing], -(one.judged.share.percent or 0)))
    overall = Share(sum(s.part for s in shares.values()), sum(s.whole for s in shares.values()))
    return Funnel(lines, spread, overall, sum(not s.is_small for s in shares.values()))


def funnel_chart(funnel: Funnel, address: str) -> SafeString:
    """The chart as SVG: how many were read goes to the right, the share upwards.

    `address` with the key of a group at its end leads to its rows.
    """
    points = [each for each in funnel.lines if each.judged.share.whole]
    if funnel.spread is None or not points:
        return mark_safe("")
    widest = max(each.judged.share.whole for each in points)
    sizes = sorted({max(1, round(widest * (n / SIZES) ** 2)) for n in range(1, SIZES + 1)})
    limits = [funnel.spread.limits(size) for size in sizes]
    highest = max(
        [each.judged.share.part / each.judged.share.whole for each in points]
        + [limits[len(limits) // 3][3]]
    )
    scale = _Scale(widest, min(1.0, highest * 1.08) or 1.0)
    lines = [
        _path(scale, sizes, [each[place] for each in limits], kind)
        for place, kind in ((0, "outer"), (1, "inner"), (2, "inner"), (3, "outer"))
    ]
    marks = format_html_join(
        "",
        '<a href="{}{}"><circle class="{}" cx="{}" cy="{}" r="5"><title>{}</title></circle></a>',
        (
            (
                address, each.key, each.judged.standing, scale.x(each.judged.share.whole),
                scale.y(each.judged.share.part / each.judged.share.whole),
                f"{each.name} {each.judged.share.part}/{each.judged.share.whole}: {each.word}",
            )
            for each in points
        ),
    )  # fmt: skip
    return markup(
        '<svg class="q-funnel" viewBox="0 0 {} {}" role="group" aria-label="{}">{}{}{}{}</svg>',
        WIDTH, HEIGHT, _("Funnel chart; the table below has the same figures"),
        scale.axes(), mark_safe("".join(lines)),  # noqa: S308 - numbers of our own
        markup(
            '<line class="centre" x1="{}" x2="{}" y1="{}" y2="{}"></line>',
            LEFT, WIDTH - RIGHT, scale.y(funnel.spread.centre), scale.y(funnel.spread.centre),
        ),
        marks,
    )  # fmt: skip


def _path(scale: "_Scale", sizes: Sequence[int], shares: Sequence[float], kind: str) -> str:
    steps = " ".join(
        f"{'M' if n == 0 else 'L'}{scale.x(size)} {scale.y(share)}"
        for n, (size, share) in enumerate(zip(sizes, shares, strict=True))
    )
    return f'<path class="{kind}" d="{steps}"></path>'


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where a size and a share lie on the chart. Sizes go by their root: small groups are many."""

    widest: int
    highest: float

    def x(self, size: int) -> str:
        return f"{LEFT + (WIDTH - LEFT - RIGHT) * sqrt(size / self.widest):.1f}"

    def y(self, share: float) -> str:
        inside = HEIGHT - TOP - BOTTOM
        return f"{TOP + inside * (1 - min(share, self.highest) / self.highest):.1f}"

    def axes(self) -> SafeString:
        """Marks on both axes with their figures."""
        shares = [self.highest * n / 4 for n in range(5)]
        sizes = [max(1, round(self.widest * part)) for part in (0.04, 0.25, 0.5625, 1)]
        rows = format_html_join(
            "",
            '<text x="{}" y="{}" text-anchor="end">{}%</text>'
            '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"></line>',
            (
                (
                    LEFT - 6, float(self.y(each)) + 4, f"{100 * each:.1f}", LEFT, WIDTH - RIGHT,
                    self.y(each), self.y(each),
                )
                for each in shares
            ),
        )  # fmt: skip
        columns = format_html_join(
            "",
            '<text x="{}" y="{}" text-anchor="middle">{}</text>',
            ((self.x(each), HEIGHT - 10, f"{each:,}") for each in dict.fromkeys(sizes)),
        )
        return markup("{}{}", rows, columns)
