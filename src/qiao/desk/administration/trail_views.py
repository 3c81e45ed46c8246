"""Pages of the audit trail: all of it for the company, or that of one customer."""

from datetime import datetime, time, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from qiao.core.http import StaffRequest, staff_view
from qiao.core.registry import registry
from qiao.core.rules.ids import read_id
from qiao.customers.queries import can_see, get_customer_for, held_as
from qiao.desk.administration.frame import AUDIT, require_whole, show
from qiao.desk.administration.trail import Wanted, entries
from qiao.staff.queries import names_of


def _moment(text: str, *, days: int = 0) -> datetime | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    if day is None or not 1900 < day.year < 9000:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=days), time()))


def _position(text: str) -> tuple[datetime, int] | None:
    at, _comma, number = text.partition(",")
    try:
        moment = parse_datetime(at)
    except ValueError:
        return None
    entry = read_id(number)
    if moment is None or moment.tzinfo is None or entry is None:
        return None
    return moment, entry


def _next(position: tuple[datetime, int] | None) -> str:
    return f"{position[0].isoformat()},{position[1]}" if position else ""


@staff_view(AUDIT)
def trail(request: StaffRequest) -> HttpResponse:
    """All changes in the company, narrowed by table, row, person, days or one request."""
    require_whole(request, AUDIT)
    get = request.GET
    table = get.get("table", "")
    tables = sorted(set(registry.audited()))
    wanted = Wanted(
        table=table if table in tables else "",
        row_id=read_id(get.get("row", "")),
        actor_id=read_id(get.get("person", "")),
        since=_moment(get.get("since", "")),
        until=_moment(get.get("until", ""), days=1),
        correlation_id=get.get("request", "")[:64],
        before=_position(get.get("before", "")),
    )
    rows, following = entries(wanted)
    words = registry.audit_words()
    kept = get.copy()
    kept.pop("before", None)
    context: dict[str, Any] = {
        "entries": rows,
        "next": _next(following),
        "query": kept.urlencode(),
        "wanted": wanted,
        "since": get.get("since", "") if wanted.since else "",
        "until": get.get("until", "") if wanted.until else "",
        "tables": [(key, words[key].label if key in words else key) for key in tables],
        "person": names_of([wanted.actor_id]).get(wanted.actor_id, "") if wanted.actor_id else "",
        "customer": None,
    }
    return show(request, "trail.html", "trail", context)


@staff_view(AUDIT)
def customer_trail(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Every change of a customer and of what belongs to them."""
    customer = get_customer_for(actor=request.actor, customer_id=customer_id)
    if not can_see(actor=request.actor, customer_id=customer.pk, permission=AUDIT):
        raise PermissionDenied(AUDIT)
    wanted = Wanted(
        customer_ids=held_as(customer.pk),
        before=_position(request.GET.get("before", "")),
    )
    rows, following = entries(wanted)
    context = {"entries": rows, "next": _next(following), "query": "", "customer": customer}
    return show(request, "trail.html", "trail", context)
