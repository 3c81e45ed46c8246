"""A list of cases as cells in the reader's words: the same as on the screen."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.cases.forms import Place, read_place
from qiao.cases.queries import CaseRow
from qiao.cases.showing import listing, names
from qiao.cases.showing.filter_words import filter_words
from qiao.cases.showing.listing import ShownRow
from qiao.core.ui.marks import channel_name


def place_of(terms: Mapping[str, Any]) -> Place:
    """The list that was asked for."""
    return read_place(QueryDict(terms["place"]), "open")


def describe(place: Place) -> str:
    """Which list it is, in words."""
    return " · ".join(
        filter(None, (str(listing.VIEW_NAMES[place.view]), filter_words(place.filters)))
    )


def heads() -> list[str]:
    """The names of the columns."""
    return [
        _("Number"),
        _("Title"),
        _("Type"),
        _("Step"),
        _("Phase"),
        _("Priority"),
        _("Channel"),
        _("Customer"),
        _("Customer tier"),
        _("Area"),
        _("Place"),
        _("Team"),
        _("Works on it"),
        _("First person"),
        pgettext("case", "Opened"),
        _("Due"),
        _("Archived"),
        _("Deadline"),
    ]


def cells(shown: ShownRow) -> list[object]:
    """One case, in the order of `heads`."""
    row = shown.row
    return [
        row.number,
        row.title,
        shown.type_name,
        shown.step_name,
        shown.phase_name,
        names.PRIORITIES[row.priority],
        channel_name(row.channel),
        row.customer_name or row.caller_name,
        row.tier,
        row.area,
        row.place,
        row.team_name,
        row.assignee_name,
        row.responsible_name,
        _local(row.opened_at),
        _local(row.due_at),
        _local(row.closed_at),
        _kept(row),
    ]


def _local(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


def _kept(row: CaseRow) -> object:
    if row.promise_kept is None:
        return names.LEVELS[row.level]
    return listing.PROMISES["kept" if row.promise_kept else "missed"]
