"""Bills and payments of the demo world: two years of them, by what its meters were read.

Everything goes through the operations that a company's own run goes through. In a large world the
accounts of some customers go back two years, those of all others to their last bills.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final

from django.db import connection
from django.utils import timezone

from qiao.billing.arrangement_demo import arrange, collect_and_pay, findings
from qiao.billing.models import Bill, Payment, Tariff
from qiao.billing.operations import NewAccount, NewPayment, open_billing, take_payments
from qiao.billing.operations.run_jobs import reckon_run
from qiao.billing.operations.running import run_bills, unbilled_accounts
from qiao.billing.operations.runs import NewRun, NothingDue, begin_run
from qiao.billing.queries.late_fees import accrued
from qiao.billing.queries.terms import tariffs_by_version
from qiao.billing.rules.tariffs.model import labels_needed
from qiao.core.actor import Actor
from qiao.core.demo import Finding, World
from qiao.core.demo_audit import ask, none_of
from qiao.customers.operations import KNOWN_ACCOUNT
from qiao.metering.operations import accept_reading
from qiao.staff.queries import actor_by_number

WHOLE: Final = 300  # so many accounts have all of their history
MONTHS_EACH: Final = 2
SHORT: Final = 100  # days
BATCH: Final = 1_000
DUE_DAYS: Final = 20
CLERK: Final = "9203"
STAND: Final = 2
# How people pay: the share, and how many days after the bill the earliest and the latest do.
HABITS: Final = (("punctual", 0.84, 1, 19), ("late", 0.12, 22, 75), ("never", 0.04, 0, 0))
CHANNELS: Final = (
    (Payment.Channel.WECHAT, Payment.Means.ONLINE, 0.46),
    (Payment.Channel.ALIPAY, Payment.Means.ONLINE, 0.2),
    (Payment.Channel.DIRECT_DEBIT, Payment.Means.TRANSFER, 0.22),
    (Payment.Channel.BANK, Payment.Means.TRANSFER, 0.12),
)
_ACCOUNTS: Final = """
SELECT a.id, a.number, a.organisation_id, a.service, a.use, coalesce(s.meter_size, ''),
       s.premises_id = (SELECT k.premises_id FROM customers_account h
                          JOIN customers_servicepoint k ON k.id = h.service_point_id
                         WHERE h.number = %(known)s), a.opened_date, r.first, r.recent
  FROM customers_account a
  JOIN customers_servicepoint s ON s.id = a.service_point_id
  JOIN LATERAL (
      SELECT min(m.read_date) AS first,
             min(m.read_date) FILTER (WHERE m.read_date >= %(recent)s::date) AS recent
        FROM metering_reading m
       WHERE m.service_point_id = s.id AND m.superseded_by_id IS NULL
         AND m.state IN ('valid', 'final') AND m.method <> 'estimated'
         AND m.read_date >= a.opened_date) r ON r.first IS NOT NULL
 WHERE a.status <> 'closed'
 ORDER BY a.number
"""
_EXCEPTIONS: Final = """
SELECT r.id, r.organisation_id, f.rule
  FROM metering_reading r
  JOIN metering_readingfinding f ON f.reading_id = r.id
 WHERE r.state = 'exception' AND r.superseded_by_id IS NULL
   AND r.organisation_id = ANY(%s::bigint[])
 ORDER BY r.id, f.rule
