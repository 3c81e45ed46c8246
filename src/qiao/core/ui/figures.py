"""Figures and small drawings, made on the server as SVG: no script, no inline style."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from qiao.core.ui.marks import Text
from qiao.core.ui.markup import markup

Number = int | float | Decimal

RING = 37.7  # the circumference of the small ring, radius 6
GAUGE = 163.4  # of the large one, radius 26
GROUPED_LENGTH = 11  # digits of an account number that is read aloud in groups


def _share(percent: object) -> float:
    """A percentage held between 0 and 100; nothing counts as 0."""
    try:
        return max(0.0, min(100.0, float(str(percent))))
    except ValueError:
        return 0.0


def figure(value: Number) -> str:
    """A number with thousands separators: 1,284 or 1,284.5; a Decimal keeps all its places."""
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{value:,}"


def quantity(value: Decimal) -> str:
    """A quantity without the places that say nothing, at most three."""
    text = f"{value:,.3f}"
    return text.rstrip("0").rstrip(".")


def account_number(number: str) -> str:
    """An account number grouped for reading aloud: 1002 8834 561; another length as it is."""
    if len(number) != GROUPED_LENGTH:
        return number
    return f"{number[:4]} {number[4:8]} {number[8:]}"


def stat(
    label: Text, value: object, unit: Text = "", sub: Text = "", tone: str = "", href: str = ""
) -> SafeString:
    """A metric: label, figure with unit, one line below. `tone` colours the figure: ok warn bad;
    `href` leads to what it counts.

    `sub` may be safe HTML made by another tag; plain text is escaped.
    """
    shown = figure(value) if isinstance(value, (int, float, Decimal)) else value
    if href:
        shown = figure_link(shown, href)
    return markup(
        '<div class="q-stat"><span>{}</span><b{}>{}{}</b>{}</div>',
        label,
        markup(' class="{}"', tone) if tone else "",
        shown,
        markup("<small>{}</small>", unit) if unit else "",
        markup("<em>{}</em>", sub) if sub else "",
    )


def figure_link(value: object, href: str = "") -> SafeString:
    """A figure that leads to what it counts; without an address the figure alone."""
    return markup('<a href="{}">{}</a>', href, value) if href else markup("{}", value)


def ring(percent: object) -> SafeString:
    """The small ring of a clock; always beside words."""
    return markup(
        '<svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="6"></circle>'
        '<circle cx="8" cy="8" r="6" stroke-dasharray="{} 99"></circle></svg>',
        f"{RING * _share(percent) / 100:.1f}",
    )


def gauge(percent: object, tone: str = "pri") -> SafeString:
    """The large ring of a page; always beside words. `tone`: ok warn bad pri info mute."""
    return markup(
        '<svg class="q-gauge" viewBox="0 0 62 62" data-tone="{}" aria-hidden="true">'
        '<circle cx="31" cy="31" r="26"></circle>'
        '<circle cx="31" cy="31" r="26" stroke-dasharray="{} 200"></circle></svg>',
        tone,
        f"{GAUGE * _share(percent) / 100:.1f}",
    )


def meter(percent: object, tone: str = "pri", label: Text = "") -> SafeString:
    """A bar of a length; with `label` it speaks, without one it is decoration beside a figure."""
    share = f"{_share(percent):g}"
    speaks = (
        markup('role="img" aria-label="{}: {}%"', label, share)
        if label
        else mark_safe('aria-hidden="true"')
    )
    return markup(
        '<svg class="q-meter" data-tone="{}" {}><rect width="{}%" height="100%" rx="3"></rect>'
        "</svg>",
        tone,
        speaks,
        share,
    )


def spark(
    values: Sequence[Number],
    width: int = 96,
    height: int = 28,
    *,
    hot: Sequence[int] = (),
    labels: Sequence[str] = (),
    unit: Text = "",
    tone: str = "c1",
) -> SafeString:
    """Small columns, one per value, oldest first. `hot` are the places to mark.

    Each column has a tooltip; the whole has a label with lowest and highest.
    """
    if not values:
        return mark_safe("")
    heights = [max(float(value), 0.0) for value in values]
    gap, top = 2, max(heights) or 1.0
    column = (width - gap * (len(values) - 1)) / len(values)
    marked = set(hot)

    def bar(place: int, value: Number) -> tuple[object, ...]:
        tall = max(1.5, heights[place] / top * (height - 1))
        name = labels[place] if place < len(labels) else str(place + 1)
        return (
            mark_safe(' class="hot"') if place in marked else "",
            f"{place * (column + gap):.1f}",
            f"{height - tall:.1f}",
            f"{column:.1f}",
            f"{tall:.1f}",
            f"{name}: {figure(value)} {unit}".rstrip(),
        )

    return markup(
        '<svg class="q-spark" width="{}" height="{}" viewBox="0 0 {} {}" data-tone="{}" role="img"'
        ' aria-label="{}">{}</svg>',
        width,
        height,
        width,
        height,
        tone,
        _("Last {count}: lowest {low}, highest {high} {unit}")
        .format(
            count=len(values),
            low=figure(min(values, key=float)),
            high=figure(max(values, key=float)),
            unit=unit,
        )
        .rstrip(),
        format_html_join(
            "",
            '<rect{} x="{}" y="{}" width="{}" height="{}" rx="1.2"><title>{}</title></rect>',
            (bar(place, value) for place, value in enumerate(values)),
        ),
    )


def sparkline(
    values: Sequence[Number],
    width: int = 96,
    height: int = 28,
    *,
    unit: Text = "",
    tone: str = "c1",
) -> SafeString:
    """A small line through the values, oldest first, its last value marked and spoken."""
    if len(values) < 2:
        return mark_safe("")
    levels = [float(value) for value in values]
    low = min(levels)
    span = (max(levels) - low) or 1.0
    step = width / (len(levels) - 1)
    points = [
        (place * step, height - 3 - (level - low) / span * (height - 6))
        for place, level in enumerate(levels)
    ]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    last_x, last_y = points[-1]
    return markup(
        '<svg class="q-spark" width="{w}" height="{h}" viewBox="0 0 {w} {h}" data-tone="{tone}"'
        ' role="img" aria-label="{label}"><polygon points="0,{h} {path} {w},{h}"></polygon>'
        '<polyline points="{path}"></polyline><circle cx="{x}" cy="{y}" r="2.4"></circle></svg>',
        w=width,
        h=height,
        tone=tone,
        label=_("Trend, last value {value} {unit}")
        .format(value=figure(values[-1]), unit=unit)
        .rstrip(),
        path=path,
        x=f"{last_x - 1.6:.1f}",
        y=f"{last_y:.1f}",
    )
