"""Invoices of the demo world: some hundred of its last bills, in every state that there is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from qiao.billing.models import Bill
from qiao.billing.operations.invoices.wanting import ASKED_AGAIN, PREFIX
from qiao.billing.queries.addressing import addressees_of_bills
from qiao.core.copying import copy_rows, reserve_ids
from qiao.core.demo import Finding, World
from qiao.core.demo_audit import ask, none_of
from qiao.core.numbering import next_number
from qiao.core.rules.identity import credit_check_character
from qiao.staff.queries import actor_by_number

MOST: Final = 400
CLERK: Final = "9203"
REASONS: Final = ("客户要求更换抬头", "抬头填写有误")
REFUSALS: Final = (
    "购买方纳税人识别号与名称不一致",
    "购买方名称含有不允许的字符",
    "开票额度不足，请调整额度后重试",
)
# What became of those that were asked for, by share: `anew` was refused and asked for again,
# `red` was issued, taken back, and a red one was issued.
FATES: Final = (
    ("issued", 0.62), ("wanted", 0.14), ("refused", 0.09), ("cancelled", 0.05), ("anew", 0.04),
    ("red", 0.06),
)  # fmt: skip
_COLUMNS: Final = (
    "id, number, kind, state, stands, bill_id, account_id, organisation_id, customer_id,"
    " original_id, title, tax_number, address, email, currency, minor, tax_minor, asked_at,"
    " asked_date, asked_by_id, invoice_number, issued_date, url, reason, refusal, ended_at"
)
# Of bills of the last half year that are paid, some of all; the same ones each time.
_BILLS: Final = """
SELECT b.id FROM billing_bill b
 WHERE b.state = 'issued' AND b.kind = 'regular' AND b.total_minor > 0
   AND b.issued_date BETWEEN %(since)s::date AND %(last)s::date
   AND NOT EXISTS (SELECT FROM billing_standing s
                    WHERE s.account_id = b.account_id AND s.ledger = 'receivable'
                      AND s.bill_id = b.id)
 ORDER BY md5(b.number), b.id LIMIT %(most)s
"""
_FIRMS: Final = """
SELECT c.id FROM customers_customer c
 WHERE c.id = ANY(%(ids)s::bigint[]) AND c.kind = 'organisation'
"""
_TAXES: Final = """
SELECT l.bill_id, sum(l.minor)::bigint FROM billing_billline l
 WHERE l.bill_id = ANY(%(ids)s::bigint[]) AND NOT l.adds GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class _Wish:
    """A bill of which an invoice was asked for, and for whom."""

    bill: Bill
    customer_id: int
    title: str
    is_firm: bool
    tax_minor: int


def build(world: World) -> None:
    """Write them all at once."""
    random = world.random("invoices")
    wishes = list(_wishes(timezone.localdate(world.now)))
    clerk = actor_by_number(CLERK, day=timezone.localdate(world.now)).staff_id if wishes else None
    rows = [row for wish in wishes for row in _rows(wish, random, clerk, world.now)]
    if not rows:
        return
    first = reserve_ids("billing_invoice", len(rows))
    with connection.cursor() as cursor:
        copy_rows(
            cursor,
            "billing_invoice",
            _COLUMNS,
            (
                # A red one comes right after what it cancels.
                (pk, *row[:8], pk - 1 if row[1] == "red" else None, *row[8:])
                for pk, row in enumerate(rows, first)
            ),
        )


def _wishes(today: date) -> Iterator[_Wish]:
    days = {"since": today - timedelta(days=183), "last": today - timedelta(days=3)}
    ids = [pk for (pk,) in ask(_BILLS, days | {"most": MOST})]
    bills = list(Bill.objects.filter(pk__in=ids).order_by("pk"))
    who = addressees_of_bills(bills) if bills else []
    firms = {pk for (pk,) in ask(_FIRMS, {"ids": [each.customer_id for each in who]})}
    taxes = dict(ask(_TAXES, {"ids": ids}))
    for bill, each in zip(bills, who, strict=True):
        if each.name:
            yield _Wish(
                bill, each.customer_id, each.name, each.customer_id in firms,
                taxes.get(bill.pk, 0),
            )  # fmt: skip


