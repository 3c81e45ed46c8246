"""Deposits: taken at the counter, used for what is owed; and money given out, a deposit or what
was paid ahead, which one asks for and a second person agrees to."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from qiao.billing.models import BillingAccount, CashierShift, Payment, Voucher
from qiao.billing.models import Entry as EntryRow
from qiao.billing.operations.cashiers import BadAmount
from qiao.billing.operations.counter import MEANS, SLIP_LENGTH, own_drawer
from qiao.billing.operations.invoices.wanting import want_when_paid
from qiao.billing.operations.late_fees import charge_late_fees
from qiao.billing.operations.paying import LEDGERS, REASON_LENGTH, NoShift, PaidOtherwise, SlipUsed
from qiao.billing.operations.posting import NewPosting, lock_accounts, post
from qiao.billing.queries.asked import PAY_OUT
from qiao.billing.queries.disputed import held_bills
from qiao.billing.queries.shifts import CLOSE, TAKE, cash_expected
from qiao.billing.queries.standings import debts_of, deposit_of, owed
from qiao.billing.queries.vouchers import HELD_IN, Kind, held_by
from qiao.billing.rules.money.allocation import Order, allocate, paid_in_full
from qiao.billing.rules.money.postings import Entry, Event, Ledger, used_entries
from qiao.core.actor import Actor
from qiao.core.approvals import request_approval
from qiao.core.models import Approval
from qiao.core.numbering import next_number
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.staff.queries import actor_by_id, local_days

TAKEN: Final = "YJ"  # 押金
OUT: Final = "TK"  # 退款
OUT_BY: Final = (Payment.Means.CASH, Payment.Means.TRANSFER)
"""How money is given out."""
SOURCE: Final = "voucher"
USED: Final = "deposit_used"


class _OfAmount(Exception):  # noqa: N818 - refusals, not faults
    """A refusal that says how much there is: `minor` units of `currency`."""

    def __init__(self, minor: int, currency: str) -> None:
        super().__init__(f"{minor} {currency}")
        self.minor, self.currency = minor, currency


class NotHeld(_OfAmount):
    """Only so much is deposited, or paid ahead: less than is wanted."""


class StillOwed(_OfAmount):
    """A deposit is not given back while so much is owed."""


class DrawerShort(_OfAmount):
    """Only so much cash is in the drawer: less than is to be given out."""


class NothingOwed(Exception):  # noqa: N818 - a refusal, not a fault
    """Nothing is owed, or only what is disputed: a deposit has nothing to pay."""


@dataclass(frozen=True, slots=True)
class NewDeposit:
    """A deposit of `minor` units by a means; `key` is the form's own, the same again is the same
    deposit. `slip` is as that of a payment."""

    account_id: int
    minor: int
    means: Payment.Means
    key: str
    slip: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PayOut:
    """Money that is to be given out: of which kind, `minor` units of it (None: all), by which
    means, and why."""

    account_id: int
    kind: Voucher.Kind
    minor: int | None
    means: Payment.Means
    reason: str
    slip: str = ""


def take_deposit(*, deposit: NewDeposit, actor: Actor, now: datetime) -> Voucher:
    """Take a deposit into the actor's own drawer, on the drawer's day.

    Raises `BadAmount`, `NoShift`, `PaidOtherwise`, `SlipUsed`, `DayClosed`, `AccountMissing`,
    `BadText` for a transfer without a number, `Forbidden`.
    """
    required()
    account = lock_accounts([deposit.account_id])[deposit.account_id]
    actor.require(TAKE, account.organisation_id)
    slip = clean(
        deposit.slip, field="slip", max_length=SLIP_LENGTH, one_line=True,
        required=deposit.means == Payment.Means.TRANSFER,
    )  # fmt: skip
    if known := Voucher.objects.filter(key=deposit.key).first():
        if (known.account_id, known.minor) != (account.pk, deposit.minor):
            raise PaidOtherwise(known.number)
        return known
    shift = own_drawer(actor)
    if deposit.minor <= 0 or deposit.means not in MEANS or shift.currency != account.currency:
        raise BadAmount(deposit.minor)
    used = Voucher.objects.filter(account=account, means=deposit.means, slip=slip).exclude(slip="")
    if before := used.filter(kind=Kind.DEPOSIT_TAKEN).first():
        raise SlipUsed(before.number)
    row = Voucher(
        kind=Kind.DEPOSIT_TAKEN, account=account, organisation_id=shift.organisation_id,
        means=deposit.means, slip=slip, minor=deposit.minor, key=deposit.key, shift=shift,
        reason=clean(deposit.reason, field="reason", max_length=REASON_LENGTH, one_line=True),
        booked_date=shift.booked_date,
    )  # fmt: skip
    return _kept(row, account, actor=actor, now=now)


def ask_pay_out(*, wanted: PayOut, actor: Actor, now: datetime) -> Approval:
    """Ask that money be given out: cash, out of the actor's own drawer, once a second person has
    agreed.

    Raises `NotHeld`, `StillOwed`, `NoShift`, `DrawerShort`, `BadAmount`, `AlreadyPending`,
    `BadText` without a reason, `AccountMissing`, `Forbidden`.
    """
    required()
    account = lock_accounts([wanted.account_id])[wanted.account_id]
    actor.require(TAKE, account.organisation_id)
    reason = clean(
        wanted.reason, field="reason", max_length=REASON_LENGTH, one_line=True, required=True
    )
    slip = clean(wanted.slip, field="slip", max_length=SLIP_LENGTH, one_line=True)
    if wanted.means not in OUT_BY:
        raise BadAmount(wanted.minor or 0)
    held = held_by(account.pk).get(wanted.kind, 0)
    minor = held if wanted.minor is None else wanted.minor
    _refuse(account, wanted.kind, minor)
    if wanted.means == Payment.Means.CASH:
        _drawer(actor, account, minor)
    about = {"kind": str(wanted.kind), "minor": minor, "means": str(wanted.means), "slip": slip}
    return request_approval(
        kind=PAY_OUT, subject_id=account.pk, organisation_id=account.organisation_id,
        payload=about, reason=reason, actor=actor, now=now,
    )  # fmt: skip


def pay_out_agreed(*, approval: Approval, actor: Actor, now: datetime) -> None:
    """A second person agreed: the money is given out by whoever asked, cash out of their drawer.

    Raises as `ask_pay_out`, and `DayClosed`.
    """
    del actor
    required()
    account = lock_accounts([approval.subject_id])[approval.subject_id]
    asker = actor_by_id(approval.requested_by_id, day=timezone.localdate(now))
    asker.require(TAKE, account.organisation_id)
    kind, minor = Kind(approval.payload["kind"]), int(approval.payload["minor"])
    means = Payment.Means(approval.payload["means"])
    _refuse(account, kind, minor)
    shift = _drawer(asker, account, minor) if means == Payment.Means.CASH else None
    row = Voucher(
        kind=kind, account=account, means=means, minor=minor, slip=approval.payload["slip"],
        organisation_id=shift.organisation_id if shift else account.organisation_id,
        reason=approval.reason, key=f"approval:{approval.pk}", shift=shift, approval=approval,
        booked_date=shift.booked_date if shift else _today(account, now),
    )  # fmt: skip
    _kept(row, account, actor=asker, now=now)


def use_deposit(
    *, account_id: int, minor: int | None, reason: str, key: str, actor: Actor, now: datetime
) -> int:
    """Pay what is owed with a deposit, the oldest first, so much of it (None: as much as is owed);
    what was used. Disputed bills are left alone. The same `key` again uses nothing more.

    Raises `NothingOwed`, `NotHeld`, `BadAmount`, `BadText` without a reason, `DayClosed`,
    `AccountMissing`, `Forbidden`.
    """
    required()
    account = lock_accounts([account_id])[account_id]
    actor.require(CLOSE, account.organisation_id)
    words = clean(reason, field="reason", max_length=REASON_LENGTH, one_line=True, required=True)
    known = EntryRow.objects.filter(
        posting__source=USED, posting__key=key, ledger=Ledger.DEPOSIT, account=account_id
    )
    if before := known.first():
        return before.minor
    day, held = _today(account, now), deposit_of(account_id)
    if minor is not None and minor <= 0:
        raise BadAmount(minor)
    if not 0 < (minor or 1) <= held:
        raise NotHeld(held, account.currency)
    charge_late_fees({account_id: account}, days={account_id: day}, actor=actor, now=now)
    standing = {pk: rows for pk, rows in owed([account_id]).items() if rows}
    debts = debts_of(standing, held=held_bills(standing)).get(account_id, [])
    paid, _left = allocate(held if minor is None else minor, debts, order=Order())
    if not paid:
        raise NothingOwed
    posting = NewPosting(
        event=Event.DEPOSIT_APPLIED, organisation_id=account.organisation_id,
        currency=account.currency, booked_date=day, source=USED, key=key, reason=words,
        entries=used_entries(Ledger.DEPOSIT, account=account_id, paid=paid),
    )  # fmt: skip
    post([posting], actor=actor, now=now)
    want_when_paid({account_id: paid_in_full(debts, paid)}, {account_id: account}, now=now)
    return sum(each.minor for each in paid)


def _refuse(account: BillingAccount, kind: Voucher.Kind, minor: int) -> None:
    held = held_by(account.pk).get(kind, 0)
    if minor <= 0 or minor > held:
        raise NotHeld(held, account.currency)
    if kind == Kind.DEPOSIT_RETURNED:
        due = sum(row.minor for row in owed([account.pk]).get(account.pk, []))
        if due > 0:
            raise StillOwed(due, account.currency)


def _drawer(actor: Actor, account: BillingAccount, minor: int) -> CashierShift:
    """The actor's own drawer, with enough cash in it."""
    shift = own_drawer(actor)
    if shift.currency != account.currency:
        raise NoShift
    if (there := cash_expected(shift)) < minor:
        raise DrawerShort(there, account.currency)
    return shift


def _today(account: BillingAccount, now: datetime) -> date:
    return local_days(now)[account.organisation_id]


def _kept(row: Voucher, account: BillingAccount, *, actor: Actor, now: datetime) -> Voucher:
    """Number a voucher, post it and keep it."""
    is_taken = row.kind == Kind.DEPOSIT_TAKEN
    row.number = next_number(prefix=TAKEN if is_taken else OUT, day=row.booked_date)
    row.currency, row.made_at = account.currency, now
    money, held = LEDGERS[Payment.Means(row.means)], HELD_IN.get(row.kind, Ledger.DEPOSIT)
    minor = row.minor if is_taken else -row.minor
    posting = NewPosting(
        event=Event(row.kind), organisation_id=row.organisation_id, currency=row.currency,
        booked_date=row.booked_date, source=SOURCE, key=row.number, reason=row.reason,
        entries=(Entry(money, minor, account.pk), Entry(held, -minor, account.pk)),
    )  # fmt: skip
    (row.posting_id,) = post([posting], actor=actor, now=now)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:  # the same form came for another account at once
        raise PaidOtherwise(row.number) from error
    return row
