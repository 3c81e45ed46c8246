"""What accounts owed, had paid ahead or left as deposits in former billing systems is taken over.

What was owed of a bill becomes a bill without days or readings of its own, under its former
number: it is due, ages, is disputed and paid like any other, but was billed by another system.
Each balance is posted against the opening balances of the general ledger under its own name, once.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.db.backends.postgresql.psycopg_any import Jsonb
from django.db.models import Max

from qiao.billing.models import Bill, BillingAccount, ClosedDay
from qiao.billing.operations.billing import PREFIX
from qiao.billing.operations.posting import NewPosting, post
from qiao.billing.operations.settling import settle
from qiao.billing.rules.balance_rows import ARREARS, LATE_FEE
from qiao.billing.rules.money.postings import (
    OWN,
    PRINCIPAL,
    Entry,
    Event,
    Ledger,
    arrear_entries,
    credit_entries,
)
from qiao.core.actor import Actor
from qiao.core.copying import copy_rows, reserve_ids
from qiao.core.numbering import numbers_for
from qiao.core.transactions import required
from qiao.staff.queries import local_days

SOURCE: Final = "balance"
CHARGE: Final = "arrears"
"""The line of a bill that says what was owed of it."""
_BILL: Final = (
    "id, number, account_id, organisation_id, kind, state, start_date, end_date, issued_date,"
    " due_date, currency, total_minor, unit, is_estimated, facts, recorded_at, reversal_reason"
)
_LINE: Final = "bill_id, place, part, charge, owner, minor, adds"


@dataclass(frozen=True, slots=True)
class FormerBill:
    """A bill of a former billing system: its number there, "" where nobody knows it; `until` is
    the last day that it was for."""

    due: date
    number: str = ""
    issued: date | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Balance:
    """What stood on an account, in minor units, before a day: paid ahead, a deposit (`ledger`), or
    owed of a `bill`, of it to other `owners`.

    `name` tells it from other balances of the account, and is taken over once. `late_fee` is what
    had run of one, None where that is to be reckoned here from the day on which it was due.
    """

    account_id: int
    name: str
    ledger: Ledger
    minor: int
    late_fee: int | None = None
    owners: Mapping[str, int] = field(default_factory=dict)
    bill: FormerBill | None = None

    @property
    def key(self) -> str:
        """The key of its posting."""
        return f"{self.account_id}:{self.name}"

    def entries(self, bill_id: int = 0) -> tuple[Entry, ...]:
        """What is posted for it."""
        if self.bill is None:
            return credit_entries(account=self.account_id, ledger=self.ledger, minor=self.minor)
        own = self.minor - sum(self.owners.values())
        owed = {OWN: own, **self.owners} if own else dict(self.owners)
        return arrear_entries(
            account=self.account_id, bill=bill_id, owed=owed, late_fee=self.late_fee or 0
        )

    def parts(self) -> dict[str, int]:
        """What it brings onto the account, by ledger, kind and owner: what is known of one that
        was taken over is compared with it."""
        return {
            f"{each.ledger}:{each.kind}:{each.owner}": each.minor
            for each in self.entries()
            if each.ledger != Ledger.OPENING
        }

    def amounts(self) -> dict[str, int]:
        """Its amounts by those of `balance_rows.AMOUNTS`."""
        if self.bill is None:
            return {self.ledger.value: self.minor}
        return {ARREARS: self.minor, LATE_FEE: self.late_fee or 0}


def take_over(
    balances: Sequence[Balance],
    *,
    accounts: Mapping[int, BillingAccount],
    as_of: date,
    cause: str,
    actor: Actor | None,
    now: datetime,
) -> None:
    """Write and post balances as they stood before the day `as_of`, on which they are booked, of
    locked accounts; what was paid ahead then pays what is owed, on the first open day from today
    on. `cause` names the occasion, once for each account.

    Raises `DayClosed`; a balance that was taken over before is an error of the database.
    """
    required()
    owing = [each for each in balances if each.bill is not None]
    bills = dict(zip((each.key for each in owing), _write_bills(owing, accounts, as_of, now),
                     strict=True))  # fmt: skip
    post(
        [
            NewPosting(
                event=Event.BALANCE_TAKEN_OVER,
                organisation_id=accounts[each.account_id].organisation_id,
                currency=accounts[each.account_id].currency,
                booked_date=as_of,
                source=SOURCE,
                key=each.key,
                entries=each.entries(bills.get(each.key, 0)),
            )
            for each in balances
        ],
        actor=actor,
        now=now,
    )
    some = {each.account_id: accounts[each.account_id] for each in balances}
    for day, own in _by_open_day(some, as_of, now).items():
        settle(own, booked_date=day, cause=cause, actor=actor, now=now)


def _by_open_day(
    accounts: Mapping[int, BillingAccount], as_of: date, now: datetime
) -> dict[date, dict[int, BillingAccount]]:
    """Accounts by the first day from today on, and from `as_of` on, that is not closed."""
    today = local_days(now)
    closed = closed_days({row.organisation_id for row in accounts.values()})
    found: dict[date, dict[int, BillingAccount]] = defaultdict(dict)
    for pk, row in accounts.items():
        day = max(today[row.organisation_id], as_of)
        last = closed.get(row.organisation_id)
        found[max(day, last + timedelta(days=1)) if last else day][pk] = row
    return found


def closed_days(organisation_ids: Iterable[int]) -> dict[int, date]:
    """The last day that is closed by unit; units without one are left out."""
    rows = ClosedDay.objects.filter(organisation__in=list(organisation_ids))
    return dict(rows.values_list("organisation").annotate(last=Max("day")))


def keep_money_of_closed(accounts: Iterable[tuple[int, int, date]], *, currency: str) -> None:
    """Keep the money of accounts that were closed before anybody billed them here: their id, unit
    and the day on which they were closed. Nothing is ever billed to them."""
    required()
    BillingAccount.objects.bulk_create(
        [
            BillingAccount(
                account_id=pk, organisation_id=unit, currency=currency, opened_date=closed,
                billed_until=closed, closed_date=closed,
            )
            for pk, unit, closed in accounts
        ],
        batch_size=2_000,
        ignore_conflicts=True,
    )  # fmt: skip


def _write_bills(
    owing: Sequence[Balance], accounts: Mapping[int, BillingAccount], as_of: date, now: datetime
) -> list[int]:
    """Write the bills of what is owed; their ids, in order."""
    if not owing:
        return []
    first = reserve_ids("billing_bill", len(owing))
    ids = list(range(first, first + len(owing)))
    bills = [each.bill for each in owing if each.bill is not None]
    own = iter(numbers_for([as_of for each in bills if not each.number], prefix=PREFIX))
    with connection.cursor() as cursor:
        # Lines first: a bill is looked at as a whole when it is written.
        copy_rows(
            cursor, "billing_billline", _LINE,
            (
                (pk, place, 0, CHARGE, entry.owner, entry.minor, True)
                for pk, each in zip(ids, owing, strict=True)
                for place, entry in enumerate(_principal(each), 1)
            ),
        )  # fmt: skip
        copy_rows(
            cursor, "billing_bill", _BILL,
            (
                _bill_row(pk, each, bill, bill.number or next(own), accounts[each.account_id],
                          as_of, now)
                for pk, each, bill in zip(ids, owing, bills, strict=True)
            ),
        )  # fmt: skip
    return ids


def _principal(balance: Balance) -> list[Entry]:
    return [each for each in balance.entries() if each.kind == PRINCIPAL]


def _bill_row(
    pk: int,
    balance: Balance,
    bill: FormerBill,
    number: str,
    account: BillingAccount,
    as_of: date,
    now: datetime,
) -> tuple[Any, ...]:
    issued = bill.issued or min(bill.until or as_of, as_of, bill.due)
    ended = bill.until + timedelta(days=1) if bill.until else issued
    facts: dict[str, Any] = {"owed_since": bill.due.isoformat()}
    if balance.late_fee is not None:
        facts["owed_since"] = max(bill.due, as_of - timedelta(days=1)).isoformat()
    if bill.since or bill.until:
        facts["former"] = {
            name: day.isoformat()
            for name, day in (("since", bill.since), ("until", bill.until))
            if day
        }
    return (
        pk, number, account.pk, account.organisation_id, Bill.Kind.TAKEN_OVER.value,
        Bill.State.ISSUED.value, ended, ended, issued, bill.due, account.currency, balance.minor,
        "", False, Jsonb(facts), now, "",
    )  # fmt: skip
