"""Days and intervals as pages draw them, and what was wrong with rows of interval data."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from qiao.core.table_files import table_file
from qiao.metering.models import IntervalLoad
from qiao.metering.queries.day_uses import DayLine, Slot
from qiao.metering.queries.loads import refused_of

CODES: Final[dict[str, Promise]] = {
    "meter": gettext_lazy("No such meter hangs or hung in your units"),
    "moment": gettext_lazy("No moment of this kind"),
    "ambiguous": gettext_lazy("This hour came twice that day: say its offset"),
    "future": gettext_lazy("Lies in the future"),
    "removed": gettext_lazy("The meter did not hang there on that day"),
    "step": gettext_lazy("No interval lasts so long: 5, 10, 15, 20, 30 or 60 minutes"),
    "grid": gettext_lazy("Does not begin at a multiple of its length"),
    "number": gettext_lazy("No number"),
    "negative": gettext_lazy("Less than nought"),
    "large": gettext_lazy("More than the register can show"),
    "quality": gettext_lazy("No known word for the quality"),
    "twice": gettext_lazy("Told twice with different values"),
    "columns": gettext_lazy("Too few or too many columns"),
}
FIELDS: Final[dict[str, Promise]] = {
    "meter": pgettext_lazy("file of readings", "Meter number"),
    "at": gettext_lazy("Moment"),
    "minutes": gettext_lazy("Length in minutes"),
    "value": pgettext_lazy("interval data", "Use"),
    "quality": pgettext_lazy("interval data", "Quality"),
    "row": gettext_lazy("Row"),
    "start": gettext_lazy("Start or end of the interval"),
}
FAILURES: Final[dict[str, Promise]] = {
    "too_many": gettext_lazy(
        "More than 100,000 rows are wrong. Is this the right file? What was taken in stays."
    ),
    "columns": gettext_lazy("No column holds this"),
    "damaged": gettext_lazy("The file is damaged"),
}


def day_chart(days: Sequence[DayLine], point: int, unit: str) -> dict[str, Any]:
    """Use by day as columns that lead to the day, and the middle of the neighbours as a line."""
    own = [
        {
            "value": float(each.used),
            "href": reverse("metering:point_day", args=[point, each.day.isoformat()]),
            **({} if each.is_whole else {"tone": "mute"}),
        }
        for each in days
    ]
    series: list[dict[str, Any]] = [{"name": _("Used"), "axis": 0, "data": own}]
    if any(each.neighbours is not None for each in days):
        beside = [None if d.neighbours is None else float(d.neighbours) for d in days]
        name = pgettext("use by day", "Neighbours (middle)")
        series.append({"name": name, "axis": 0, "type": "line", "dashed": True, "data": beside})
    return {"labels": [f"{each.day:%m-%d}" for each in days], "units": [unit], "series": series}


def slot_chart(slots: Sequence[Slot], unit: str) -> dict[str, Any]:
    """The use of the intervals of a day as columns; estimated ones are grey."""
    own = [
        {"value": float(each.used), **({"tone": "mute"} if each.is_estimated else {})}
        for each in slots
    ]
    labels = [f"{each.start:%H:%M}" for each in slots]
    return {
        "labels": labels, "units": [unit],
        "series": [{"name": _("Used"), "axis": 0, "data": own}],
    }  # fmt: skip


def rate_unit(unit: str) -> str:
    """In what the use of a whole hour is told: kW for kWh, m³/h for m³."""
    return unit.removesuffix("h") if unit == "kWh" else f"{unit}/h"


def faults_of(load: IntervalLoad) -> list[tuple[str, str, int]]:
    """What was wrong with how many rows: the field, in words what, and the count."""
    return [
        (str(FIELDS.get(name, name)), str(CODES.get(code, code)), count)
        for name, code, count in load.faults
    ]


def failure_of(load: IntervalLoad) -> str:
    """Why a load was stopped, in words; empty where it was not."""
    if not load.failure:
        return ""
    words = str(FAILURES.get(load.failure, _("The file cannot be read")))
    detail = load.failure_detail
    if load.failure == "columns":
        detail = ", ".join(str(FIELDS.get(each, each)) for each in detail.split(", "))
    return f"{words}: {detail}" if detail and load.failure != "too_many" else words


def write_refused(load: IntervalLoad, *, path: Path, form: str) -> None:
    """Write the rows that were set aside to a file, in the language in force."""
    header = [
        pgettext("file of readings", "Row"),
        pgettext("file of readings", "Column"),
        pgettext("file of readings", "What is wrong"),
        pgettext("file of readings", "Meter number"),
        _("Moment"),
        pgettext("interval data", "Use"),
    ]  # fmt: skip
    rows = (
        [
            row.row_number, str(FIELDS.get(row.field, row.field)),
            str(CODES.get(row.code, row.code)), row.meter, row.at, row.value,
        ]
        for row in refused_of(load)
    )  # fmt: skip
    with table_file(path, form=form, header=header) as write:
        write(rows)
