"""Bills: issued, taken back, issued anew; any number at once.

A bill is rated from facts that are stored with it. Its lines, the bill and what is posted are
written together, or nothing is.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from django.db import connection
from django.db.backends.postgresql.psycopg_any import Jsonb

from qiao.billing.events import BillsIssued
from qiao.billing.models import Bill, BillingAccount, Posting
from qiao.billing.operations.closing import open_again
from qiao.billing.operations.equalising import SOURCE as BUDGET
from qiao.billing.operations.equalising import Asked, asked_of, asked_posting, go_on, put_back
from qiao.billing.operations.invoices.wanting import take_back_invoice_of
from qiao.billing.operations.late_fees import clear_late_fee
from qiao.billing.operations.posting import NewPosting, lock_accounts, post, reverse_postings
from qiao.billing.operations.rating import NewBill, RatedBill, rate_bills
from qiao.billing.operations.settling import settle
from qiao.billing.operations.telling import untell_bill
from qiao.billing.queries.runs import ISSUE
from qiao.billing.rules.bills.facts import (
    used_after,
    write_facts,
    write_used,
)
from qiao.billing.rules.bills.lines import BilledLine, Lines
from qiao.billing.rules.money.postings import Billed, Event, bill_entries, owed_by_owner
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.copying import copy_rows, reserve_ids
from qiao.core.numbering import numbers_for
from qiao.core.transactions import required
from qiao.metering.operations import unmark_billed

PREFIX: Final = "ZD"  # 账单
SOURCE: Final = "bill"
REASON_LENGTH: Final = 300
_BILL: Final = (
    "id, number, account_id, organisation_id, kind, state, start_date, end_date, issued_date,"
    " due_date, currency, total_minor, unit, usage, is_estimated, facts, before_id, recorded_at,"
    " reversal_reason, asked_minor, budget_minor"
)
_LINE: Final = "bill_id, place, part, version_id, charge, owner, quantity, price, minor, adds"


class NotNext(Exception):  # noqa: N818 - a refusal, not a fault
    """A bill does not begin where the account's bills end; `account_id`, and the day on which it
    would have to begin."""

    def __init__(self, account_id: int, day: date) -> None:
        super().__init__(f"account {account_id}: the next bill begins on {day}")
        self.account_id, self.day = account_id, day


class BillReversed(Exception):  # noqa: N818 - a refusal, not a fault
    """The bill was taken back before."""


class NotOurs(Exception):  # noqa: N818 - a refusal, not a fault
    """The bill was taken over from another system and nothing is owed of it: it only says what was
    before."""


class BegunAnew(Exception):  # noqa: N818 - a refusal, not a fault
    """Billing of the account ended with this bill and began anew on a day; `opened` is the day."""

    def __init__(self, opened: date) -> None:
        super().__init__(f"begun anew on {opened}")
        self.opened = opened


class NotLatest(Exception):  # noqa: N818 - a refusal, not a fault
    """Later bills of the account go on from this one: they are taken back first, the latest
    first; `numbers` are theirs."""

    def __init__(self, numbers: Sequence[str]) -> None:
        super().__init__(", ".join(numbers))
        self.numbers = tuple(numbers)


def issue_bills(
    bills: Sequence[NewBill], *, actor: Actor | None, now: datetime, tell: bool = True
) -> list[int]:
    """Rate, write and post bills, at most one for each account; their ids, in order.

    What was paid ahead pays them at once. Customers are told of them, unless not `tell`: of bills
    that they have had long ago. Raises `NotNext`, `AccountMissing`, `DayClosed`,
    `CannotPlan`, `CannotRate`, `Forbidden`.
    """
    accounts = lock_to_issue([bill.account_id for bill in bills], actor=actor)
    for bill in bills:
        begins = accounts[bill.account_id].billed_until
        if bill.period.start != begins:
            raise NotNext(bill.account_id, begins)
    rated = rate_bills(bills, accounts=accounts)
    return issue_rated(rated, accounts=accounts, actor=actor, now=now, tell=tell)


def lock_to_issue(account_ids: Iterable[int], *, actor: Actor | None) -> dict[int, BillingAccount]:
    """Lock the money of accounts for which the actor issues bills, for the transaction. Raises
    `AccountMissing`, `Forbidden`."""
    accounts = lock_accounts(account_ids)
    _require(actor, accounts)
    return accounts


def issue_rated(
    rated: Sequence[RatedBill],
    *,
    accounts: Mapping[int, BillingAccount],
    actor: Actor | None,
    now: datetime,
    tell: bool = True,
) -> list[int]:
    """Write and post bills that were rated since their `accounts` were locked; their ids, in
    order. What was paid ahead pays them at once; `tell` as in `issue_bills`. Raises
    `DayClosed`."""
    required()
    ids = _write(rated, accounts, actor=actor, now=now)
    if rated:
        own = {each.bill.account_id: accounts[each.bill.account_id] for each in rated}
        settle(
            own, booked_date=rated[0].bill.issued_date, cause=f"bill:{ids[0]}", actor=actor,
            now=now,
        )  # fmt: skip
        if tell:
            _publish(dict(zip(ids, rated, strict=True)), accounts, actor=actor, now=now)
    return ids


def _publish(
    issued: Mapping[int, RatedBill],
    accounts: Mapping[int, BillingAccount],
    *,
    actor: Actor | None,
    now: datetime,
) -> None:
    """One event for the bills of a unit."""
    units: dict[int, list[int]] = defaultdict(list)
    for bill_id, each in issued.items():
        units[accounts[each.bill.account_id].organisation_id].append(bill_id)
    for unit_id, bill_ids in units.items():
        events.publish(BillsIssued(tuple(bill_ids)), organisation_id=unit_id, actor=actor, now=now)


def reverse_bill(
    *, bill_id: int, day: date, reason: str, actor: Actor | None, now: datetime
) -> Bill:
    """Take the latest bill of an account back (红冲): what was paid for it is paid ahead again,
    the readings that it rested on may be billed anew, a notice of it that still waits is not
    sent, and its invoice is given up, or cancelled by a red one. What was owed of a bill of a
    former billing system is not owed any more; nothing is billed anew for it.

    Raises `NotLatest`, `BillReversed`, `DayClosed`, `Bill.DoesNotExist`, `Forbidden`.
    """
    required()
    account_id = Bill.objects.values_list("account_id", flat=True).get(pk=bill_id)
    accounts = lock_accounts([account_id])
    _require(actor, accounts)
    bill = Bill.objects.get(pk=bill_id)
    refuse_reversal(bill)
    reverse_postings(_posting_ids(bill), booked_date=day, reason=reason, actor=actor, now=now)
    clear_late_fee(accounts[account_id], bill_id=bill_id, day=day, reason=reason, actor=actor,
                   now=now)  # fmt: skip
    bill.state, bill.reversed_date = Bill.State.REVERSED, day
    bill.reversal_reason = reason[:REASON_LENGTH]
    bill.save(update_fields=["state", "reversed_date", "reversal_reason"])
    if not bill.is_arrears:
        BillingAccount.objects.filter(pk=account_id).update(billed_until=bill.start_date)
    if bill.kind == Bill.Kind.FINAL:
        open_again(account_id)
    unmark_billed(bill_number=bill.number, now=now, actor=actor)
    if bill.asked_minor is not None:
        put_back(bill)
    settle(accounts, booked_date=day, cause=f"reversal:{bill_id}", actor=actor, now=now)
    untell_bill(bill_id=bill_id, now=now)
    take_back_invoice_of(bill, reason=reason, actor=actor, now=now)
    return bill


def refuse_reversal(bill: Bill) -> None:
    """Raises why a bill cannot be taken back: `BillReversed`, `NotOurs`, `BegunAnew`, or
    `NotLatest` where later bills go on from it."""
    if bill.state != Bill.State.ISSUED:
        raise BillReversed(bill.number)
    if bill.is_arrears:
        return
    if bill.kind == Bill.Kind.TAKEN_OVER:
        raise NotOurs(bill.number)
    opened = BillingAccount.objects.values_list("opened_date", flat=True).get(pk=bill.account_id)
    if bill.start_date < opened:
        raise BegunAnew(opened)
    later = Bill.objects.filter(
        account=bill.account_id, state=Bill.State.ISSUED, end_date__gt=bill.end_date
    ).order_by("-end_date")
    if later:
        raise NotLatest([each.number for each in later])


def _require(actor: Actor | None, accounts: Mapping[int, BillingAccount]) -> None:
    """A person needs the right in each unit; a job asked for it before."""
    if actor is not None:
        for organisation_id in {row.organisation_id for row in accounts.values()}:
            actor.require(ISSUE, organisation_id)


def _posting_ids(bill: Bill) -> list[int]:
    """The postings of a bill: its own, none of a bill of nothing, and that of what is asked."""
    if bill.is_arrears:
        taken = Posting.objects.filter(event=Event.BALANCE_TAKEN_OVER, entries__bill=bill.pk)
        return list(taken.distinct().values_list("pk", flat=True))
    rows = Posting.objects.filter(source__in=[SOURCE, BUDGET], key=str(bill.pk))
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _write(
    rated: Sequence[RatedBill],
    accounts: Mapping[int, BillingAccount],
    *,
    actor: Actor | None,
    now: datetime,
) -> list[int]:
    if not rated:
        return []
    first = reserve_ids("billing_bill", len(rated))
    ids = list(range(first, first + len(rated)))
    numbers = numbers_for([each.bill.issued_date for each in rated], prefix=PREFIX)
    lines = Lines()
    asked = asked_of(rated, accounts)
    with connection.cursor() as cursor:
        # Lines first: a bill is looked at as a whole when it is written.
        copy_rows(
            cursor,
            "billing_billline",
            _LINE,
            (
                _line_row(bill_id, place, line)
                for bill_id, each in zip(ids, rated, strict=True)
                for place, line in enumerate(lines.of(each.parts), 1)
            ),
        )
        copy_rows(
            cursor,
            "billing_bill",
            _BILL,
            (
                _bill_row(
                    bill_id,
                    number,
                    each,
                    accounts[each.bill.account_id],
                    asked.get(each.bill.account_id),
                    now,
                )
                for bill_id, number, each in zip(ids, numbers, rated, strict=True)
            ),
        )
        cursor.execute(
            "UPDATE billing_billingaccount a SET billed_until = w.day"
            "  FROM unnest(%s::bigint[], %s::date[]) AS w (account_id, day)"
            " WHERE a.account_id = w.account_id",
            [[e.bill.account_id for e in rated], [e.bill.period.end for e in rated]],
        )
    post(
        _postings(dict(zip(ids, rated, strict=True)), accounts, asked, lines), actor=actor, now=now
    )
    if asked:
        go_on(
            asked,
            {each.bill.account_id: pk for pk, each in zip(ids, rated, strict=True)},
            accounts,
            ends={e.bill.account_id: e.bill.period.end or e.bill.period.start for e in rated},
            now=now,
        )
    return ids


def _postings(
    rated: Mapping[int, RatedBill],
    accounts: Mapping[int, BillingAccount],
    asked: Mapping[int, Asked],
    lines: Lines,
) -> list[NewPosting]:
    """What is posted for bills, each followed by what is asked of it in place of that."""
    found = []
    for bill_id, each in rated.items():
        account = accounts[each.bill.account_id]
        billed = lines.billed(each.parts)
        own = [_posting(bill_id, each, account, billed)]
        if account.pk in asked:
            own.append(
                asked_posting(
                    bill_id, asked[account.pk], account=account, owed=owed_by_owner(billed),
                    booked_date=each.bill.issued_date,
                )
            )  # fmt: skip
        found += [posting for posting in own if posting is not None]
    return found


def _line_row(bill_id: int, place: int, line: BilledLine) -> tuple[object, ...]:
    return (
        bill_id, place, line.part, int(line.version), line.charge, line.owner,
        line.quantity, line.price, line.minor, line.adds,
    )  # fmt: skip


def _bill_row(
    bill_id: int,
    number: str,
    rated: RatedBill,
    account: BillingAccount,
    asked: Asked | None,
    now: datetime,
) -> tuple[object, ...]:
    bill, facts = rated.bill, rated.facts
    after = used_after(facts, [each.part for each in rated.parts])
    stored = write_facts(facts) | {"after": write_used(after)}
    return (
        bill_id, number, bill.account_id, account.organisation_id, bill.kind.value,
        Bill.State.ISSUED.value, bill.period.start, bill.period.end, bill.issued_date,
        bill.due_date, account.currency, rated.minor,
        rated.unit, rated.usage,
        bill.is_estimated, Jsonb(stored), bill.before_id, now, "",
        asked.minor if asked else None, asked.balance if asked else None,
    )  # fmt: skip


def _posting(
    bill_id: int, rated: RatedBill, account: BillingAccount, billed: Sequence[Billed]
) -> NewPosting | None:
    """What is posted for a bill; a bill of nothing posts nothing."""
    entries = bill_entries(account=account.pk, bill=bill_id, lines=billed)
    if not entries:
        return None
    return NewPosting(
        event=Event.BILL_ISSUED,
        organisation_id=account.organisation_id,
        currency=account.currency,
        booked_date=rated.bill.issued_date,
        source=SOURCE,
        key=str(bill_id),
        entries=entries,
    )
