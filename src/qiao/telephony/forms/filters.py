"""What the address of the list of calls narrows to."""

from datetime import date, datetime, time
from typing import Final

from django.http import QueryDict
from django.utils import timezone

from qiao.core.rules import phones
from qiao.telephony.queries import MEASURES, CallFilters

CALL_FILTERS: Final = (
    "q", "queue", "measure", "agent", "customer", "line", "unit", "since", "until",
)  # fmt: skip
LONGEST: Final = 40
ACCOUNT_DIGITS: Final = range(6, 21)  # shorter are extensions; telephone numbers are read first


def read_filters(data: QueryDict) -> CallFilters:
    """The filters in an address; what does not read well is left out.

    ``q`` is a telephone number in any writing, an account number, or an extension.
    """
    phone, account, number = _typed(data.get("q", "")[:LONGEST].strip())
    measure = data.get("measure", "")
    return CallFilters(
        phone=phone,
        account=account,
        number=number,
        queue=data.get("queue", "")[:LONGEST],
        measure=measure if measure in MEASURES else "",
        agent_id=_number(data.get("agent", "")),
        customer_id=_number(data.get("customer", "")),
        line_id=_number(data.get("line", "")),
        unit_id=_number(data.get("unit", "")),
        since=read_moment(data.get("since", "")),
        until=read_moment(data.get("until", "")),
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


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None
