"""Accounts that are billed in tests: a tariff with a price change amid the year, and shortcuts."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.db import connection

from qiao.billing import operations as ops
from qiao.billing.models import (
    Bill,
    BillingTerms,
    BillLine,
    BudgetPlan,
    Payment,
    Standing,
    Tariff,
    TariffVersion,
)
from qiao.billing.operations.budget import start_budget
from qiao.billing.queries.told import ToldMoney, money_told
from qiao.billing.rules.bills.lines import lines_of, total_of
from qiao.billing.rules.money.postings import Ledger
from qiao.billing.rules.tariffs.planning import Use
from qiao.core.rules.periods import Period
from qiao.core.transactions import check_constraints
from qiao.customers.models import AccountParty
from qiao.customers.tests.factories import make_account
from qiao.staff.tests.cast import Company

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SINCE = date(2025, 11, 1)
_serial = count(1)
USES = ("12", "30", "8", "41", "9", "22", "5", "60", "18", "3", "27", "14")


def definition(first: str, second: str) -> dict[str, object]:
    """Two tiers over the year, wider for more people; another owner's sewage; a contained tax."""
    return {
        "currency": "CNY",
        "unit": "m3",
        "numbers": {"people": "4"},
        "charges": [
            {"key": "water", "names": {}, "kind": "tiered", "period": "year",
             "starts": [0, "60 + 12 * max(0, people - 4)"], "prices": [first, second]},
            {"key": "sewage", "owner": "sewage", "names": {}, "kind": "per_unit",
             "price": "0.95"},
            {"key": "meter", "names": {}, "kind": "fixed", "amount": "3.20"},
            {"key": "tax", "names": {}, "kind": "share", "of": ["water"], "rate": "0.03",
             "included": True},
        ],
    }  # fmt: skip


def a_tariff() -> Tariff:
    """A tariff whose prices change on 1 January and on 15 March 2026."""
    tariff = Tariff.objects.create(
        pack="", key=f"t{next(_serial)}", service="water", names={"en": "Test"}, created_at=NOW
    )
    for day, first, second in (
        (date(2020, 1, 1), "2.00", "3.00"),
        (date(2026, 1, 1), "2.10", "3.15"),
        (date(2026, 3, 15), "2.33", "3.47"),
    ):
        TariffVersion.objects.create(
            tariff=tariff, valid_from=day, definition=definition(first, second), created_at=NOW
        )
    return tariff


def a_free_tariff() -> Tariff:
    """A tariff under which nobody pays who uses nothing."""
    tariff = Tariff.objects.create(
        pack="", key=f"t{next(_serial)}", service="water", names={"en": "Free"}, created_at=NOW
    )
    charge = {"key": "water", "names": {}, "kind": "per_unit", "price": "2.00"}
    TariffVersion.objects.create(
        tariff=tariff,
        valid_from=date(2020, 1, 1),
        definition={"currency": "CNY", "unit": "m3", "charges": [charge]},
        created_at=NOW,
    )
    return tariff


def an_account(
    company: Company, tariff: Tariff | None = None, people: int = 4, **more: Any
) -> int:
    """An account of the lake branch that is billed from 1 November 2025 on; its id. `more` as of
    `make_account`."""
    account = make_account(company.agent, **more)
    ops.open_billing(
        [
            ops.NewAccount(
                account_id=account.pk,
                organisation_id=company.lake.pk,
                currency="CNY",
                since=SINCE,
                tariff_id=(tariff or a_tariff()).pk,
                numbers={"people": Decimal(people)},
            )
        ],
        now=NOW,
    )
    return account.pk


def say_terms(
    account_id: int, since: date, *, tariff: Tariff | None = None, people: int | None = None,
    reason: str = "x",
) -> None:  # fmt: skip
    """Let other terms hold from a day on; what is not said stays."""
    held = BillingTerms.objects.filter(account=account_id, period__startswith__lte=since).latest(
        "period"
    )
    said = {**held.labels, **held.numbers} if tariff is None else {}
    ops.change_terms(
        ops.NewTerms(
            account_id,
            since,
            tariff.pk if tariff else held.tariff_id,
            said if people is None else said | {"people": str(people)},
            reason,
        ),
        actor=None,
        now=NOW,
    )


