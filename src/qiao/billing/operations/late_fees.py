"""Late fees are charged when a payment comes, and waived with a reason and a second person."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db.models import Sum

from qiao.billing.models import BillingAccount
from qiao.billing.models import Entry as EntryRow
from qiao.billing.operations.posting import NewPosting, post
from qiao.billing.queries.late_fees import accrued
from qiao.billing.rules.money.postings import INTEREST, OWN, Entry, Event, Ledger
from qiao.core.actor import Actor

SOURCE = "late_fee"


def charge_late_fees(
    accounts: Mapping[int, BillingAccount],
    *,
    days: Mapping[int, date],
    actor: Actor | None,
    now: datetime,
) -> int:
    """Charge the late fees of locked accounts, each up to and with its day; of how many bills.

    What was charged before is not charged again, whether it was waived since or not. Raises
    `DayClosed`.
    """
    postings = []
    for day in sorted(set(days.values())):
        some = [account for account, until in days.items() if until == day]
        postings += [
            _posting(Event.LATE_FEE_CHARGED, accounts[each.account_id], each.bill_id, each.minor,
                     day, key=f"{each.bill_id}:{each.fee.minor}")
            for each in accrued(some, day=day)
            if each.minor
        ]  # fmt: skip
    post(postings, actor=actor, now=now)
    return len(postings)


def waive_late_fee(
    account: BillingAccount,
    *,
    bill_id: int,
    minor: int,
    day: date,
    reason: str,
    key: str,
    actor: Actor | None,
    now: datetime,
) -> None:
    """Take so much of the late fee of a bill back, of a locked account; what was paid of it is
    owed to the customer then. `key` names the occasion, once. Raises `DayClosed`."""
    posting = _posting(
        Event.LATE_FEE_WAIVED, account, bill_id, -minor, day, key=f"waived:{key}", reason=reason
    )
    post([posting], actor=actor, now=now)


def clear_late_fee(
    account: BillingAccount,
    *,
    bill_id: int,
    day: date,
    reason: str,
    actor: Actor | None,
    now: datetime,
) -> None:
    """Leave no late fee on a bill of a locked account whose postings were taken back: what was
    charged is waived, what was waived of a fee that was taken over falls away with it. Raises
    `DayClosed`."""
    late = late_fee_of(bill_id)
    event = Event.LATE_FEE_WAIVED if late > 0 else Event.LATE_FEE_CHARGED
    if late:
        posting = _posting(
            event, account, bill_id, -late, day, key=f"waived:reversal:{bill_id}", reason=reason
        )
        post([posting], actor=actor, now=now)


def late_fee_of(bill_id: int) -> int:
    """The late fee of a bill that was charged, or taken over, and not waived, paid or not, in
    minor units."""
    rows = EntryRow.objects.filter(
        bill=bill_id,
        ledger=Ledger.RECEIVABLE,
        kind=INTEREST,
        posting__event__in=[
            Event.LATE_FEE_CHARGED, Event.LATE_FEE_WAIVED, Event.BALANCE_TAKEN_OVER,
        ],
    )  # fmt: skip
    return rows.aggregate(minor=Sum("minor"))["minor"] or 0


def _posting(
    event: Event,
    account: BillingAccount,
    bill_id: int,
    minor: int,
    day: date,
    *,
    key: str,
    reason: str = "",
) -> NewPosting:
    """Above nothing it is charged, below it is taken back."""
    return NewPosting(
        event=event,
        organisation_id=account.organisation_id,
        currency=account.currency,
        booked_date=day,
        source=SOURCE,
        key=key,
        entries=(
            Entry(Ledger.RECEIVABLE, minor, account.pk, bill_id, OWN, INTEREST),
            Entry(Ledger.LATE_FEE, -minor, account.pk, bill_id, OWN),
        ),
        reason=reason,
    )
