"""What the address of the list of calls narrows to."""

import re
from datetime import date, datetime, time
from typing import Final

from django.http import QueryDict
from django.utils import timezone

from qiao.core.rules import phones
from qiao.core.rules.ids import read_id
from qiao.telephony.queries import MEASURES, CallFilters

CALL_FILTERS: Final = (
    "q", "queue", "measure", "agent", "customer", "line", "unit", "since", "until", "hour",
    "waited",
)  # fmt: skip
LONGEST: Final = 40
HALF_HOUR: Final = re.compile(r"([01][0-9]|2[0-3]):[03]0")
ACCOUNT_DIGITS: Final = range(6, 21)  # shorter are extensions; telephone numbers are read first


def read_filters(data: QueryDict) -> CallFilters:
    """The filters in an address; what does not read well is left out.

    ``q`` is a telephone number in any writing, an account number, or an extension.
    ``queue`` is ``-`` for turns in no queue, ``hour`` the half hour of any day in which they came,
    ``waited`` the seconds that they waited at least.
    """
    phone, account, number = _typed(data.get("q", "")[:LONGEST].strip())
    measure, hour = data.get("measure", ""), data.get("hour", "")
    return CallFilters(
        phone=phone,
        account=account,
        number=number,
        queue=data.get("queue", "")[:LONGEST],
        measure=measure if measure in MEASURES else "",
        agent_id=read_id(data.get("agent", "")),
        customer_id=read_id(data.get("customer", "")),
        line_id=read_id(data.get("line", "")),
        unit_id=read_id(data.get("unit", "")),
        since=read_moment(data.get("since", "")),
        until=read_moment(data.get("until", "")),
        hour=hour if HALF_HOUR.fullmatch(hour) else "",
        waited_seconds=read_id(data.get("waited", "")),
    )


def _typed(text: str) -> tuple[str, str, str]:
    """What was typed as a telephone number, as an account number, or as anything else."""
    if not text:
        return "", "", ""
    phone = phones.try_normalise(text)
    if phone:
        return phone, "", ""
    digits = "".join(text.split())
    if digits.isalnum() and len(digits) in ACCOUNT_DIGITS:
        return "", digits.upper(), ""
    return "", "", text


def read_moment(text: str) -> datetime | None:
    """A day (its beginning) or a moment, of this place's clock; None for what is neither."""
    try:
        if len(text) == len("2026-01-01"):
            found = datetime.combine(date.fromisoformat(text), time())
        else:
            found = datetime.fromisoformat(text)
        return timezone.make_aware(found) if timezone.is_naive(found) else found
    except (ValueError, OverflowError):
        return None
