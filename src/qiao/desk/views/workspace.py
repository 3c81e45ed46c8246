"""The agent's workspace: my work left, the contact or case in the middle, the customer right."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse

from qiao.core import fragments
from qiao.core.http import StaffRequest, staff_view
from qiao.core.registry import registry
from qiao.desk.queries import (
    Selected,
    aside_of,
    at_hand,
    count_new,
    load_inbox,
    screen_pop,
    select,
    today_of,
)

RIGHT = "interactions.view"
CHANNELS = ("phone", "counter", "letter", "email", "visit")
SCOPES = ("mine", "team", "all")
SCOPE_COOKIE = "q-scope"
YEAR_SECONDS = 365 * 24 * 3600
MOST_SEEN = 4_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the workspace the address leads: a row, a new contact, an emergency, or home."""

    scope: str
    selected: Selected | None = None
    new: str = ""
    emergency: bool = False
    missing: bool = False
    prefill: dict[str, str] = field(default_factory=dict)


def read_place(request: StaffRequest) -> Place:
    """Read the address; what is gone or out of sight says so instead of failing."""
    scope = request.GET.get("scope") or request.COOKIES.get(SCOPE_COOKIE, "")
    scope = scope if scope in SCOPES else SCOPES[0]
    key = (request.GET.get("open") or _open_now(request))[:60]
    selected = select(actor=request.actor, key=key, now=request.now) if key else None
    new = request.GET.get("new", "")
    if new == "emergency":
        return Place(scope, selected, emergency=True)
    if new in CHANNELS:
        prefill = {k: request.GET[k][:100] for k in ("phone", "customer") if request.GET.get(k)}
        return Place(scope, new=new, prefill=prefill)
    return Place(scope, selected, missing=bool(key and selected is None))


def _open_now(request: StaffRequest) -> str:
    """What the page holds that asks for the emergency: it came up in that contact."""
    if request.GET.get("new") != "emergency":
        return ""
    address = urlsplit(request.headers.get("HX-Current-URL", ""))
    return QueryDict(address.query).get("open", "")


@staff_view(RIGHT)
def workspace(request: StaffRequest) -> HttpResponse:
    """The whole page, or for htmx the middle with the right side and the left list beside it."""
    place = read_place(request)
    context = _middle(request, place) | _aside(request, place) | _inbox(request, place)
    context["place"] = place
    template = "desk/opened.html" if request.htmx else "desk/workspace.html"
    response = render(request, template, context)
    if request.GET.get("scope") in SCOPES:
        response.set_cookie(SCOPE_COOKIE, place.scope, max_age=YEAR_SECONDS, samesite="Lax")
    return response


@staff_view(RIGHT)
def inbox(request: StaffRequest) -> HttpResponse:
    """The left list alone."""
    place = read_place(request)
    response = render(request, "desk/inbox.html", _inbox(request, place) | {"place": place})
    response.set_cookie(SCOPE_COOKIE, place.scope, max_age=YEAR_SECONDS, samesite="Lax")
    return response


@staff_view(RIGHT)
def inbox_news(request: StaffRequest) -> HttpResponse:
    """The bar above the list that says how many rows are new; empty when none is."""
    place = read_place(request)
    seen = frozenset(request.GET.get("seen", "")[:MOST_SEEN].split(","))
    count = count_new(actor=request.actor, scope=place.scope, seen=seen, now=request.now)
    context = {"count": count, "place": place, "open_key": request.GET.get("open", "")[:60]}
    return render(request, "desk/news.html", context)


@staff_view(RIGHT)
def aside(request: StaffRequest) -> HttpResponse:
    """The right side, and what stands of it above the talk where there is no room for it."""
    return render(request, "desk/asiderenewed.html", _aside(request, read_place(request)))


