"""Accounts begin to be billed, one by one or many at once, and it ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from qiao.billing.models import BillingAccount, BillingTerms, Feed
from qiao.billing.operations.closing import close_ended, open_again
from qiao.billing.operations.posting import AccountFed, hold_accounts, lock_accounts
from qiao.billing.operations.terms import (
    BillingEnded,
    NewTerms,
    TermsBilled,
    fitting_of,
    hold,
    reason_of,
    said_by,
    tell,
)
from qiao.billing.queries.terms_shown import TERMS, terms_on
from qiao.billing.rules.account_rows import MONTHS
from qiao.billing.rules.tariffs.asked import Said
from qiao.core.actor import Actor
from qiao.core.transactions import required
from qiao.customers.queries import account_record


class BilledAlready(Exception):  # noqa: N818 - a refusal, not a fault
    """The account is billed here; its terms are changed instead."""


class NotEnding(Exception):  # noqa: N818 - a refusal, not a fault
    """The account is billed on, or its last bill was issued already."""


class NothingBilled(Exception):  # noqa: N818 - a refusal, not a fault
    """Billing would end on the day on which it begins."""


class BadMonths(Exception):  # noqa: N818 - a refusal, not a fault
    """A bill covers another number of months."""


class BeforeOpened(Exception):  # noqa: N818 - a refusal, not a fault
    """The account was opened later; `opened` is the day."""

    def __init__(self, opened: date) -> None:
        super().__init__(f"opened on {opened}")
        self.opened = opened


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account that is billed from a day on, by which tariff and under which inputs, and why.

    Where `tiers_since` is given, its tiers fill from that earlier day on.
    """

    account_id: int
    organisation_id: int
    currency: str
    since: date
    tariff_id: int
    labels: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, Decimal] = field(default_factory=dict)
    months: int = 1
    reason: str = ""
    tiers_since: date | None = None

    @property
    def opened(self) -> date:
        """From which day on its tiers fill."""
        return self.tiers_since or self.since


def open_billing(
    accounts: Sequence[NewAccount], *, now: datetime, actor: Actor | None = None
) -> None:
    """Bill accounts from a day on, of whose terms the caller is sure; one that is billed already
    is an error of the database."""
    required()
    BillingAccount.objects.bulk_create(
        [
            BillingAccount(
                account_id=each.account_id,
                organisation_id=each.organisation_id,
                currency=each.currency,
                months=each.months,
                opened_date=each.opened,
                billed_until=each.since,
            )
            for each in accounts
        ],
        batch_size=2_000,
    )
    BillingTerms.objects.bulk_create(
        [
            BillingTerms(
                account_id=each.account_id,
                period=DateRange(each.opened, None),
                tariff_id=each.tariff_id,
                labels=dict(each.labels),
                numbers={name: format(number, "f") for name, number in each.numbers.items()},
                reason=each.reason,
                created_at=now,
                created_by_id=actor.staff_id if actor is not None else None,
            )
            for each in accounts
        ],
        batch_size=2_000,
    )


def begin_billing(new: NewTerms, *, months: int, actor: Actor, now: datetime) -> BillingAccount:
    """Bill an account from a day on, each bill for so many months; one whose billing ended too,
    which is open again then.

    Raises `BilledAlready`, `AccountFed`, `TermsBilled`, `BeforeOpened`, `BadMonths`,
    `TariffUnfit`, `NoPriceYet`, `BadTerms`, `BadText`, `NotVisible`, `Forbidden`.
    """
    begun = to_begin(new, months=months, actor=actor)
    values = {
        "months": months, "currency": begun.currency, "closed_date": None,
        "end_reason": "", "opened_date": new.since, "billed_until": new.since,
    }  # fmt: skip
    if begun.before is not None:
        BillingAccount.objects.filter(pk=begun.before.pk).update(**values)
        account = BillingAccount.objects.get(pk=begun.before.pk)
    else:
        account = _begun(new.account_id, begun.organisation_id, values)
    open_again(new.account_id)
    hold(account, new, begun.said, begun.reason, actor, now)
    return account


