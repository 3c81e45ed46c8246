"""Retention: what is kept how long since when, what is due now, and what went last."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils.translation import ngettext

from qiao.core.http import StaffRequest, staff_view
from qiao.core.manifest import Retention
from qiao.core.models import RetentionRun
from qiao.core.registry import registry
from qiao.core.retention import (
    HOURLY,
    NIGHTLY,
    Due,
    Period,
    count_due,
    latest_runs,
    latest_with_removals,
    period,
)
from qiao.desk.administration.frame import CONFIGURE, RIGHT, require_whole, show, whole
from qiao.desk.administration.jobs import periodic

DAYS_OF_YEAR = 365


@dataclass(frozen=True, slots=True)
class Line:
    """One rule as the page shows it. `removed` is the latest run that removed something."""

    rule: Retention
    period: Period
    length: str
    least: str
    parameter: str
    due: Due
    last: RetentionRun | None
    removed: RetentionRun | None
    next_at: datetime | None


def length_words(length: int, unit: str) -> str:
    """A period in words: whole years as years."""
    if unit == "hours":
        return ngettext("{n} hour", "{n} hours", length).format(n=length)
    if length and length % DAYS_OF_YEAR == 0:
        years = length // DAYS_OF_YEAR
        return ngettext("{n} year", "{n} years", years).format(n=years)
    return ngettext("{n} day", "{n} days", length).format(n=length)


def _lines(now: datetime) -> list[tuple[Any, list[Line]]]:
    """The lines by module, in the order of the floors."""
    nexts = {each.task: each.next_at for each in periodic(now)}
    last, removed = latest_runs(), latest_with_removals()
    groups = []
    for module in registry:
        lines = [
            Line(
                of,
                period(of, now=now),
                length_words(period(of, now=now).length, of.unit),
                length_words(of.least, of.unit) if of.law else "",
                "" if of.fixed else registry.retention_parameter(of).key,
                count_due(of, now=now),
                last.get(of.key),
                removed.get(of.key),
                nexts.get(f"periodic.{HOURLY if of.hourly else NIGHTLY}"),
            )
            for of in module.retention
        ]
        if lines:
            groups.append((module.label, lines))
    return groups


@staff_view(RIGHT)
def retention_page(request: StaffRequest) -> HttpResponse:
    """All rules, with what a run would let go of now."""
    require_whole(request, RIGHT)
    groups = _lines(request.now)
    context = {
        "groups": groups,
        "holds": registry.holds(),
        "may_change": whole(request, CONFIGURE),
        "due": sum(line.due.due for _label, lines in groups for line in lines),
        "held": sum(line.due.held for _label, lines in groups for line in lines),
        "rules": sum(len(lines) for _label, lines in groups),
    }
    return show(request, "retention.html", "retention", context)
