"""Kept views: saved, arranged, renamed, shared, copied, dropped and taken back."""

import json
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.cases import queries
from qiao.cases.forms import ViewForm, read_place
from qiao.cases.models import SavedView
from qiao.cases.operations import views as view_operations
from qiao.cases.queries import saved as saved_queries
from qiao.cases.queries.saved import COUNTED_TO, KeptView
from qiao.cases.showing import keeping
from qiao.cases.views.lists import reach_choices
from qiao.cases.views.page import to_page
from qiao.core.actor import Forbidden
from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.text import BadText
from qiao.core.toasts import add_toast

METHODS = ("GET", "HEAD", "POST")


@staff_view("cases.view")
def columns(request: StaffRequest) -> HttpResponse:
    """The same list with the columns that were ticked."""
    chosen = QueryDict(request.GET.get("place", ""), mutable=True)
    chosen["cols"] = ".".join(request.GET.getlist("col"))
    place = read_place(chosen, "open")
    return HttpResponseRedirect(f"{reverse('cases:list')}?{place.query()}")


@staff_view("cases.view", methods=METHODS)
def save_view(request: StaffRequest) -> HttpResponse:
    """Keep the list as it stands under a name; asked for by GET, the box that asks for it."""
    reaches = reach_choices(request)
    if request.method != "POST":
        context = {"kept_query": read_place(request.GET, "open").kept_query, "reaches": reaches}
        return render(request, "cases/_save_view.html", context)
    form = ViewForm(request.POST, reaches=reaches)
    if form.is_valid():
        try:
            view = view_operations.save_view(
                name=form.cleaned_data["name"],
                query=_kept(form.cleaned_data["query"]),
                reach=form.chosen_reach,
                actor=request.actor,
            )
        except BadText:
            form.add_error("name", _("This name cannot be kept."))
        except view_operations.TooManyViews:
            form.add_error("name", _("You keep 200 views already. Remove one first."))
        else:
            messages.success(request, _("View saved"))
            return to_page(request, f"{reverse('cases:list')}?saved={view.pk}&{view.query}")
    refused: dict[str, Any] = {"save_form": form, "reaches": reaches}
    return render(request, "cases/_save_view.html", refused, status=422)


def _kept(query: str) -> str:
    """What an address says about a list, in one form; what is unknown falls away."""
    return read_place(QueryDict(query), "open").kept_query


@staff_view("cases.view", methods=("POST",))
def keep_view(request: StaffRequest, view_id: int) -> HttpResponse:
    """Keep the list as it stands in a view that was changed."""
    query = _kept(request.POST.get("query", ""))
    view = _changed(request, view_id, query=query)
    messages.success(request, _("View saved"))
    return to_page(request, f"{reverse('cases:list')}?saved={view.pk}&{view.query}")


def _changed(request: StaffRequest, view_id: int, **more: Any) -> SavedView:
    try:
        return view_operations.change_view(view_id=view_id, actor=request.actor, **more)
    except SavedView.DoesNotExist as missing:
        raise Http404(str(view_id)) from missing


@staff_view("cases.view")
def view_counts(request: StaffRequest) -> HttpResponse:
    """The kept views with all their counts: shared ones as they are kept, own ones counted now,
    no further than “99+” and only those that are shown."""
    kept = saved_queries.saved_views(actor=request.actor)
    saved = request.GET.get("saved", "")
    tabs = keeping.show_kept(kept, int(saved) if saved.isdecimal() and len(saved) < 19 else None)
    counted = [keeping.with_count(tab, _count(request, tab.view)) for tab in tabs]
    return render(request, "cases/_kept_tabs.html", {"kept_tabs": counted})


def _count(request: StaffRequest, view: KeptView) -> str:
    if view.kind != "own":
        return "" if view.count is None else str(view.count)
    place = read_place(QueryDict(view.query), "open")
    if not place.is_open:
        return ""
    n = queries.count_listed(
        actor=request.actor,
        now=request.now,
        view=place.view,
        filters=place.filters,
        limit=COUNTED_TO,
    )
    return keeping.bounded(n)


