"""Bills that a customer disputes, as cases tell it: nothing collects them meanwhile (TK-07)."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.utils import timezone

from qiao.billing.models import Bill
from qiao.cases.queries import DisputeLine, dispute_history
from qiao.core.rules.periods import Period


@dataclass(frozen=True, slots=True)
class Disputed:
    """Days on which a bill was disputed, without an end while it is: how much of it in minor units
    (None: all), and in which case."""

    period: Period
    minor: int | None
    case_id: int


def disputed_bills(account_ids: Collection[int]) -> dict[int, list[Disputed]]:
    """The disputes of accounts' bills, past and present, by bill, in their order.

    A dispute that names the number of a bill is of that one; one in other words (a month, "the
    last two") is of all bills of the account that were issued when it began.
    """
    lines = dispute_history(account_ids=account_ids)
    if not lines:
        return {}
    by_account: dict[int, list[Bill]] = defaultdict(list)
    for bill in Bill.objects.filter(
        account__in={line.account_id for line in lines}, state=Bill.State.ISSUED
    ).only("pk", "account_id", "number", "issued_date"):
        by_account[bill.account_id].append(bill)
    found: dict[int, list[Disputed]] = defaultdict(list)
    for line in lines:
        period = _days(line)
        if period is None:
            continue
        own = by_account[line.account_id]
        named = [bill for bill in own if bill.number == line.bill.strip().upper()]
        for bill in named or [bill for bill in own if bill.issued_date <= period.start]:
            found[bill.pk].append(Disputed(period, line.amount, line.case_id))
    return dict(found)


def _days(line: DisputeLine) -> Period | None:
    """From the day on which it began to the day before the one on which it ended, which counts
    again; None where that is no day."""
    start = timezone.localdate(line.since)
    end = timezone.localdate(line.until) if line.until else None
    return Period(start, end) if end is None or end > start else None


def held_bills(account_ids: Collection[int]) -> dict[int, int]:
    """Bills of which something is disputed now, each with its case: they are paid only by the
    payer's word."""
    return {
        bill: each.case_id
        for bill, disputes in disputed_bills(account_ids).items()
        for each in disputes
        if each.period.end is None
    }
