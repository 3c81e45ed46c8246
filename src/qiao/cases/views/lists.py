"""The list of cases: views with kept counts, filters, saved views."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from qiao.cases import queries
from qiao.cases.forms import Place, read_filters, read_place, read_view, write_filters
from qiao.cases.queries import Filters
from qiao.cases.queries import saved as saved_queries
from qiao.cases.showing import keeping, listing, names
from qiao.cases.showing.answers import offered_answers
from qiao.core.http import StaffRequest, staff_view
from qiao.core.packs.enabled import catalogue
from qiao.core.ui.marks import TIERS
from qiao.core.wording import said
from qiao.customers.queries.tags import vocabulary
from qiao.staff.queries import names_of, organisation_names
from qiao.staff.queries.absences import StoodInFor, stood_in_for

ROWS = 30
BY_PERSON = ("mine", "team", "open")
WITH_RETURNED = ("mine", "team", "responsible")
MOST_RETURNED = 8
LAST = "qiao_cases"
LAST_LENGTH = 2_000
LAST_SECONDS = 30 * 24 * 3600


@staff_view("cases.view")
def index(request: StaffRequest) -> HttpResponse:
    """A page of a list. Asked for by htmx, only the list itself.

    Without any query it is the list where the person was last, today or days ago.
    """
    if not request.GET and (last := _last_place(request)):
        return HttpResponseRedirect(f"{reverse('cases:list')}?{last}")
    counts = queries.kept_counts(actor=request.actor)
    place = read_place(request.GET, next((v for v in BY_PERSON if counts[v]), "open"))
    after = queries.read_cursor(request.GET.get("after", ""))
    before = queries.read_cursor(request.GET.get("before", ""), backwards=True)
    page = queries.list_cases(
        actor=request.actor,
        now=request.now,
        view=place.view,
        filters=place.filters,
        cursor=before or after,
        limit=ROWS,
        order=place.order,
    )
    context = {
        "view": place.view,
        "view_name": listing.VIEW_NAMES[place.view],
        "filters": place.filters,
        "rows": listing.with_words(listing.show_rows(page.rows), place.filters.text),
        "back_rows": _returned(request, place, counts, first=page.previous is None),
        "place": place.query(),
        "columns": keeping.show_columns(place),
        "first": page.previous is None,
        "next_url": _address(place, after=page.following),
        "previous_url": _address(place, before=page.previous),
        "order_name": listing.SORT_NAMES[str(place.order)],
        "here": request.get_full_path(),
        "archive": not place.is_open,
        "may_open": request.actor.can("cases.open"),
        "may_assign": request.actor.can("cases.assign"),
        "may_work": request.actor.can("cases.work"),
        **bulk_menu(request),
    }
    if request.htmx and request.headers.get("HX-Target") == "case-list":
        return render(request, "cases/_list.html", context)
    response = render(request, "cases/list.html", context | _frame(request, place, counts))
    _keep_place(request, response, place)
    return response


def bulk_menu(request: StaffRequest) -> dict[str, Any]:
    """The changes that the bar of chosen cases offers: on it, and behind “More”."""
    kinds = {
        "assign": (_("Assign"), "user-check"),
        "transfer": (_("Transfer"), "arrow-guide"),
        "act": (pgettext("bulk", "Take a step"), "route"),
        "snooze": (_("Set aside for a while"), "zzz"),
        "priority": (_("Change priority"), "adjustments"),
        "pause": (_("Pause the clock"), "player-pause"),
        "resume": (_("Let the clock run"), "player-play"),
        "link": (_("Link another case"), "link"),
    }
    if not request.actor.can("cases.assign"):
        del kinds["assign"]
    rows = [(key, *words) for key, words in kinds.items()]
    on_bar = sum(key in ("assign", "transfer", "act") for key, _name, _icon in rows)
    return {"bulk_kinds": rows[:on_bar], "bulk_more": rows[on_bar:]}


def _last_place(request: StaffRequest) -> str:
    owner, _, query = request.COOKIES.get(LAST, "").partition(":")
    return query if owner == str(request.actor.staff_id) else ""


def _keep_place(request: StaffRequest, response: HttpResponse, place: Place) -> None:
    response.set_cookie(
        LAST,
        f"{request.actor.staff_id}:{place.query()}"[:LAST_LENGTH],
        max_age=LAST_SECONDS,
        path=reverse("cases:list"),
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def _returned(
    request: StaffRequest, place: Place, counts: dict[str, int], *, first: bool
) -> list[listing.ShownRow]:
    """What came back, on top of the reader's own lists."""
    if not first or place.view not in WITH_RETURNED or not counts["returned"]:
        return []
    back = queries.list_cases(
        actor=request.actor, now=request.now, view="returned", limit=MOST_RETURNED
    )
    return listing.show_rows(back.rows)


