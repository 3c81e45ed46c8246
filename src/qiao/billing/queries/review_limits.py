"""From when on somebody looks at a bill before it is issued, as the company has set it."""

from datetime import date
from decimal import Decimal

from qiao.billing.rules.bills.reviewing import Limits
from qiao.core.parameters import find
from qiao.staff.queries import chain_of

FACTOR, LEAST, LARGE, ESTIMATES = (
    "billing.review_factor",
    "billing.review_least",
    "billing.review_large",
    "billing.review_estimates",
)


def limits_for(*, organisation_id: int, day: date) -> Limits:
    """The limits of a unit on a day."""
    units = chain_of(organisation_id)

    def value(key: str) -> int:
        return int(find(key, day=day, organisation_ids=units).value)

    return Limits(
        factor=Decimal(value(FACTOR)) / 100,
        least=Decimal(value(LEAST)),
        large=value(LARGE),
        estimates=value(ESTIMATES),
    )
