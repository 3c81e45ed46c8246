"""What a list of payments is narrowed to, out of an address."""

from typing import Final

from django.http import QueryDict

from qiao.billing.forms.all_bills import LONGEST, read_day, read_source
from qiao.billing.models import Payment
from qiao.billing.queries.all_payments import PaymentFilters
from qiao.core.rules.ids import read_id
from qiao.customers.queries import service_names

NAMES: Final = ("q", "since", "until", "unit", "service", "channel", "source")
"""The parameters that narrow the list."""


def read_payment_filters(data: QueryDict) -> PaymentFilters:
    """The filters in an address; what does not read well is left out. ``until`` is the first day
    that is left out, ``source`` ``own`` or the id of a feed."""
    channel, known = data.get("channel", ""), service_names()
    return PaymentFilters(
        text=data.get("q", "")[:LONGEST].strip(),
        since=read_day(data.get("since", "")),
        until=read_day(data.get("until", "")),
        unit_id=read_id(data.get("unit", "")),
        services=tuple(each for each in data.getlist("service") if each in known),
        channel=channel if channel in Payment.Channel.values else "",
        source=read_source(data.get("source", "")),
    )
