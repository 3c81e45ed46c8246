"""Taking a list of cases away: asked for here with its reason, written in the background."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiao.cases import queries
from qiao.cases.forms import read_place
from qiao.cases.forms.export import ExportForm
from qiao.cases.showing import list_file
from qiao.cases.views.page import to_page
from qiao.core.exports import NoReason, request_export
from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.text import BadText

KIND = "cases.list"
COUNTED_TO = 100_000
METHODS = ("GET", "HEAD", "POST")


@staff_view("cases.export", methods=METHODS)
def export(request: StaffRequest) -> HttpResponse:
    """Ask for the whole list as a file. Who took what, how many rows and why, is kept."""
    place = read_place(request.GET, "open")
    form = ExportForm(request.POST if request.method == "POST" else None, auto_id="ce-%s")
    count = queries.count_listed(
        actor=request.actor,
        now=request.now,
        view=place.view,
        filters=place.filters,
        limit=COUNTED_TO + 1,
    )
    if form.is_valid():
        try:
            request_export(
                kind=KIND,
                terms={"place": place.kept_query},
                form=form.cleaned_data["format"],
                reason=form.cleaned_data["reason"],
                language=get_language() or "en",
                actor=request.actor,
                now=request.now,
                expected_rows=count if count <= COUNTED_TO else None,
            )
        except (NoReason, BadText):
            form.add_error("reason", _("Say why."))
        else:
            return to_page(request, reverse("staff:files"))
    context = {
        "form": form,
        "here": request.get_full_path(),
        "scope": list_file.describe(place),
        "count": count,
        "counted_to": COUNTED_TO if count > COUNTED_TO else 0,
    }
    status = 422 if form.is_bound else 200
    name = "cases/_export.html" if request.htmx else "cases/export_page.html"
    return render(request, name, context, status=status)
