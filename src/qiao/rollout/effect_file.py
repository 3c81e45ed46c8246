"""The effect of a feature as a workbook: the same numbers as on the screen, and what they mean."""

import io
from collections.abc import Sequence

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.rollout.rules.effect import Periods
from qiao.rollout.showing import EffectLine, FigureCell, FigureEffect

Number = float | int | str | None


def as_xlsx(name: str, periods: Periods, found: Sequence[FigureEffect], *, link: str) -> bytes:
    """A sheet with a line for each figure and unit, and one that says what they are."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        sheet = book.add_worksheet(_("Effect")[:31])
        sheet.freeze_panes(1, 2)
        sheet.set_column(0, 1, 24)
        for place, head in enumerate(_header()):
            sheet.write_string(0, place, head, bold)
        lines = [_record(each, line) for each in found for line in each.lines]
        for row, values in enumerate(lines, start=1):
            for place, value in enumerate(values):
                if isinstance(value, str):
                    sheet.write_string(row, place, value)
                elif value is not None:
                    sheet.write_number(row, place, value)
        about = book.add_worksheet(_("What it means")[:31])
        about.set_column(0, 0, 28)
        about.set_column(1, 1, 90)
        for row, (label, words) in enumerate(_about(name, periods, found, link)):
            about.write_string(row, 0, label, bold)
            about.write_string(row, 1, words)
    return out.getvalue()


def _header() -> list[str]:
    low, high = pgettext("column of figures", "from %"), pgettext("column of figures", "to %")
    before, after = pgettext("effect", "Before"), pgettext("effect", "After")
    return [
        _("Figure"),
        _("Unit"),
        _("With the feature"),
        before,
        f"{before}: {low}",
        f"{before}: {high}",
        f"{before}: n",
        after,
        f"{after}: {low}",
        f"{after}: {high}",
        f"{after}: n",
        pgettext("effect", "Change"),
        _("Against chance"),
    ]


def _record(each: FigureEffect, line: EffectLine) -> list[Number]:
    return [
        each.label,
        line.name,
        _("no") if line.is_beside else _("yes"),
        *_numbers(line.before),
        *_numbers(line.after),
        line.change,
        line.verdict,
    ]


def _numbers(cell: FigureCell) -> list[Number]:
    found = cell.share.interval if cell.share else None
    low, high = (found.low, found.high) if found else (None, None)
    return [cell.number, low, high, cell.n]


def _about(
    name: str, periods: Periods, found: Sequence[FigureEffect], link: str
) -> list[tuple[str, str]]:
    before, after = periods.before, periods.after
    lines = [
        (_("Effect"), name),
        (pgettext("effect", "Before"), f"{before.since} – {before.until}"),
        (pgettext("effect", "After"), f"{after.since} – {after.until}"),
        (_("Intervals"), _("Wilson, 95 percent; times in seconds (median), shares in percent.")),
    ]
    lines += [(each.label, each.about) for each in found]
    lines += [
        (_("%(figure)s: beyond the others") % {"figure": each.label}, each.beyond)
        for each in found
        if each.beyond
    ]
    return [*lines, (_("On screen"), link)]