def _rows(
    wish: _Wish, random: Random, clerk: int | None, now: datetime
) -> Iterator[tuple[Any, ...]]:
    (fate,) = random.choices([name for name, _ in FATES], [share for _, share in FATES])
    by = clerk if random.random() < 0.6 else None
    begun = datetime.combine(wish.bill.issued_date, time(1, random.randint(0, 59)), UTC)
    at = min(begun + timedelta(days=random.randint(0, 12)), now - timedelta(hours=9))
    if fate == "wanted":
        at = now - timedelta(minutes=random.randint(5, 2_000))
    buyer = _buyer(wish, random)
    end = at + timedelta(minutes=random.randint(2, 90))
    match fate:
        case "wanted":
            yield _row(wish, buyer, "wanted", at, by)
        case "issued":
            yield _row(wish, buyer, "issued", at, by, random=random, end=end)
        case "refused":
            yield _row(wish, buyer, "refused", at, by, end=end, said=("", random.choice(REFUSALS)))
        case "cancelled":
            yield _row(
                wish, buyer, "cancelled", at, by, end=end, said=(random.choice(REASONS), "")
            )
        case "anew":
            yield _row(
                wish, buyer, "cancelled", at, by, end=end,
                said=(ASKED_AGAIN, random.choice(REFUSALS)),
            )  # fmt: skip
            later = end + timedelta(hours=1)
            yield _row(
                wish, buyer, "issued", later, clerk, random=random,
                end=later + timedelta(minutes=9),
            )  # fmt: skip
        case _:
            yield _row(wish, buyer, "issued", at, by, random=random, end=end, stands=False)
            later = end + timedelta(hours=2)
            yield _row(
                wish, buyer, "issued", later, clerk, random=random, is_red=True,
                end=later + timedelta(minutes=9), said=(random.choice(REASONS), ""),
            )  # fmt: skip


def _buyer(wish: _Wish, random: Random) -> tuple[str, str, str, str]:
    if not wish.is_firm:
        return wish.title, "", "", ""
    body = f"9133{random.randint(10**12, 10**13 - 1)}"
    return wish.title, body + credit_check_character(body), "", "invoice@example.com"


def _row(
    wish: _Wish,
    buyer: tuple[str, str, str, str],
    state: str,
    at: datetime,
    by: int | None,
    *,
    random: Random | None = None,
    end: datetime | None = None,
    said: tuple[str, str] = ("", ""),
    stands: bool | None = None,
    is_red: bool = False,
) -> tuple[Any, ...]:
    """A row without its id and that of its original; `said` is why it was given up or a red one is
    wanted, and what the provider said."""
    bill, sign, day = wish.bill, -1 if is_red else 1, timezone.localdate(at)
    told: Sequence[Any] = ("", None, "")
    if random is not None and end is not None:
        number = f"{day:%y}33{random.randint(0, 10**16 - 1):016}"
        told = (number, timezone.localdate(end), f"https://invoices.example/{number}.pdf")
    own = state in ("wanted", "issued") if stands is None else stands
    return (
        next_number(prefix=PREFIX, day=day), "red" if is_red else "blue", state, own, bill.pk,
        bill.account_id, bill.organisation_id, wish.customer_id, *buyer, bill.currency,
        sign * bill.total_minor, sign * wish.tax_minor, at, day, by, *told, *said, end,
    )  # fmt: skip


_STATES: Final = """
SELECT count(*), count(DISTINCT state), count(*) FILTER (WHERE kind = 'red') FROM billing_invoice
"""


def audit() -> Sequence[Finding]:
    """Whether every state is there, and every red invoice mirrors what it cancels."""
    ((count, states, reds),) = ask(_STATES)
    return [
        Finding("invoices", f"{count:,}", f"up to {2 * MOST:,}", 0 <= count <= 2 * MOST),
        Finding("states of invoices", str(states), "4", states == 4 or count < MOST / 4),
        Finding("red invoices", str(reds), "some", reds > 0 or count < MOST / 4),
        none_of(
            "red invoices that mirror nothing",
            "SELECT count(*) FROM billing_invoice r JOIN billing_invoice b"
            " ON b.id = r.original_id WHERE r.kind = 'red' AND (r.minor <> -b.minor"
            " OR r.bill_id <> b.bill_id OR b.stands OR b.state <> 'issued')",
        ),
    ]