@staff_view(RIGHT)
def following(request: StaffRequest) -> HttpResponse:
    """What comes next: the contact at hand that has waited longest, or the day's overview."""
    place = Place(request.COOKIES.get(SCOPE_COOKIE, SCOPES[0]))
    address = reverse("desk:workspace")
    waiting = at_hand(actor=request.actor, now=request.now)
    if waiting:
        place = Place(place.scope, waiting)
        address = f"{address}?open={waiting.key}"
    context = _middle(request, place) | _aside(request, place) | _inbox(request, place)
    response = render(request, "desk/opened.html", context | {"place": place})
    response.headers["HX-Push-Url"] = address
    return response


def _inbox(request: StaffRequest, place: Place) -> dict[str, Any]:
    actor = request.actor
    sources = registry.inbox(actor)
    loaded = load_inbox(actor=actor, scope=place.scope, now=request.now)
    return {
        "groups": loaded.groups,
        "counts": loaded.counts,
        "scopes": SCOPES,
        "topics": ", ".join(
            f"live:{topic}~3s from:body" for source in sources for topic in source.topics
        ),
        "seen": ",".join(f"{g.source.key}:{i.ref}" for g in loaded.groups for i in g.items),
        "open_key": place.selected.key if place.selected else "",
        "can_take": actor.can("interactions.work"),
        "can_open": actor.can("cases.open"),
    }


def _aside(request: StaffRequest, place: Place) -> dict[str, Any]:
    customer_id = place.selected.item.customer_id if place.selected else None
    if customer_id is None and place.prefill.get("customer", "").isdecimal():
        customer_id = int(place.prefill["customer"][:18])
    phone = place.selected.item.phone if place.selected else ""
    found, likely = None, 0
    if request.actor.can("customers.view"):
        if customer_id is not None:
            found = aside_of(actor=request.actor, customer_id=customer_id, now=request.now)
        elif phone:
            popped = screen_pop(actor=request.actor, phone=phone, now=request.now)
            found, likely = popped.aside, len(popped.matches)
    return {
        "aside": found,
        "likely": likely,
        "aside_key": place.selected.key if place.selected else "",
        "is_hidden": customer_id is not None and found is None,
    }


def _middle(request: StaffRequest, place: Place) -> dict[str, Any]:
    """The fragment of whoever owns what is open, or the day's overview."""
    address = _middle_address(place)
    if address:
        return {"middle": _fragment(request, address), "today": None}
    return {"middle": "", "today": _today(request)}


def _middle_address(place: Place) -> str:
    if place.emergency:
        contact = place.selected.key if place.selected else ""
        return f"{reverse('desk:emergency')}?open={contact}"
    if place.new:
        return f"{reverse(f'contact:new_{place.new}')}?{urlencode(place.prefill)}"
    return place.selected.item.pane_url if place.selected else ""


def _fragment(request: StaffRequest, address: str) -> str:
    """The answer at an address as text for this page; a refusal says so in its place."""
    try:
        response = fragments.answer(request, address)
    except (Http404, PermissionDenied):
        return render_to_string("desk/gone.html", {}, request)
    if response.status_code != 200:
        return render_to_string("desk/gone.html", {}, request)
    return response.content.decode()


def _today(request: StaffRequest) -> dict[str, Any]:
    actor = request.actor
    figures = today_of(actor=actor, now=request.now)
    return {
        "figures": figures,
        "tiles": _tiles(figures.cases),
        "hours": [count for _, count in figures.hours],
        "hour_labels": [f"{hour:02d}:00" for hour, _ in figures.hours],
        "axis": [f"{hour:02d}:00" for hour, _ in figures.hours[::2]],
        "me": actor.staff_id,
    }


def _tiles(cases: dict[str, int]) -> dict[str, tuple[int, str]]:
    """Kept counts with the list that each of them counts."""
    try:
        address = reverse("cases:list")
    except NoReverseMatch:
        return {}
    return {view: (count, f"{address}?view={view}") for view, count in cases.items()}
