"""The customer manager's own pages: the portfolio, and the visits of the next weeks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.ids import read_id
from qiao.customers.models import Customer
from qiao.customers.queries.managers import ASSIGN, OWN
from qiao.customers.queries.portfolio import (
    SHOWS,
    SORTS,
    VisitLine,
    keeper_for,
    portfolio_sums,
    visits_ahead,
)
from qiao.customers.queries.portfolio import portfolio as load_portfolio

WEEKS = 8


@staff_view(OWN)
def portfolio(request: StaffRequest) -> HttpResponse:
    """Customers whom somebody looks after: the own ones, or with the right those of another."""
    today = timezone.localdate(request.now)
    given = read_id(request.GET.get("manager", ""))
    keeper = keeper_for(actor=request.actor, manager_id=given, day=today)
    sums = portfolio_sums(keeper=keeper, day=today)
    may_assign = request.actor.can(ASSIGN)
    if given is None and not sums.customers and may_assign and not request.htmx:
        return HttpResponseRedirect(reverse("customers:managers"))
    chosen = _chosen(request)
    page = load_portfolio(
        actor=request.actor,
        keeper=keeper,
        now=request.now,
        day=today,
        after=request.GET.get("after", "")[:60],
        **chosen,
    )
    context = {
        "keeper": keeper,
        "sums": sums,
        "page": page,
        "tiers": Customer.Tier.choices,
        "may_assign": may_assign,
        "may_export": request.actor.can("customers.export"),
        "today": today,
        **chosen,
    }
    template = "customers/managers/rows.html" if request.htmx else "customers/managers/page.html"
    return render(request, template, context)


def _chosen(request: StaffRequest) -> dict[str, Any]:
    sort, show = request.GET.get("sort", ""), request.GET.get("show", "")
    tier = request.GET.get("tier", "")
    return {
        "sort": sort if sort in SORTS else SORTS[0],
        "show": show if show in SHOWS else "",
        "tier": tier if tier in Customer.Tier.values else "",
        "text": request.GET.get("q", "").strip()[:100],
    }


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the list of visits; the first one without a day holds what is late."""

    monday: date | None
    visits: list[VisitLine]

    @property
    def sunday(self) -> date | None:
        """The last day of the week."""
        return self.monday + timedelta(days=6) if self.monday else None


@staff_view(OWN)
def calendar(request: StaffRequest) -> HttpResponse:
    """Visits of the next weeks, those that are late first."""
    today = timezone.localdate(request.now)
    manager = read_id(request.GET.get("manager", ""))
    keeper = keeper_for(actor=request.actor, manager_id=manager, day=today)
    until = _monday(today) + timedelta(weeks=WEEKS)
    lines = visits_ahead(actor=request.actor, keeper=keeper, day=today, until=until)
    context = {"keeper": keeper, "weeks": _weeks(lines, today), "today": today}
    return render(request, "customers/managers/calendar.html", context)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _weeks(lines: Iterable[VisitLine], today: date) -> list[Week]:
    weeks = [Week(None, [])]
    weeks += [Week(_monday(today) + timedelta(weeks=n), []) for n in range(WEEKS)]
    for line in lines:
        place = 0 if line.day < today else 1 + (line.day - _monday(today)).days // 7
        weeks[place].visits.append(line)
    return [week for week in weeks if week.visits or week.monday]
