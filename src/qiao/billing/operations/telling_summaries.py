"""Customers whose bills come as one document are told of that, not of each bill in it.

A summary grows while bills of its day are issued, batch after batch: it is told of when it has
been left alone for a while, once, with what it comes to then.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from qiao.billing.models import Bill, SummaryBill
from qiao.billing.operations.telling_ways import (
    STALE,
    channels_of,
    language_of,
    queue_notices,
)
from qiao.billing.queries.addressing import addressees_of_bills
from qiao.billing.queries.summaries import Summary, summaries
from qiao.billing.showing_summaries import due_of, money_of, total_words
from qiao.core.once import settled
from qiao.core.rules.texts import language_key
from qiao.core.transactions import required
from qiao.customers.queries import Addressee
from qiao.messaging.operations import Receiver, cancel_about

COLLECTED: Final = "summary_issued"
"""The occasion, and the kind of the messages."""
SUBJECT: Final = "billing_summary"
QUIET: Final = timedelta(minutes=15)
MOST: Final = 500  # summaries of a round


@settled()
def tell_summaries(*, now: datetime) -> int:
    """Queue a notice for each summary that was left alone for a while and of whose bills its
    customer was not told; how many wait to be sent. One of nothing and an old one are not told.

    Killed amid it, it begins anew; a second call tells nobody twice.
    """
    required()
    rows = list(
        SummaryBill.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("customer")
        .filter(untold_since__lte=now - QUIET)
        .order_by("organisation", "pk")[:MOST]
    )
    if not rows:
        return 0
    SummaryBill.objects.filter(pk__in=[row.pk for row in rows]).update(untold_since=None)
    news = [
        each
        for each in summaries(rows)
        if each.row.issued_date > now.date() - STALE and any(b.asked_minor for b in each.holding)
    ]
    by_unit: dict[int, list[Summary]] = {}
    for each in news:
        by_unit.setdefault(each.row.organisation_id, []).append(each)
    return sum(_tell(unit_id, found, now) for unit_id, found in by_unit.items())


def retell_summary_of(*, bill_id: int, now: datetime) -> None:
    """A bill was taken back: where it came in a summary whose notice still waits, that is written
    anew by the next round."""
    summary = SummaryBill.objects.filter(lines__bill=bill_id).first()
    if summary is not None and _cancel(summary.pk, now):
        SummaryBill.objects.filter(pk=summary.pk).update(untold_since=now)


def _cancel(summary_id: int, now: datetime) -> int:
    return cancel_about(
        subject_kind=SUBJECT, subject_id=summary_id, kind=COLLECTED, actor=None, now=now
    )


def _tell(unit_id: int, found: Sequence[Summary], now: datetime) -> int:
    channels = channels_of(unit_id, now)
    if not channels:
        return 0
    for each in found:
        _cancel(each.row.pk, now)
    first = Bill.objects.in_bulk([each.holding[0].bill_id for each in found])
    who = addressees_of_bills([first[each.holding[0].bill_id] for each in found])
    receivers = [
        _receiver(each, addressee, language_of(addressee, unit_id))
        for each, addressee in zip(found, who, strict=True)
        if addressee.customer_id
    ]
    return queue_notices(
        unit_id=unit_id, occasion=COLLECTED, subject_kind=SUBJECT, channels=channels,
        receivers=receivers, now=now,
    )  # fmt: skip


def _receiver(found: Summary, who: Addressee, language: str) -> Receiver:
    key, row = language_key(language), found.row
    with override(key.lower()):
        values = {
            "summary": row.number,
            "day": f"{row.issued_date:%Y-%m-%d}",
            "bills": total_words(found),
            "amount": money_of(found, found.minor),
            "pay": _sentence(found),
        }
    return Receiver(
        customer_id=who.customer_id,
        subject_id=row.pk,
        language=key,
        reference=row.number,
        key=f"billing.summary:{row.pk}:{_state(found)}",
        values=values,
    )


def _state(found: Summary) -> str:
    """What of it is told, in short: another notice follows where other bills are in it."""
    ids = [each.bill_id for each in found.holding]
    return f"{len(ids)}:{max(ids)}"


def _sentence(found: Summary) -> str:
    """Until when it is to be paid, and by which number."""
    until = _("%(words)s.") % {"words": due_of(found)}
    if found.minor <= 0:
        return until
    number = _("Give the number %(number)s with your payment: it pays all of them.") % {
        "number": found.row.number
    }
    return pgettext("two sentences", "%(first)s %(second)s") % {"first": until, "second": number}
