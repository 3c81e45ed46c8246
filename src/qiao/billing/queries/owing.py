"""What an account owes bill by bill, as the counter shows it, and what a payment would pay."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import Http404

from qiao.billing.models import Bill, BillingAccount, Feed, Payment, Standing
from qiao.billing.queries.disputed import held_bills
from qiao.billing.queries.late_fees import with_late_fees
from qiao.billing.queries.shifts import TAKE, open_shift_of
from qiao.billing.queries.standings import (
    ahead_of,
    debts_of,
    fed_standings,
    fingerprint,
    owing,
    standings_of,
)
from qiao.billing.rules.money.allocation import Order, allocate
from qiao.billing.showing_feeds import told_by
from qiao.core.actor import Actor
from qiao.customers.queries import AccountLine, account_lines, find_accounts

LATEST: Final = 5


class AccountNotHere(Http404):
    """There is no such account that is billed, or none for which the actor takes payments."""


@dataclass(frozen=True, slots=True)
class OwedPart:
    """What is owed of a bill to an owner, of a kind, in minor units."""

    owner: str
    kind: str
    minor: int


@dataclass(frozen=True, slots=True)
class OwedBill:
    """A bill of which something is open; `minor` is all that is, late fees up to the day among it.
    `case_id` is the case in which it is disputed, if it is."""

    bill: Bill
    minor: int
    parts: tuple[OwedPart, ...]
    case_id: int | None = None


@dataclass(frozen=True, slots=True)
class Owing:
    """An account at the counter: who stands for it, its open bills, the oldest first, and what is
    paid ahead, in minor units, on a day. `seen` is what stands on it in short. `billed_by` is the
    other system that bills it, if one does: then only what it says in all is known, as `told`."""

    account: BillingAccount
    line: AccountLine
    bills: tuple[OwedBill, ...]
    ahead: int
    seen: str
    latest: tuple[Payment, ...]
    day: date
    billed_by: Feed | None = None
    told: int = 0

    @property
    def minor(self) -> int:
        """All that is owed."""
        return self.told + sum(each.minor for each in self.bills)

    def sum_of(self, bill_ids: Sequence[int]) -> int:
        """What is owed for some of its bills."""
        return sum(each.minor for each in self.bills if each.bill.pk in bill_ids)


@dataclass(frozen=True, slots=True)
class Foretold:
    """What a payment would do: how much it pays of each bill, what is owed afterwards, and what
    it pays ahead, in minor units."""

    paid: dict[int, int]
    left: int
    ahead: int


@dataclass(frozen=True, slots=True)
class FoundAccount:
    """An account that was looked for, with what it owes and what it has paid ahead; `told` says
    who told that and as of when, where another system bills it."""

    line: AccountLine
    currency: str
    minor: int
    ahead: int
    told: str = ""


def owing_of(*, actor: Actor, account_id: int, day: date) -> Owing:
    """An account for which the actor takes payments, as it stands on a day: with the late fees
    that a payment of that day has charged. Raises `AccountNotHere`."""
    account = (
        BillingAccount.objects.filter(
            pk=account_id, organisation__in=list(actor.organisations(TAKE))
        )
        .select_related("feed")
        .first()
    )
    lines = account_lines(actor=actor, account_ids=[account_id]) if account else []
    if account is None or not lines:
        raise AccountNotHere(str(account_id))
    rows = standing_on(account_id, day=day)
    fed = fed_standings([account_id]).get(account_id)
    latest = Payment.objects.filter(account=account_id).select_related("posting__recorded_by")
    return Owing(
        account=account,
        line=lines[0],
        bills=_bills(owing(rows), held_bills([account_id])),
        ahead=ahead_of(rows) + (fed.ahead_minor if fed else 0),
        seen=fingerprint(rows),
        latest=tuple(latest.order_by("-received_at", "-pk")[:LATEST]),
        day=day,
        billed_by=account.feed,
        told=fed.owed_minor if fed else 0,
    )


def standing_on(account_id: int, *, day: date) -> list[Standing]:
    """What stands on an account on a day, with late fees that are not charged yet."""
    rows = standings_of([account_id])
    return with_late_fees(rows, day=day).get(account_id, [])


def counter_day(actor: Actor, today: date) -> date:
    """The day of the actor's open drawer, on which they take payments; else today."""
    shift = open_shift_of(actor.person_id)
    return shift.booked_date if shift else today


def _bills(rows: Sequence[Standing], disputed: Mapping[int, int]) -> tuple[OwedBill, ...]:
    parts: dict[int, list[OwedPart]] = defaultdict(list)
    for row in rows:
        parts[row.bill_id].append(OwedPart(row.owner, row.kind, row.minor))
    bills = Bill.objects.filter(pk__in=parts.keys()).order_by("due_date", "pk")
    return tuple(
        OwedBill(
            bill,
            sum(part.minor for part in parts[bill.pk]),
            tuple(parts[bill.pk]),
            disputed.get(bill.pk),
        )
        for bill in bills
    )


def foretell(*, account_id: int, minor: int, named: Sequence[int], day: date) -> Foretold:
    """What a payment of more than nothing would do on a day. Raises `BadAllocation`."""
    rows = {account_id: owing(standing_on(account_id, day=day))}
    debts = debts_of(rows, held=held_bills([account_id]))[account_id]
    shares, ahead = allocate(minor, debts, order=Order(), named=named)
    paid: dict[int, int] = defaultdict(int)
    for each in shares:
        paid[each.debt.bill] += each.minor
    left = sum(debt.minor for debt in debts) - sum(paid.values())
    return Foretold(dict(paid), left, ahead)


def find_to_pay(*, actor: Actor, text: str, day: date) -> list[FoundAccount]:
    """Accounts for which the actor takes payments, by an account or meter number, a name, a
    telephone number, an address, or the number of a bill."""
    units = list(actor.organisations(TAKE))
    of_bill = Bill.objects.filter(number=text.strip().upper()).values_list("account_id", flat=True)
    if found := list(of_bill):
        lines = account_lines(actor=actor, account_ids=found)
    else:
        lines = find_accounts(actor=actor, text=text)
    billed = (
        BillingAccount.objects.filter(
            pk__in=[line.account_id for line in lines], organisation__in=units
        )
        .select_related("feed")
        .in_bulk()
    )
    stands = with_late_fees(standings_of(billed), day=day)
    fed = fed_standings(billed)
    return [
        FoundAccount(
            line,
            billed[line.account_id].currency,
            fed[line.account_id].owed_minor
            if line.account_id in fed
            else sum(row.minor for row in owing(stands.get(line.account_id, []))),
            fed[line.account_id].ahead_minor
            if line.account_id in fed
            else ahead_of(stands.get(line.account_id, [])),
            told_by(billed[line.account_id].feed),
        )
        for line in lines
        if line.account_id in billed
    ]