"""
_ANALYZE: Final = (
    "ANALYZE metering_reading, metering_readingchange, billing_billingaccount, billing_bill,"
    " billing_billline, billing_posting, billing_entry, billing_standing, billing_payment"
)


@dataclass(frozen=True, slots=True)
class _Known:
    """An account that could be billed; `is_known` at the premises of the known customer."""

    account_id: int
    number: str
    organisation_id: int
    service: str
    use: str
    meter_size: str
    is_known: bool
    opened: date
    first: date
    recent: date | None


def build(world: World) -> None:
    """Bill the accounts and have people pay, month after month."""
    random = world.random("billing")
    today = timezone.localdate(world.now)
    accounts, opened = _open_accounts(world, random)
    habits = {each.account_id: _habit(random) for each in opened}
    known = [each.account_id for each in accounts if each.is_known]
    habits |= dict.fromkeys(known, HABITS[0][0])
    units = sorted({each.organisation_id for each in opened})
    known_in = {each.organisation_id for each in accounts if each.is_known}
    waits = _with_most_exceptions([unit for unit in units if unit not in known_in])
    ends = _ends(today)
    made = arrange(_candidates(accounts, opened, {waits}, ends[1]), ends)
    for until in ends:
        made.before(until, world.now)
        # The clerk looks at the last bills of one branch, as on any first of a month.
        billed = [unit for unit in units if until != ends[-1] or unit != waits]
        _month(until, billed, habits, random, today, world.now)
        with connection.cursor() as cursor:  # nobody else does within this transaction
            cursor.execute(_ANALYZE)
    if waits:
        _begin_run(waits, today, world.now)


def open_accounts(world: World) -> int:
    """Begin to bill the accounts, each with its tariff, and bill nothing yet; how many."""
    _known, opened = _open_accounts(world, world.random("billing"))
    return len(opened)


def _open_accounts(world: World, random: Random) -> tuple[list[_Known], list[NewAccount]]:
    accounts = _accounts(timezone.localdate(world.now))
    tariffs = _tariffs()
    opened = [made for known in accounts if (made := _opened(known, accounts, tariffs, random))]
    for some in _batches(opened):
        open_billing(some, now=world.now)
    return accounts, opened


def _candidates(
    accounts: Sequence[_Known], opened: Sequence[NewAccount], without: set[int], since: date
) -> dict[int, list[int]]:
    """Accounts by unit whose bills begin before a day; none of the known customer."""
    known = {each.account_id for each in accounts if each.is_known}
    found: dict[int, list[int]] = defaultdict(list)
    for each in opened:
        if each.since < since and each.account_id not in known:
            found[each.organisation_id].append(each.account_id)
    return {unit: ids for unit, ids in found.items() if unit not in without}


def _with_most_exceptions(units: Sequence[int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_EXCEPTIONS, [list(units)])
        counts = Counter(unit for _pk, unit, _rule in cursor.fetchall())
    return max(units, key=lambda unit: (counts[unit], unit), default=0)


def _let_stand(unit: int, clerk: Actor, now: datetime) -> None:
    """The clerk has looked at some of what was read much higher; the rest still waits."""
    with connection.cursor() as cursor:
        cursor.execute(_EXCEPTIONS, [[unit]])
        much = [pk for pk, _unit, rule in cursor.fetchall() if rule in ("high", "spike")]
    for pk in dict.fromkeys(much[:STAND]):
        accept_reading(actor=clerk, now=now, reading_id=pk, why="已与现场照片核对")


def _begin_run(unit: int, until: date, now: datetime) -> None:
    clerk = actor_by_number(CLERK, day=timezone.localdate(now))
    _let_stand(unit, clerk, now)
    new = NewRun(organisation_id=unit, until=until, issued_date=until, due_days=DUE_DAYS)
    try:
        run = begin_run(new, actor=clerk, now=now)
    except NothingDue:  # in a world of few customers
        return
    reckon_run(run_id=run.pk, actor=clerk)


def _accounts(today: date) -> list[_Known]:
    with connection.cursor() as cursor:
        cursor.execute(
            _ACCOUNTS, {"recent": today - timedelta(days=SHORT), "known": KNOWN_ACCOUNT}
        )
        return [_Known(*row) for row in cursor.fetchall()]


def _tariffs() -> dict[tuple[str, bool], tuple[int, dict[str, frozenset[str]]]]:
    """By service, for households and for others: the tariff, and the labels that have to be said
    for it."""
    found: dict[tuple[str, bool], tuple[int, dict[str, frozenset[str]]]] = {}
    for row in Tariff.objects.order_by("service", "place"):
        version = row.versions.filter(withdrawn_at__isnull=True).order_by("-valid_from").first()
        if version is None:
            continue
        tariff = tariffs_by_version([str(version.pk)])[str(version.pk)]
        labels = {
            name: values
            for name, values in labels_needed(tariff).items()
            if name not in tariff.defaults
        }
        found.setdefault((row.service, row.key == "household"), (row.pk, labels))
    return found


def _opened(
    known: _Known,
    accounts: Sequence[_Known],
    tariffs: dict[tuple[str, bool], tuple[int, dict[str, frozenset[str]]]],
    random: Random,
) -> NewAccount | None:
    tariff = tariffs.get((known.service, known.use == "household"))
    drawn = random.random() < WHOLE / len(accounts)
    whole = drawn or known.is_known
    since = known.first if whole else known.recent
    if tariff is None or since is None:
        return None
    tariff_id, asked = tariff
    size = known.meter_size.removeprefix("DN")
    labels = {
        name: size if name == "meter_size" and size in values else min(values)
        for name, values in asked.items()
        if values
    }
    return NewAccount(
        account_id=known.account_id,
        organisation_id=known.organisation_id,
        currency="CNY",
        since=since,
        tariff_id=tariff_id,
        labels=labels,
        months=MONTHS_EACH,
    )


def _habit(random: Random) -> str:
    (habit,) = random.choices([each[0] for each in HABITS], [each[1] for each in HABITS])
    return habit


def _ends(today: date) -> list[date]:
    """The first days of every other month of two years, up to today."""
    month = today.year * 12 + today.month - 1
    months = range(month - 24, month + 1, MONTHS_EACH)
    return [date(each // 12, each % 12 + 1, 1) for each in months]


def _month(
    until: date,
    units: Sequence[int],
    habits: dict[int, str],
    random: Random,
    today: date,
    now: datetime,
) -> None:
    after = 0
    while some := unbilled_accounts(
        organisation_ids=units, until=until - timedelta(days=20), after=after, limit=BATCH
    ):
        after = some[-1]
        result = run_bills(
            account_ids=some, until=until, issued_date=until, due_days=DUE_DAYS, actor=None,
            now=_moment(until, now), tell=False,
        )  # fmt: skip
        bills = Bill.objects.in_bulk(result.bill_ids)
        together = collect_and_pay(result.bill_ids, day=until, now=_moment(until, now))
        payments = [
            payment
            for bill_id in result.bill_ids
            if bill_id not in together
            and (payment := _payment(bills[bill_id], habits, random, today, now))
        ]
        take_payments(payments=_with_fees(payments), actor=None, now=_moment(until, now))


def _with_fees(payments: Sequence[NewPayment]) -> list[NewPayment]:
    """Whoever pays late pays the late fee of that day too, as they are asked for it."""
    by_day: dict[date, list[int]] = defaultdict(list)
    for payment in payments:
        by_day[payment.booked_date].append(payment.account_id)
    fees: Counter[tuple[int, date]] = Counter()
    for day, ids in by_day.items():
        for fee in accrued(ids, day=day):
            fees[fee.account_id, day] += fee.minor
    return [
        replace(each, minor=each.minor + fees[each.account_id, each.booked_date])
        for each in payments
    ]


def _payment(
    bill: Bill, habits: dict[int, str], random: Random, today: date, now: datetime
) -> NewPayment | None:
    habit = next(each for each in HABITS if each[0] == habits[bill.account_id])
    name, _share, earliest, latest = habit
    if name == "never" and bill.issued_date > today - timedelta(days=300):
        return None
    day = bill.issued_date + timedelta(days=random.randint(earliest, max(latest, 30)))
    if day > today or bill.asked <= 0:
        return None
    channel, means, _weight = random.choices(
        CHANNELS, [weight for _channel, _means, weight in CHANNELS]
    )[0]
    at = datetime.combine(day, time(random.randint(0, 13), random.randint(0, 59)), UTC)
    return NewPayment(
        account_id=bill.account_id,
        minor=bill.asked,
        currency=bill.currency,
        channel=channel,
        means=means,
        reference=f"DEMO-{bill.number}",
        received_at=min(at, now),
        booked_date=day,
    )


def _moment(day: date, now: datetime) -> datetime:
    return min(now, datetime.combine(day, time(1), UTC))


def _batches(rows: Sequence[NewAccount]) -> Iterable[Sequence[NewAccount]]:
    return (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))


_FIGURES: Final = """
WITH due AS (SELECT id, account_id FROM billing_bill
              WHERE due_date < (SELECT max(booked_date) FROM billing_posting))
