"""The customers who make four fifths of the value: the list, its trend, and a file of it."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from qiao.core import disclosure
from qiao.core.downloads import send_file
from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.ids import read_id
from qiao.core.table_files import TYPES, table_file
from qiao.customers.models import ValuePeriod
from qiao.customers.queries.value import (
    VIEWS,
    KeyLine,
    all_key_customers,
    key_customers,
    value_periods,
)

RIGHT, EXPORT = "customers.value", "customers.export_value"
LARGEST_PLACE = 2**31 - 1


@staff_view(RIGHT)
def value_page(request: StaffRequest) -> HttpResponse:
    """The list of a period (`until`), all or those who came or fell out, with the trend."""
    periods = value_periods()
    chosen = _chosen(request.GET.get("until", ""), periods)
    view = request.GET.get("view", "")
    view = view if view in VIEWS else ""
    context: dict[str, Any] = {
        "periods": list(reversed(periods)),
        "chosen": chosen,
        "view": view,
        "trend": [period.key_count for period in periods],
        "may_export": request.actor.can(EXPORT),
    }
    if chosen is not None:
        context["page"] = key_customers(
            actor=request.actor,
            period=chosen,
            view=view,
            after=min(read_id(request.GET.get("after", "")) or 0, LARGEST_PLACE),
        )
    template = "customers/value/rows.html" if request.htmx else "customers/value/page.html"
    return render(request, template, context)


def _chosen(text: str, periods: list[ValuePeriod]) -> ValuePeriod | None:
    try:
        until = parse_date(text)
    except ValueError:
        until = None
    found = next((period for period in periods if period.until == until), None)
    return found or (periods[-1] if periods else None)


@staff_view(EXPORT, methods=("POST",))
def value_export(request: StaffRequest) -> HttpResponseBase:
    """The whole list as a file. Who took what, and how many rows, is kept."""
    chosen = _chosen(request.POST.get("until", ""), value_periods())
    view, form = request.POST.get("view", ""), request.POST.get("form", "csv")
    if chosen is None or view not in VIEWS or form not in TYPES:
        raise Http404
    header = [_("Rank"), _("Customer number"), _("Customer"), _("Tier"), _("Account number"),
              _("Value of twelve months (yuan)"), _("New")]  # fmt: skip
    count = 0
    with TemporaryDirectory(prefix="qiao-value-") as folder:
        path = Path(folder) / f"value.{form}"
        with table_file(path, form=form, header=header) as write:
            for lines in all_key_customers(actor=request.actor, period=chosen, view=view):
                write(_cells(line) for line in lines)
                count += len(lines)
        disclosure.record(
            kind="export",
            subject="customers.value",
            organisation_id=request.actor.organisation_id,
            actor=request.actor,
            now=request.now,
            reason=f"{chosen.since} – {chosen.until} {view}".strip(),
            fields=tuple(header),
            row_count=count,
        )
        name = f"key-customers-{chosen.until}.{form}"
        return send_file(request, path, name=name, content_type=TYPES[form], remove=True)


def _cells(line: KeyLine) -> list[object]:
    shown = line.line
    return [
        line.place,
        shown.number,
        shown.name,
        shown.tier,
        shown.account_number,
        f"{line.value // 100}.{line.value % 100:02d}",
        _("yes") if line.is_new else "",
    ]