@dataclass(frozen=True, slots=True)
class ToBegin:
    """An account that may begin to be billed, and under what; `before` is how it was billed until
    that ended, None where it never was."""

    organisation_id: int
    currency: str
    said: Said
    reason: str
    before: BillingAccount | None


def to_begin(new: NewTerms, *, months: int, actor: Actor) -> ToBegin:
    """What begins where an account is billed under these terms, its money locked where it was
    billed before. Raises what `begin_billing` raises."""
    required()
    record = account_record(actor=actor, account_id=new.account_id)
    actor.require(TERMS, record.organisation_id)
    reason = reason_of(new.reason)
    if months not in MONTHS:
        raise BadMonths(months)
    if new.since < record.opened_date:
        raise BeforeOpened(record.opened_date)
    before = _ended(new.account_id, new.since)
    tariff = fitting_of(new.tariff_id, new.since, record.service)
    said = said_by(new, tariff)
    return ToBegin(record.organisation_id, tariff.currency, said, reason, before)


def _begun(account_id: int, organisation_id: int, values: Mapping[str, Any]) -> BillingAccount:
    try:
        with transaction.atomic():
            return BillingAccount.objects.create(
                account_id=account_id, organisation_id=organisation_id, **values
            )
    except IntegrityError as error:  # somebody else began at the same moment
        raise BilledAlready(account_id) from error


def _ended(account_id: int, since: date) -> BillingAccount | None:
    """The account where it was billed once and is no more; None where it never was."""
    known = hold_accounts([account_id]).get(account_id)
    if known is None:
        return None
    if known.feed_id is not None:
        raise AccountFed(account_id, Feed.objects.get(pk=known.feed_id).name)
    if known.closed_date is None or known.billed_until < known.closed_date:
        raise BilledAlready(account_id)
    if since < known.closed_date:
        raise TermsBilled(known.closed_date)
    return known


def end_billing(
    *, account_id: int, until: date, reason: str, actor: Actor, now: datetime
) -> BillingAccount:
    """Bill an account no more from a day on: the bill up to it is the last one, and once that is
    issued the account is closed with that day.

    Raises `TermsBilled`, `BillingEnded`, `BadText` without a reason, `AccountMissing`,
    `AccountFed`, `Forbidden`.
    """
    account = lock_accounts([account_id])[account_id]
    actor.require(TERMS, account.organisation_id)
    words = reason_of(reason)
    if account.closed_date is not None:
        raise BillingEnded(account.closed_date)
    if until < account.billed_until:
        raise TermsBilled(account.billed_until)
    if until == account.opened_date:
        raise NothingBilled(account_id)
    account.closed_date, account.end_reason = until, words
    account.save(update_fields=["closed_date", "end_reason"])
    close_ended(now=now, account_ids=[account_id])
    rows = BillingTerms.objects.filter(account=account_id)
    rows.filter(period__startswith__gte=until).delete()
    last = rows.order_by("-period").first()
    if last is not None:
        last.period = DateRange(last.period.lower, until)
        last.save(update_fields=["period"])
    tell(account, until, actor, now)
    return account


def go_on_billing(*, account_id: int, actor: Actor, now: datetime) -> BillingAccount:
    """Bill an account on whose billing was to end, before its last bill was issued.

    Raises `NotEnding`, `AccountMissing`, `AccountFed`, `Forbidden`.
    """
    account, last = to_go_on(account_id=account_id, actor=actor)
    assert account.closed_date is not None
    if last is not None:
        last.period = DateRange(last.period.lower, None)
        last.save(update_fields=["period"])
    day, account.closed_date, account.end_reason = account.closed_date, None, ""
    account.save(update_fields=["closed_date", "end_reason"])
    tell(account, day, actor, now)
    return account


def to_go_on(*, account_id: int, actor: Actor) -> tuple[BillingAccount, BillingTerms | None]:
    """An account on whose billing is to end, its money locked, and the terms that would hold on.
    Raises what `go_on_billing` raises."""
    account = lock_accounts([account_id])[account_id]
    actor.require(TERMS, account.organisation_id)
    if account.closed_date is None or account.billed_until >= account.closed_date:
        raise NotEnding(account_id)
    return account, terms_on(account_id, account.closed_date - timedelta(days=1))
