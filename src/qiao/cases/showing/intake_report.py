"""The report of a log: its tables with bars and durations in words."""

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.cases.queries.intake_report import Came, CameIn

MINUTE, HOUR, DAY = 60, 3_600, 86_400
SHOWN: Final = 40


def duration(seconds: float | None) -> str:
    """A time in the largest unit that says it well."""
    if seconds is None:
        return "–"
    for unit, words in (
        (DAY, pgettext("duration", "%(n)s d")),
        (HOUR, pgettext("duration", "%(n)s h")),
        (MINUTE, pgettext("duration", "%(n)s min")),
    ):
        if seconds >= unit:
            return words % {"n": f"{seconds / unit:.1f}"}
    return pgettext("duration", "%(n)s s") % {"n": f"{seconds:.0f}"}


def report_tables(came: CameIn) -> list[dict[str, Any]]:
    """Every table of the report: its title and its rows."""
    titles = {
        "type": pgettext("field of a log", "Type"),
        "sub_type": pgettext("field of a log", "Sub-type"),
        "month": _("Month"),
        "area": _("Area"),
        "status": pgettext("field of a log", "Status"),
    }
    return [
        {"key": key, "title": title, "rows": _rows(came.by[key]), "count": len(came.by[key])}
        for key, title in titles.items()
        if came.by[key]
    ]


def _rows(found: Sequence[Came]) -> list[dict[str, Any]]:
    most = max((each.count for each in found), default=0)
    return [
        {
            "word": each.word or _("(not said)"),
            "count": each.count,
            "closed": each.closed,
            "median": duration(each.median),
            "p90": duration(each.p90),
            "percent": each.count * 100 // most if most else 0,
        }
        for each in found
    ]
