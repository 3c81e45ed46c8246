"""What a list of bills is narrowed to, out of an address."""

from datetime import date
from typing import Final

from django.http import QueryDict

from qiao.billing.models import Bill
from qiao.billing.queries.all_bills import BillFilters
from qiao.billing.queries.sources import OWN
from qiao.billing.rules.money.ageing import AGES
from qiao.core.rules.ids import read_id
from qiao.customers.queries import service_names

LONGEST: Final = 40
NAMES: Final = ("q", "since", "until", "unit", "service", "state", "age", "source")
"""The parameters that narrow the list."""


def read_bill_filters(data: QueryDict) -> BillFilters:
    """The filters in an address; what does not read well is left out.

    ``q`` is the number of a bill or of an account in any spacing, ``until`` the first day that is
    left out, ``age`` an age of debts, ``late`` or ``all``, ``source`` ``own`` or the id of a feed.
    """
    age, state = data.get("age", ""), data.get("state", "")
    known = service_names()
    return BillFilters(
        text="".join(data.get("q", "")[:LONGEST].split()).upper(),
        since=read_day(data.get("since", "")),
        until=read_day(data.get("until", "")),
        unit_id=read_id(data.get("unit", "")),
        services=tuple(each for each in data.getlist("service") if each in known),
        state=state if state in Bill.State.values else "",
        age=age if age in (*AGES, "late", "all") else "",
        source=read_source(data.get("source", "")),
    )


def read_source(text: str) -> str:
    """A source of `queries.sources`; what is none narrows nothing."""
    return text if text == OWN else str(read_id(text) or "")


def read_day(text: str) -> date | None:
    """A day of an address; None for none, or where it does not read well."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