@staff_view("cases.view")
def views(request: StaffRequest) -> HttpResponse:
    """All views that the person sees, to put them in order, rename, share, copy and drop them."""
    return _dialog(request)


def _dialog(request: StaffRequest) -> HttpResponse:
    kept = saved_queries.saved_views(actor=request.actor)
    ids = [view.view_id for view in kept]
    official = request.actor.organisations("cases.views")
    shown = [view.view_id for view in kept if view.pinned]
    context = {
        "views": [
            (view, _moved(ids, shown, place, -1), _moved(ids, shown, place, 1))
            for place, view in enumerate(kept)
        ],
        "official": {v.view_id for v in kept if v.unit_id in official},
    }
    return render(request, "cases/_views.html", context)


def _moved(ids: list[int], pinned: list[int], place: int, by: int) -> str:
    """What a press of “up” or “down” sends: the whole order after it."""
    order, other = list(ids), place + by
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
    return json.dumps({"view": order, "pinned": pinned, "stay": "1"})


@staff_view("cases.view", methods=("POST",))
def place_views(request: StaffRequest) -> HttpResponse:
    """Keep the order, and which views stand beside the list."""

    def ids(name: str) -> list[int]:
        return [int(v) for v in request.POST.getlist(name) if v.isdecimal() and len(v) < 19]

    view_operations.place_views(
        view_ids=ids("view"), pinned=frozenset(ids("pinned")), actor=request.actor
    )
    return _dialog(request) if "stay" in request.POST else to_page(request, reverse("cases:list"))


@staff_view("cases.view", methods=METHODS)
def change_view(request: StaffRequest, view_id: int) -> HttpResponse:
    """Rename a view, or let others see it."""
    view = saved_queries.get_view_for(actor=request.actor, view_id=view_id)
    reach = f"team:{view.team_id}" if view.team_id else "own"
    reach = f"unit:{view.unit_id}" if view.unit_id else reach
    form = ViewForm(
        request.POST if request.method == "POST" else None,
        initial={"name": view.name, "reach": reach},
        reaches=reach_choices(request),
        auto_id="cv-%s",
    )
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                _changed(request, view_id, name=form.cleaned_data["name"], reach=form.chosen_reach)
        except BadText:
            form.add_error("name", _("This name cannot be kept."))
        except IntegrityError:
            form.add_error("name", _("You have a view of this name already."))
        except Forbidden:
            form.add_error("reach", _("You do not have the right to do this."))
        else:
            messages.success(request, _("View saved"))
            return to_page(request, keeping.view_url(view))
    context = {"form": form, "action": request.path}
    status = 422 if request.method == "POST" else 200
    return render(request, "cases/_change_view.html", context, status=status)


@staff_view("cases.view", methods=("POST",))
def copy_view(request: StaffRequest, view_id: int) -> HttpResponse:
    """A view of one's own that begins as another."""
    view = saved_queries.get_view_for(actor=request.actor, view_id=view_id)
    name = _("%(name)s, copy") % {"name": view.name[:50]}
    view_operations.copy_view(view_id=view_id, name=name, actor=request.actor)
    return add_toast(_dialog(request), text=_("View copied"))


@staff_view("cases.view", methods=("POST",))
def drop_view(request: StaffRequest, view_id: int) -> HttpResponse:
    """Drop a view, with a way back."""
    try:
        view_operations.drop_view(view_id=view_id, actor=request.actor, now=request.now)
    except SavedView.DoesNotExist as missing:
        raise Http404(str(view_id)) from missing
    undo = reverse("cases:take_back_view", args=[view_id])
    if request.htmx:
        return add_toast(_dialog(request), text=_("View removed"), undo_url=undo)
    messages.success(request, _("View removed"), extra_tags=undo)
    return HttpResponseRedirect(reverse("cases:list"))


@staff_view("cases.view", methods=("POST",))
def take_back_view(request: StaffRequest, view_id: int) -> HttpResponse:
    """Bring a dropped view back."""
    try:
        view_operations.take_back_view(view_id=view_id, actor=request.actor)
    except SavedView.DoesNotExist as missing:
        raise Http404(str(view_id)) from missing
    return to_page(request, reverse("cases:list"))
