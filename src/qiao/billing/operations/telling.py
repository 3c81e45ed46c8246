"""Customers are told of their bills: a notice each, queued for a whole batch at once."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from qiao.billing import showing
from qiao.billing.models import Bill
from qiao.billing.operations.telling_summaries import retell_summary_of
from qiao.billing.operations.telling_ways import (
    STALE,
    channels_of,
    language_of,
    queue_notices,
)
from qiao.billing.queries.addressing import addressees_of_bills
from qiao.billing.queries.bill_facts import Balance, balances_of
from qiao.billing.queries.bill_links import page_of
from qiao.billing.showing_papers import days_of, due_words
from qiao.core.once import settled
from qiao.core.rules.texts import DATA_KEYS, language_key
from qiao.core.transactions import required
from qiao.customers.queries import Addressee
from qiao.messaging.operations import Receiver, cancel_about

ISSUED: Final = "bill_issued"
"""The occasion, and the kind of the messages."""
SUBJECT: Final = "bill"


@settled()
def tell_bills(*, bill_ids: Sequence[int], now: datetime) -> int:
    """Queue a notice for each of these bills whose customer is to be told, by the setting of its
    unit; how many wait to be sent. A bill of nothing, one taken back, an old one and one that came
    with others in a summary are not told; a second call tells nobody twice.
    """
    required()
    found = Bill.objects.filter(
        pk__in=list(bill_ids),
        state=Bill.State.ISSUED,
        issued_date__gt=now.date() - STALE,
        summary_line__isnull=True,
    ).exclude(Q(asked_minor__isnull=True) | Q(asked_minor=0), total_minor=0)
    by_unit: dict[int, list[Bill]] = defaultdict(list)
    for bill in found.order_by("pk"):
        by_unit[bill.organisation_id].append(bill)
    return sum(_tell(unit_id, bills, now) for unit_id, bills in by_unit.items())


def untell_bill(*, bill_id: int, now: datetime) -> None:
    """A bill that is taken back is not told of any more, where its notice still waits; that of a
    summary in which it came is written anew."""
    cancel_about(subject_kind=SUBJECT, subject_id=bill_id, kind=ISSUED, actor=None, now=now)
    retell_summary_of(bill_id=bill_id, now=now)


def _tell(unit_id: int, bills: Sequence[Bill], now: datetime) -> int:
    channels = channels_of(unit_id, now)
    if not channels:
        return 0
    who = addressees_of_bills(bills)
    balances = balances_of(bills)
    receivers = [
        _receiver(bill, each, balances[bill.pk], language_of(each, unit_id))
        for bill, each in zip(bills, who, strict=True)
        if each.customer_id
    ]
    return queue_notices(
        unit_id=unit_id, occasion=ISSUED, subject_kind=SUBJECT, channels=channels,
        receivers=receivers, now=now,
    )  # fmt: skip


def _receiver(bill: Bill, who: Addressee, balance: Balance, language: str) -> Receiver:
    key = language_key(language)
    with override(key.lower()):
        values = {
            "bill": bill.number,
            "account": who.number,
            "days": days_of(bill),
            "amount": showing.money(bill.total_minor, bill.currency),
            "asked": showing.money(bill.asked, bill.currency),
            "pay": _sentence(bill, balance),
        }
    return Receiver(
        customer_id=who.customer_id,
        subject_id=bill.pk,
        language=key,
        reference=bill.number,
        key=f"billing.bill:{bill.pk}",
        values=values,
        tail=_tails(bill.pk),
    )


def _sentence(bill: Bill, balance: Balance) -> str:
    """What is to be paid in all, with what was owed before."""
    amount, until = due_words(bill, balance)
    said = _("%(words)s.") % {"words": until}
    if balance.due > 0:
        said = _("In all %(amount)s is owed. %(until)s.") % {"amount": amount, "until": until}
    if bill.asked_minor is None or bill.asked_minor <= 0:
        return said
    asked = showing.money(bill.asked_minor, bill.currency)
    equal = _("By equal instalments %(amount)s is asked of it.") % {"amount": asked}
    return pgettext("two sentences", "%(first)s %(second)s") % {"first": equal, "second": said}


def _tails(bill_id: int) -> dict[str, str]:
    page = page_of(bill_id)
    told = {}
    if page:
        for key in DATA_KEYS:
            with override(key.lower()):
                told[key] = _("Your bill on a page of its own: {link}").format(link=page)
    return told
