"""Behind every figure of calls stands the list of exactly those that it counts."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from qiao.telephony.queries import Wanted

NO_QUEUE = "-"
"""In an address: of turns that were in no queue."""


def calls_behind(measure: str, wanted: Wanted, **narrowed: object) -> str:
    """The address of the calls that a figure of `wanted` counts: those of a `measure`, narrowed by
    ``hour`` (``09:30``) or ``waited`` (least seconds), as `qiao.telephony.forms.filters` reads
    them."""
    return _address(
        "telephony:list",
        wanted,
        [
            ("measure", measure),
            ("queue", wanted.queue),
            ("line", wanted.line_id),
            *narrowed.items(),
        ],
    )


def people_behind(wanted: Wanted) -> str:
    """The address of how people stood in the time of `wanted`: one of them, or all."""
    return _address("telephony:stood", wanted, [])


def _address(view: str, wanted: Wanted, values: Iterable[tuple[str, object]]) -> str:
    found = [
        *values,
        ("agent", wanted.agent_id),
        ("unit", wanted.unit_id),
        ("since", _moment(wanted.since)),
        ("until", _moment(wanted.until)),
    ]
    query = urlencode([(key, value) for key, value in found if value not in (None, "")])
    return f"{reverse(view)}?{query}"


def _moment(at: datetime) -> str:
    """As short as it can be told: a day, a minute, or all of it."""
    local = timezone.localtime(at).replace(tzinfo=None)
    if local.second or local.microsecond:
        return local.isoformat()
    return local.strftime("%Y-%m-%d" if local.hour == local.minute == 0 else "%Y-%m-%dT%H:%M")