def month(number: int) -> Period:
    """The calendar month so many after November 2025."""

    def first(n: int) -> date:
        return date(2025 + (10 + n) // 12, (10 + n) % 12 + 1, 1)

    return Period(first(number), first(number + 1))


def a_bill(account_id: int, number: int, *uses: str, day: date | None = None) -> ops.NewBill:
    """A bill of a month, its days shared by the uses one after the other."""
    period = month(number)
    assert period.end
    assert period.days
    cuts = [period.start + timedelta(days=period.days * n // len(uses)) for n in range(len(uses))]
    ends = [*cuts[1:], period.end]
    issued = day or period.end
    return ops.NewBill(
        account_id=account_id,
        period=period,
        uses=tuple(
            Use(Period(start, end), {"usage": Decimal(use)})
            for start, end, use in zip(cuts, ends, uses, strict=True)
        ),
        issued_date=issued,
        due_date=issued + timedelta(days=20),
    )


def issue(*bills: ops.NewBill) -> list[Bill]:
    """Issue bills and read them."""
    ids = ops.issue_bills(bills, actor=None, now=NOW)
    found = Bill.objects.in_bulk(ids)
    return [found[pk] for pk in ids]


def pay(account_id: int, minor: int, reference: str = "", **more: object) -> Payment:
    """A payment by the bank."""
    values = {
        "account_id": account_id,
        "minor": minor,
        "currency": "CNY",
        "channel": Payment.Channel.BANK,
        "means": Payment.Means.TRANSFER,
        "reference": reference or f"B{next(_serial)}",
        "received_at": NOW,
        "booked_date": NOW.date(),
    }
    new = ops.NewPayment(**(values | more))  # type: ignore[arg-type]
    return ops.take_payment(payment=new, actor=None, now=NOW)


def standing(account_id: int, ledger: Ledger = Ledger.RECEIVABLE) -> dict[tuple[int, str], int]:
    """What stands on an account, by bill and owner."""
    rows = Standing.objects.filter(account=account_id, ledger=ledger)
    return {(row.bill_id, row.owner): row.minor for row in rows}


def balance(account_id: int) -> int:
    """What is owed in all, what was paid ahead taken off."""
    rows = Standing.objects.filter(
        account=account_id, ledger__in=[Ledger.RECEIVABLE, Ledger.PREPAID]
    )
    return sum(rows.values_list("minor", flat=True))


def audit() -> list[tuple[object, ...]]:
    """What the ledger finds wrong with itself; also that nothing refers to what is not there."""
    with connection.cursor() as cursor:
        check_constraints()
        cursor.execute("SELECT * FROM billing_audit()")
        return list(cursor.fetchall())


def assert_reckons_again(account_ids: list[int]) -> None:
    """Every bill is what its stored facts give, line by line."""
    bills = list(Bill.objects.filter(account__in=account_ids))
    for bill, parts in zip(bills, ops.reckon_again(bills), strict=True):
        assert total_of(parts) == bill.total_minor
        stored = BillLine.objects.filter(bill=bill).order_by("place")
        assert [
            (line.part, line.charge, line.owner, line.minor, line.adds) for line in lines_of(parts)
        ] == list(stored.values_list("part", "charge", "owner", "minor", "adds"))


def owners_of(account_id: int) -> list[int]:
    """Who owns an account or lives there, whenever."""
    return list(
        AccountParty.objects.filter(
            account=account_id, role__in=["owner", "occupant"]
        ).values_list("customer", flat=True)
    )


def told_to_owner(company: Company, account_id: int, now: datetime = NOW) -> ToldMoney | None:
    """What the owner of an account of the lake branch hears of it by telephone."""
    return money_told(
        account_id=account_id,
        customer_ids=owners_of(account_id),
        organisation_ids=[company.lake.pk],
        now=now,
    )


def a_billed_year(company: Company) -> int:
    """An account with a year of bills, all paid."""
    found = an_account(company)
    for number, use in enumerate(USES):
        (bill,) = issue(a_bill(found, number, use))
        pay(found, bill.total_minor)
    return found


def begin_budget(company: Company, account_id: int, minor: int | None = None) -> BudgetPlan:
    """Equal instalments begin."""
    return start_budget(account_id=account_id, minor=minor, actor=company.agent, now=NOW)