def _address(place: Place, **cursor: Any) -> str:
    if not all(cursor.values()):
        return ""
    return f"{reverse('cases:list')}?{place.query(**{k: str(v) for k, v in cursor.items()})}"


def _frame(request: StaffRequest, place: Place, counts: dict[str, int]) -> dict[str, Any]:
    """What stands around the list."""
    filters = place.filters
    staff = {i for i in (filters.person, filters.responsible) if i}
    units = {i for i in (filters.team, filters.unit) if i}
    chips = listing.show_chips(
        filters,
        people=names_of(staff) if staff else {},
        units=organisation_names(units) if units else {},
        tags=_tag_names(filters),
    )
    base = reverse("cases:list")
    kept = saved_queries.saved_views(actor=request.actor)
    current = next((v for v in kept if v.view_id == place.saved), None)
    return {
        "tabs": [
            (tab, f"{base}?{write_filters(filters, view=tab.key)}")
            for tab in listing.show_tabs(counts, "" if current else place.view)
        ],
        "chips": [
            (chip, f"{base}?{place.with_filters(filters.without(chip.name)).query()}")
            for chip in chips
        ],
        "clear_url": f"{base}?{place.with_filters(Filters()).query()}",
        "query": place.query(),
        "kept_query": place.kept_query,
        "kept_tabs": keeping.show_kept(kept, place.saved),
        "current": current,
        "differs": current is not None and current.query != place.kept_query,
        "orders": keeping.show_orders(place),
        "all_columns": keeping.all_columns(place),
        "may_export": request.actor.can("cases.export"),
        "stood_in_for": _stood_in_for(request, place),
    }


def _stood_in_for(request: StaffRequest, place: Place) -> list[StoodInFor]:
    """For whom the reader stands in: their cases are theirs to look after now."""
    if place.view not in BY_PERSON and not place.filters.person:
        return []
    return stood_in_for(staff_id=request.actor.person_id, now=request.now)


def _tag_names(filters: Filters) -> dict[int, str]:
    if filters.tag is None:
        return {}
    return {tag.pk: tag.name for tag in vocabulary() if tag.pk == filters.tag}


def reach_choices(request: StaffRequest) -> list[tuple[str, str]]:
    """Who may see a view of this person: nobody else, a team, a unit where that is a right."""
    actor = request.actor
    official = [i for i in actor.organisations("cases.views") if i not in actor.team_ids]
    known = organisation_names({*actor.team_ids, *official})
    return [
        ("own", _("Only me")),
        *((f"team:{i}", _("Team: %(name)s") % {"name": known[i]}) for i in actor.team_ids),
        *((f"unit:{i}", _("Official for %(name)s") % {"name": known[i]}) for i in official),
    ]


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
            "steps": names.offered_steps().items(),
            "tiers": list(TIERS.items()),
            "tags": [(tag.pk, tag.name) for tag in vocabulary()],
            "questions": offered_answers(filters.type),
            "place": read_place(request.GET, "open"),
        },
    )
