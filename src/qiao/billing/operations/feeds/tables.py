"""In which tables versions of rows lie, and from what is told their columns are filled."""

from collections.abc import Mapping
from typing import Final

from qiao.billing.rules.feeds.kinds import BALANCES, BILLS, PAYMENTS
from qiao.core.days import day_of

TABLE_OF: Final[Mapping[str, str]] = {
    BILLS: "billing_fedbill",
    PAYMENTS: "billing_fedpayment",
    BALANCES: "billing_fedbalance",
}
_UNIT: Final = """(SELECT u.organisation_id FROM billing_billingaccount u
         WHERE u.account_id = r.account_id)"""
COLUMNS_OF: Final[Mapping[str, Mapping[str, str]]] = {
    BILLS: {
        "organisation_id": _UNIT,
        "start_date": "(r.told ->> 'start_date')::date",
        "end_date": "(r.told ->> 'end_date')::date",
        "issued_date": "(r.told ->> 'issued_date')::date",
        "due_date": "(r.told ->> 'due_date')::date",
        "unit": "r.told ->> 'unit'",
        "usage": "(r.told ->> 'usage')::numeric",
        "lines": "r.told -> 'lines'",
        "is_cancelled": "(r.told ->> 'is_cancelled')::boolean",
        "open_minor": "0",
    },
    PAYMENTS: {
        "organisation_id": _UNIT,
        "booked_date": day_of("(r.told ->> 'received_at')::timestamptz"),
        "received_at": "(r.told ->> 'received_at')::timestamptz",
        "bills": "r.told -> 'bills'",
        "way": "r.told ->> 'way'",
        "is_reversed": "(r.told ->> 'is_reversed')::boolean",
    },
    BALANCES: {"as_of": "(r.told ->> 'as_of')::timestamptz"},
}
NEWEST: Final[Mapping[str, str]] = {
    BILLS: "d.as_of DESC, d.sequence DESC, d.key DESC, v.digest",
    PAYMENTS: "d.as_of DESC, d.sequence DESC, d.key DESC, v.digest",
    # A balance says itself as of when it is.
    BALANCES: "v.as_of DESC, d.as_of DESC, d.sequence DESC, d.key DESC, v.digest",
}
"""Which of two versions holds: whatever the order in which they came."""
