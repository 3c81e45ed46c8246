"""Deposits taken, and money given out: by account, by drawer, and what could be given out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Case, F, Q, Sum, When
from django.http import Http404

from qiao.billing.models import CashierShift, Entry, Payment, Standing, Voucher
from qiao.billing.rules.money.postings import Ledger
from qiao.core.actor import Actor
from qiao.customers.queries import AccountLine, account_lines

Kind = Voucher.Kind
LISTED: Final = 10
HELD_IN: Final[Mapping[str, Ledger]] = {
    Kind.DEPOSIT_RETURNED: Ledger.DEPOSIT,
    Kind.PREPAID_REFUNDED: Ledger.PREPAID,
}
"""The ledger out of which money of each kind is given."""


class VoucherMissing(Http404):
    """There is no such voucher, or none that the actor may see."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A voucher with the account that it is of, and what of a deposit stood after it, in minor
    units."""

    voucher: Voucher
    line: AccountLine
    left: int


def cash_in(shift: CashierShift) -> int:
    """What vouchers brought into a drawer less what they took out of it, cash in minor units."""
    signed = Case(When(kind=Kind.DEPOSIT_TAKEN, then=F("minor")), default=-F("minor"))
    rows = Voucher.objects.filter(shift=shift, means=Payment.Means.CASH)
    return int(rows.aggregate(sum=Sum(signed))["sum"] or 0)


def vouchers_in(shift: CashierShift) -> list[Voucher]:
    """The vouchers of a drawer, the latest first."""
    rows = Voucher.objects.filter(shift=shift).select_related("account__account")
    return list(rows.order_by("-made_at", "-pk"))


def vouchers_of(account_id: int) -> list[Voucher]:
    """The last vouchers of an account, the latest first. The caller has checked the right."""
    return list(Voucher.objects.filter(account=account_id).order_by("-made_at", "-pk")[:LISTED])


def held_by(account_id: int) -> dict[str, int]:
    """What could be given out for an account in minor units, by kind; kinds of nothing are left
    out."""
    rows = Standing.objects.filter(account=account_id, ledger__in=HELD_IN.values())
    held = dict(rows.values_list("ledger").annotate(minor=Sum("minor")))
    found = {kind: -held.get(ledger.value, 0) for kind, ledger in HELD_IN.items()}
    return {kind: minor for kind, minor in found.items() if minor > 0}


def paper_of(*, actor: Actor, voucher_id: int, rights: Iterable[str]) -> Paper:
    """A voucher of a unit, or for an account of one, in which the actor holds one of these rights.
    Raises `VoucherMissing`."""
    ids = sorted({each for right in rights for each in actor.organisations(right)})
    may = Q(organisation__in=ids) | Q(account__organisation__in=ids)
    rows = Voucher.objects.filter(may, pk=voucher_id).select_related(
        "organisation", "posting__recorded_by", "approval", "account"
    )
    found = rows.first()
    lines = account_lines(actor=actor, account_ids=[found.account_id]) if found else []
    if found is None or not lines:
        raise VoucherMissing(str(voucher_id))
    return Paper(found, lines[0], _left(found))


def _left(voucher: Voucher) -> int:
    """What of the deposit, or of what was paid ahead, stood after a voucher."""
    ledger = HELD_IN.get(voucher.kind, Ledger.DEPOSIT)
    rows = Entry.objects.filter(
        account=voucher.account_id, ledger=ledger, posting__lte=voucher.posting_id
    )
    return -int(rows.aggregate(sum=Sum("minor"))["sum"] or 0)
