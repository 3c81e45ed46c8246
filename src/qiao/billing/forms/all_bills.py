"""What a list of bills is narrowed to, out of an address."""

from datetime import date
from typing import Final

from django.http import QueryDict

from qiao.billing.models import Bill
from qiao.billing.queries.all_bills import BillFilters
from qiao.billing.rules.money.ageing import AGES
from qiao.core.rules.ids import read_id
from qiao.customers.queries import service_names

LONGEST: Final = 40
NAMES: Final = ("q", "since", "until", "unit", "service", "state", "age")
"""The parameters that narrow the list."""


def read_bill_filters(data: QueryDict) -> BillFilters:
    """The filters in an address; what does not read well is left out.

    ``q`` is the number of a bill or of an account in any spacing, ``until`` the first day that is
    left out, ``age`` an age of debts, ``late`` or ``all``.
    """
    age, state = data.get("age", ""), data.get("state", "")
    known = service_names()
    return BillFilters(
        text="".join(data.get("q", "")[:LONGEST].split()).upper(),
        since=_day(data.get("since", "")),
        until=_day(data.get("until", "")),
        unit_id=read_id(data.get("unit", "")),
        services=tuple(each for each in data.getlist("service") if each in known),
        state=state if state in Bill.State.values else "",
        age=age if age in (*AGES, "late", "all") else "",
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
