"""The administration of working calendars: a year on one page, a change with what it moves."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.cases.forms.clocks import DayForm, WeekForm
from qiao.cases.journal import as_rules, foresee, known_calendars
from qiao.cases.models import Case, Recount
from qiao.cases.operations.recounting import begin_calendar_recount, calendar_told
from qiao.cases.showing import names
from qiao.cases.showing.calendars import show_week, show_year, spans_text
from qiao.cases.showing.recounts import show_foreseen, show_recounts
from qiao.core.calendar_edits import (
    CalendarBeforeNow,
    CalendarChange,
    CalendarUnchanged,
    NeverWorks,
    OwnDay,
    change_calendar,
    proposed,
)
from qiao.core.http import StaffRequest, staff_view
from qiao.core.models import BusinessCalendar
from qiao.core.rules.text import BadText
from qiao.staff.queries import company_id, names_of

SEE: Final = "desk.administer"
CHANGE: Final = "core.configure"
METHODS: Final = ("GET", "HEAD", "POST")
UNPROCESSABLE: Final = 422


@staff_view(SEE)
def index(request: StaffRequest) -> HttpResponse:
    """The first calendar that counts by the week."""
    del request
    known = known_calendars()
    keys = sorted(known, key=lambda key: (known[key][-1].calendar.round_the_clock, key))
    if not keys:
        raise Http404
    return HttpResponseRedirect(reverse("cases:calendar", args=[keys[0]]))


@staff_view(SEE)
def show(request: StaffRequest, key: str) -> HttpResponse:
    """A calendar with its week, its year and its versions."""
    versions = _versions(key)
    today = _today(request, key)
    text = request.GET.get("year", "")
    year = int(text) if text.isdecimal() and 2000 <= int(text) <= 2100 else today.year
    rows = list(BusinessCalendar.objects.filter(key=key).order_by("id"))
    people = names_of({row.changed_by_id for row in rows if row.changed_by_id})
    context = {
        "key": key,
        "name": names.calendar_name(key),
        "calendars": [(each, names.calendar_name(each)) for each in _beside(key)],
        "year": show_year(year, versions, rows, today),
        "before": year - 1,
        "after": year + 1,
        "week": show_week(versions[-1]),
        "versions": [(row, people.get(row.changed_by_id or 0, "")) for row in reversed(rows)][:12],
        "recounts": show_recounts(cause=Recount.Cause.CALENDAR, key=key),
        "may_change": _may(request) and not versions[-1].calendar.round_the_clock,
        "weekdays": [_("Mo"), _("Tu"), _("We"), _("Th"), _("Fr"), _("Sa"), _("Su")],
    }
    return render(request, "cases/calendars/page.html", context)


@staff_view(SEE)
def recounts(request: StaffRequest, key: str) -> HttpResponse:
    """How far the open cases have been told, renewed while it goes on."""
    _versions(key)
    context = {"recounts": show_recounts(cause=Recount.Cause.CALENDAR, key=key), "key": key}
    return render(request, "cases/calendars/_recounts.html", context)


@staff_view(CHANGE, methods=METHODS)
def day(request: StaffRequest, key: str, iso: str) -> HttpResponse:
    """Close a day, or give it hours of its own."""
    _versions(key)
    _require(request)
    chosen = _day(iso)
    form = DayForm(request.POST if request.method == "POST" else None)

    def change(data: dict[str, Any]) -> CalendarChange:
        own = None if data["kind"] == "usual" else OwnDay(data.get("spans", ()), data["name"])
        if data["kind"] == "closed":
            own = OwnDay((), data["name"])
        return CalendarChange(days={chosen: own})

    title = _("%(day)s in the calendar “%(name)s”") % {
        "day": chosen.isoformat(),
        "name": names.calendar_name(key),
    }
    return _changing(request, key, form, change, lambda _data: request.now, title)


@staff_view(CHANGE, methods=METHODS)
def week(request: StaffRequest, key: str) -> HttpResponse:
    """Give the calendar another week from a day on."""
    versions = _versions(key)
    _require(request)
    usual = versions[-1].calendar
    initial: dict[str, Any] = {
        f"day-{place}": spans_text(spans) for place, spans in enumerate(usual.week)
    }
    initial["valid_from"] = _today(request, key)
    form = WeekForm(request.POST if request.method == "POST" else None, initial=initial)

    def since(data: dict[str, Any]) -> datetime:
        start = datetime.combine(data["valid_from"], time(), ZoneInfo(usual.timezone))
        is_today = data["valid_from"] == _today(request, key)
        return request.now if is_today else start

    title = _("Another week for the calendar “%(name)s”") % {"name": names.calendar_name(key)}
    return _changing(
        request, key, form, lambda data: CalendarChange(week=data["week"]), since, title
    )


def _changing(
    request: StaffRequest,
    key: str,
    form: forms.Form,
    change: Callable[[dict[str, Any]], CalendarChange],
    since: Callable[[dict[str, Any]], datetime],
    title: str,
) -> HttpResponse:
    """The dialog: asked, then what would move, then kept."""
    foreseen = None
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            if "confirmed" in request.POST:
                return _keep(request, key, change(data), since(data), data["source"])
            foreseen = _foreseen(request, key, change(data), since(data))
        except _REFUSALS as refusal:
            form.add_error(None, _words(refusal))
    context = {
        "form": form,
        "title": title,
        "foreseen": show_foreseen(foreseen) if foreseen else None,
        "confirm": _("Change the calendar") if foreseen else _("See what it moves"),
        "action": request.get_full_path(),
    }
    status = UNPROCESSABLE if form.errors else 200
    template = "cases/calendars/_change.html" if request.htmx else "cases/calendars/change.html"
    return render(request, template, context, status=status)


_REFUSALS: Final = (CalendarBeforeNow, CalendarUnchanged, NeverWorks, BadText)


def _words(refusal: Exception) -> str:
    if isinstance(refusal, CalendarBeforeNow):
        return _("Choose a day that is still to come.")
    if isinstance(refusal, CalendarUnchanged):
        return _("The calendar says this already.")
    if isinstance(refusal, NeverWorks):
        return _("Without any working time no promise would ever be due.")
    return _("This text cannot be kept as it is.")


def _foreseen(request: StaffRequest, key: str, change: CalendarChange, since: datetime) -> Any:
    kept = proposed(key=key, change=change, effective_at=since, now=request.now)
    versions = dict(known_calendars()) | {key: as_rules(kept)}
    ids = list(Case.objects.open().order_by("id").values_list("id", flat=True))
    return foresee(
        case_ids=ids,
        kind="calendar_changed",
        decide=calendar_told(key, kept[-1].number),
        now=request.now,
        versions=versions,
    )


def _keep(
    request: StaffRequest, key: str, change: CalendarChange, since: datetime, source: str
) -> HttpResponse:
    number = change_calendar(
        key=key,
        change=change,
        effective_at=since,
        source=source,
        changed_by_id=request.actor.staff_id,
        now=request.now,
    )
    begin_calendar_recount(key=key, number=number, actor=request.actor, now=request.now)
    messages.success(request, _("The calendar is changed; open cases are told now."))
    target = reverse("cases:calendar", args=[key])
    if request.htmx:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = target
        return response
    return HttpResponseRedirect(target)


def _beside(key: str) -> list[str]:
    """The calendars of the same pack: two packs may each have their office hours."""
    pack = key.partition(".")[0]
    return [each for each in sorted(known_calendars()) if each.partition(".")[0] == pack]


def _versions(key: str) -> Any:
    versions = known_calendars().get(key)
    if not versions:
        raise Http404(key)
    return versions


def _today(request: StaffRequest, key: str) -> date:
    zone = ZoneInfo(_versions(key)[-1].calendar.timezone)
    return request.now.astimezone(zone).date()


def _day(iso: str) -> date:
    try:
        return date.fromisoformat(iso)
    except ValueError as wrong:
        raise Http404 from wrong


def _may(request: StaffRequest) -> bool:
    return request.actor.can_in(CHANGE, company_id())


def _require(request: StaffRequest) -> None:
    request.actor.require(CHANGE, company_id())