SELECT (SELECT count(*) FROM billing_billingaccount), (SELECT count(*) FROM billing_bill),
       (SELECT count(DISTINCT account_id) FROM billing_bill),
       (SELECT count(*) FROM billing_payment),
       (SELECT count(DISTINCT account_id) FROM due),
       (SELECT count(DISTINCT s.account_id) FROM billing_standing s
          JOIN due b ON b.id = s.bill_id
         WHERE s.ledger = 'receivable')
"""


def audit() -> Sequence[Finding]:
    """What makes the money of this world believable: the ledger is whole above all."""
    ((accounts, bills, billed, payments, due, late),) = ask(_FIGURES)
    if not accounts:
        return [Finding("accounts that are billed", "0", "some", ok=False)]
    # Of those whose bill was due: in a large world most have their first one before them.
    share, told = late / max(due, 1), billed / accounts
    return [
        # Those of one branch wait for their first run in a large world.
        Finding("accounts with a bill", f"{told:.1%}", "60% or more", told >= 0.6),
        Finding("payments", f"{payments:,}", "fewer than bills", 0 < payments < bills),
        Finding("accounts in arrears", f"{share:.1%}", "1% to 25%", 0.01 <= share <= 0.25),
        *findings(),
        none_of("findings of the ledger's own audit", "SELECT count(*) FROM billing_audit()"),
    ]
