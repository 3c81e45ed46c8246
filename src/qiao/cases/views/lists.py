"""The list of cases: views with kept counts, filters, saved views."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiao.cases import operations, queries
from qiao.cases.forms import SavedViewForm, read_filters, read_view, write_filters
from qiao.cases.models import SavedView
from qiao.cases.queries import Filters
from qiao.cases.showing import listing, names
from qiao.core.http import StaffRequest, staff_view
from qiao.core.packs.enabled import catalogue
from qiao.core.wording import said
from qiao.staff.queries import names_of, organisation_names

ROWS = 30
BY_PERSON = ("mine", "team", "open")


@staff_view("cases.view")
def index(request: StaffRequest) -> HttpResponse:
    """A page of a view. Asked for by htmx, only the list itself."""
    counts = queries.kept_counts(actor=request.actor)
    view = read_view(request.GET, next((v for v in BY_PERSON if counts[v]), "open"))
    filters = read_filters(request.GET)
    if "opened_from" in request.GET or "closed_from" in request.GET or filters.promise:
        view = view if "view" in request.GET else "all"
    after = queries.read_cursor(request.GET.get("after", ""))
    before = queries.read_cursor(request.GET.get("before", ""), backwards=True)
    page = queries.list_cases(
        actor=request.actor,
        now=request.now,
        view=view,
        filters=filters,
        cursor=before or after,
        limit=ROWS,
    )
    context = {
        "view": view,
        "view_name": listing.VIEW_NAMES[view],
        "filters": filters,
        "rows": listing.show_rows(page.rows),
        "place": write_filters(filters, view=view),
        "first": page.previous is None,
        "next_url": _address(view, filters, after=page.following),
        "previous_url": _address(view, filters, before=page.previous),
        "here": request.get_full_path(),
        "archive": view in queries.ARCHIVE_VIEWS,
        "may_open": request.actor.can("cases.open"),
        "may_assign": request.actor.can("cases.assign"),
        "may_work": request.actor.can("cases.work"),
    }
    if request.htmx and request.headers.get("HX-Target") == "case-list":
        return render(request, "cases/_list.html", context)
    return render(request, "cases/list.html", context | _frame(request, view, filters, counts))


def _address(view: str, filters: Filters, **cursor: Any) -> str:
    if not all(cursor.values()):
        return ""
    place = {name: str(value) for name, value in cursor.items()}
    return f"{reverse('cases:list')}?{write_filters(filters, view=view, **place)}"


def _frame(
    request: StaffRequest, view: str, filters: Filters, counts: dict[str, int]
) -> dict[str, Any]:
    """What stands around the list."""
    staff = {i for i in (filters.person, filters.responsible) if i}
    units = {i for i in (filters.team, filters.unit) if i}
    chips = listing.show_chips(
        filters,
        people=names_of(staff) if staff else {},
        units=organisation_names(units) if units else {},
    )
    base = reverse("cases:list")
    return {
        "tabs": [
            (tab, f"{base}?{write_filters(filters, view=tab.key)}")
            for tab in listing.show_tabs(counts, view)
        ],
        "chips": [
            (chip, f"{base}?{write_filters(filters.without(chip.name), view=view)}")
            for chip in chips
        ],
        "clear_url": f"{base}?{write_filters(Filters(), view=view)}",
        "query": write_filters(filters, view=view),
        "saved": [(saved, f"{base}?{saved.query}") for saved in _saved(request)],
        "may_export": request.actor.can("cases.export"),
        "me": request.actor.staff_id,
    }


def _saved(request: StaffRequest) -> Any:
    return queries.saved_views(actor=request.actor)


@staff_view("cases.view")
def filter_form(request: StaffRequest) -> HttpResponse:
    """The form of all filters, loaded when it is opened."""
    language = get_language() or "en"
    filters = read_filters(request.GET)
    units = queries.units(
        actor=request.actor,
        permission="cases.view",
        kinds=("branch", "department", "team"),
        language=language,
    )
    areas = {u.region: u.name for u in units if u.kind == "branch" and u.region}
    return render(
        request,
        "cases/_filters.html",
        {
            "filters": filters,
            "view": read_view(request.GET, "open"),
            "types": listing.offered_types(),
            "groups": names.GROUPS.items(),
            "priorities": names.PRIORITIES.items(),
            "phases": names.PHASES.items(),
            "levels": names.LEVELS.items(),
            "promises": listing.PROMISES.items(),
            "channels": [(k, said(c.name)) for k, c in catalogue().channels.items()],
            "areas": areas.items(),
            "teams": [u for u in units if u.kind == "team"],
            "branches": [u for u in units if u.kind == "branch"],
            "people": queries.people(actor=request.actor),
        },
    )


@staff_view("cases.view", methods=("POST",))
def save_view(request: StaffRequest) -> HttpResponse:
    """Keep the list as it stands under a name."""
    form = SavedViewForm(request.POST)
    if not form.is_valid():
        return render(request, "cases/_save_view.html", {"save_form": form}, status=422)
    operations.save_view(
        name=form.cleaned_data["name"],
        query=form.cleaned_data["query"],
        shared=form.cleaned_data["shared"],
        actor=request.actor,
    )
    messages.success(request, _("View saved"))
    target = f"{reverse('cases:list')}?{form.cleaned_data['query']}"
    return to_page(request, target)


@staff_view("cases.view", methods=("POST",))
def drop_view(request: StaffRequest, view_id: int) -> HttpResponse:
    """Drop one of one's own saved views."""
    try:
        operations.drop_view(view_id=view_id, actor=request.actor)
    except SavedView.DoesNotExist as missing:
        raise Http404(str(view_id)) from missing
    messages.success(request, _("View removed"))
    return to_page(request, reverse("cases:list"))


def to_page(request: StaffRequest, target: str) -> HttpResponse:
    """Send the whole page on, also when htmx asked."""
    if request.htmx:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = target
        return response
    return HttpResponseRedirect(target)
