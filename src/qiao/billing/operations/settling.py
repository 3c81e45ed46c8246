"""What an account is owed is paid ahead, and what is paid ahead pays its debts, by itself."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db.models import Q

from qiao.billing.models import BillingAccount, Standing
from qiao.billing.operations.invoices.wanting import want_when_paid
from qiao.billing.operations.posting import NewPosting, post
from qiao.billing.queries.disputed import held_bills
from qiao.billing.queries.standings import debts_of, owing, standings_of
from qiao.billing.rules.money.allocation import Order, allocate, paid_in_full
from qiao.billing.rules.money.postings import (
    Entry,
    Event,
    Ledger,
    applied_entries,
    moved_entries,
)
from qiao.core.actor import Actor


def settle(
    accounts: Mapping[int, BillingAccount],
    *,
    booked_date: date,
    cause: str,
    actor: Actor | None,
    now: datetime,
) -> None:
    """Bring locked accounts to rest: credits become paid ahead, what is paid ahead pays the
    oldest debts. Disputed bills are left alone.

    `cause` names the occasion, once for each account. Does nothing where nothing is to be done.
    """
    rest = standings_of(_unsettled(accounts))
    moved, paid_ahead = [], {}
    for account_id, standings in rest.items():
        owed_back = [
            Entry(Ledger.RECEIVABLE, row.minor, account_id, row.bill_id, row.owner, row.kind)
            for row in standings
            if row.ledger == Ledger.RECEIVABLE and row.minor < 0
        ]
        ahead = -sum(row.minor for row in standings if row.ledger == Ledger.PREPAID)
        paid_ahead[account_id] = ahead - sum(entry.minor for entry in owed_back)
        if owed_back:
            entries = moved_entries(account=account_id, owed_back=owed_back)
            moved.append(_posting(accounts, account_id, Event.CREDIT_MOVED, cause, entries,
                                  booked_date))  # fmt: skip
    post(moved, actor=actor, now=now)
    open_ = {pk: owing(rest[pk]) for pk, ahead in paid_ahead.items() if ahead > 0}
    open_ = {pk: rows for pk, rows in open_.items() if rows}
    debts = debts_of(open_, held=held_bills(open_))
    applied: list[NewPosting] = []
    whole: dict[int, set[int]] = {}
    for account_id, own in debts.items():
        paid, _left = allocate(paid_ahead[account_id], own, order=Order())
        if paid:
            whole[account_id] = paid_in_full(own, paid)
            entries = applied_entries(account=account_id, paid=paid)
            applied.append(_posting(accounts, account_id, Event.PREPAID_APPLIED, cause, entries,
                                    booked_date))  # fmt: skip
    post(applied, actor=actor, now=now)
    want_when_paid(whole, accounts, now=now)


def _unsettled(account_ids: Iterable[int]) -> list[int]:
    """Accounts that are owed something, or have paid ahead."""
    rows = Standing.objects.filter(
        Q(ledger=Ledger.PREPAID) | Q(ledger=Ledger.RECEIVABLE, minor__lt=0),
        account__in=list(account_ids),
    )
    return sorted(set(rows.values_list("account_id", flat=True)))


def _posting(
    accounts: Mapping[int, BillingAccount],
    account_id: int,
    event: Event,
    cause: str,
    entries: Sequence[Entry],
    booked_date: date,
) -> NewPosting:
    account = accounts[account_id]
    return NewPosting(
        event=event,
        organisation_id=account.organisation_id,
        currency=account.currency,
        booked_date=booked_date,
        source=event.value,
        key=f"{cause}:{account_id}",
        entries=entries,
    )
