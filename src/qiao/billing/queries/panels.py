"""What billing shows of a customer: balance, the last bills, arrears, the last payment.

One statement for all accounts, whoever bills them (`seen`); what stands is kept by the ledger, or
by what a feed told, so nothing is summed up but a dozen rows an account.
"""
# ruff: noqa: S608 - put together from this file's own pieces; values are bound

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import pgettext

from qiao.billing import showing, showing_bills
from qiao.billing.queries import seen
from qiao.billing.showing_budget import BudgetSaid, budget_said
from qiao.billing.showing_feeds import told_words
from qiao.core.actor import Actor
from qiao.core.days import TODAY
from qiao.core.prepared import fetch_all
from qiao.core.rules.money import to_decimal
from qiao.customers.queries.payers import paid_by

ARREARS_DAYS = 730  # two years: what is older is told apart
LAST_BILLS = 12
# Whoever only pays is told and asked nothing of what was billed before they did; who uses the
# supply is asked nothing of what was billed since somebody else pays.
_STANDS = seen.stands(
    "mine.account_id",
    today=TODAY,
    days=ARREARS_DAYS,
    since="mine.since",
    before="mine.before",
    payer="mine.payer_since",
)
_BILLS = seen.bills("mine.account_id", limit=LAST_BILLS, today=TODAY, since="mine.since")
_PAYER = """(
    SELECT json_build_object('id', mine.payer_id, 'name', c.name, 'since', mine.payer_since,
                             'until', mine.payer_until, 'user', mine.user_id, 'user_name', u.name,
                             'party', mine.party_id, 'asked', o.asked_of_payer)
      FROM customers_customer c, customers_customer u
     WHERE c.id = mine.payer_id AND u.id = mine.user_id)"""
_BUDGET = """(
    SELECT json_build_object('asked', q.instalment_minor, 'ends', q.ends, 'until', q.until_date,
                             'balance', (SELECT coalesce(sum(s.minor), 0) FROM billing_standing s
                                          WHERE s.account_id = mine.account_id
                                            AND s.ledger = 'budget'))
      FROM billing_budgetplan q WHERE q.account_id = mine.account_id AND q.state = 'running')"""

_STATEMENT = f"""
SELECT CASE WHEN count(*) > 0 THEN json_agg(x ORDER BY x.owed DESC, x.account) END
  FROM (
    SELECT a.id AS account, a.number, a.service, b.currency, o.owed, o.late, o.older, o.ahead,
           o.oldest, o.due, o.differs, {TODAY} AS today, p.last_payment, l.bills,
           {seen.teller("b.feed_id")} AS told, mine.only_pays, {_PAYER} AS payer,
           {_BUDGET} AS budget
      FROM (:mine:) mine
      JOIN billing_billingaccount b ON b.account_id = mine.account_id
      JOIN customers_account a ON a.id = mine.account_id
     CROSS JOIN LATERAL ({_STANDS}) o
     CROSS JOIN LATERAL (SELECT (
        SELECT json_build_object('at', y.received_at, 'minor', y.minor, 'channel', y.way)
          FROM ({seen.payments("mine.account_id", limit=1, since="mine.since")}) y)
               AS last_payment) p
     CROSS JOIN LATERAL (
        SELECT json_agg(z ORDER BY z.start) AS bills FROM (
            SELECT i.id, i.number, i.start_date AS start, i.end_date AS until,
                   i.due_date AS due, i.total_minor AS minor, i.asked, i.unit, i.usage, i.open,
                   i.feed_id IS NOT NULL AS fed, i.issued_date >= mine.before AS elsewhere
              FROM ({_BILLS}) i) z) l
     WHERE (a.organisation_id + 0) = ANY(%(organisation_ids)s)) x
"""
# Since when and up to when the bills of an account are asked of a reader, and who pays for it.
_WHOSE = f"""
SELECT m.account_id, m.only_pays,
       CASE WHEN m.only_pays AND EXISTS (
                 SELECT FROM customers_accountparty u
                  WHERE u.account_id = m.account_id AND u.role IN ('owner', 'occupant')
                    AND u.period @> {TODAY} AND NOT u.customer_id = ANY(m.readers))
            THEN m.began ELSE '-infinity' END AS since,
       CASE WHEN m.is_whole OR p.payer_id = ANY(m.readers) THEN 'infinity'
            ELSE coalesce(p.since, 'infinity') END AS before,
       coalesce(p.since, 'infinity') AS payer_since, p.until AS payer_until, p.payer_id,
       p.user_id, p.party_id
  FROM (:parts:) m
  LEFT JOIN LATERAL ({paid_by("m.account_id", TODAY)}) p ON true"""


def _whose(parts: str) -> str:
    return _WHOSE.replace(":parts:", parts)


_MINE = _whose(f"""
       SELECT t.account_id, bool_and(t.role = 'payer') AS only_pays, min(lower(t.period)) AS began,
              %(customer_ids)s::bigint[] AS readers, false AS is_whole
         FROM customers_accountparty t
        WHERE t.customer_id = ANY(%(customer_ids)s::bigint[])
          AND t.role <> 'contact' AND t.period @> {TODAY}
          AND (:account: IS NULL OR t.account_id = :account:)
        GROUP BY t.account_id :most:""")
# Of many accounts those that owe most; all of them count for what is owed together.
_OWED_MOST = """ORDER BY (
            SELECT coalesce(sum(s.minor), 0) FROM billing_standing s
             WHERE s.account_id = t.account_id AND s.ledger = 'receivable') + coalesce((
            SELECT w.owed_minor FROM billing_fedstanding w WHERE w.account_id = t.account_id
        ), 0) DESC, t.account_id LIMIT 6"""


def _mine(account: str = "NULL::bigint", most: str = "LIMIT 1000") -> str:
    return _MINE.replace(":account:", account).replace(":most:", most)


# Accounts that the customer owns, pays or lives at now; those that owe most first.
MONEY = _STATEMENT.replace(":mine:", _mine(most=_OWED_MOST))
# What all of them owe together, in the currency of the first.
OWED = f"""
SELECT CASE WHEN count(DISTINCT b.account_id) > 0 THEN json_build_object(
           'currency', min(b.currency), 'today', {TODAY}, 'owed', sum(o.owed),
           'late', sum(o.late), 'oldest', min(o.oldest), 'due', min(o.due),
           'told', (array_agg({seen.teller("b.feed_id")} ORDER BY b.feed_id)
                    FILTER (WHERE b.feed_id IS NOT NULL))[1]) END
  FROM ({_mine()}) mine
  JOIN billing_billingaccount b ON b.account_id = mine.account_id
 CROSS JOIN LATERAL ({_STANDS}) o
 WHERE (b.organisation_id + 0) = ANY(%(organisation_ids)s)
"""
_ACCOUNT = "%(account_id)s::bigint"
_OF_UNITS = "%(organisation_ids)s::bigint[]"
OF_ACCOUNT = _STATEMENT.replace(
    ":mine:",
    _whose(
        f"SELECT {_ACCOUNT} AS account_id, false AS only_pays, NULL::date AS began,"
        " '{}'::bigint[] AS readers, true AS is_whole"
    ),
).replace("%(organisation_ids)s", _OF_UNITS)
# One account as one of its customers is told of it.
OF_READER = _STATEMENT.replace(":mine:", _mine(_ACCOUNT)).replace(
    "%(organisation_ids)s", _OF_UNITS
)
# What is open of it and asked of that customer, as `seen.arrears` has it.
ARREARS_OF_READER = f"""
SELECT x.start_date, x.end_date, x.total, x.minor, x.currency
  FROM ({_mine(_ACCOUNT)}) mine
 CROSS JOIN LATERAL (
       {seen.arrears("mine.account_id", since="mine.since", before="mine.before")}) x
 WHERE x.due_date < {TODAY} AND x.due_date >= {TODAY} - {ARREARS_DAYS}
"""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bill in a drawing of bars: where it stands, how high it and what is unpaid of it are, the
    month below it, and what it says."""

    HEIGHT: ClassVar[int] = 60
    WIDTH: ClassVar[int] = 14
    STEP: ClassVar[int] = 25

    href: str
    x: int
    whole: int
    unpaid: int
    month: str
    title: str

    @property
    def top(self) -> int:
        """Where the bar begins from above."""
        return 4 + self.HEIGHT - self.whole


@dataclass(frozen=True, slots=True)
class PayerSaid:
    """Who pays for whom, as the page of either of them says it: the other one, whether the page is
    the payer's, the days, and what is asked of the payer, empty for nothing."""

    customer_id: int
    name: str
    is_own_page: bool
    party_id: int
    since: date
    until: date | None
    asked: str


@dataclass(frozen=True, slots=True)
class AccountMoney:
    """An account's money in words, with its bills as bars; `tone` of what is owed.

    `told` says who told it and as of when, `differs` what the bills come to where that is another
    sum; both are empty where it is billed here. `latest` is the address of the latest bill, `why`
    where that is explained. `payer` is None where those pay who use the supply,
    `budget` where no equal instalments run.
    """

    account_id: int
    number: str
    service: str
    owed: str
    tone: str
    note: str
    ahead: str
    older: str
    last_payment: str
    paid_how: str
    bars: tuple[Bar, ...]
    total: str
    average: str
    latest: str
    why: str
    told: str
    differs: str
    payer: PayerSaid | None
    budget: BudgetSaid | None


def money_of(*, actor: Actor, account_id: int, now: datetime) -> dict[str, Any] | None:
    """The row of one account, as `MONEY` has it; None of one that is not billed, or not for this
    reader."""
    values = {
        "account_id": account_id,
        "organisation_ids": list(actor.organisations("bills.view")),
        "now": now,
    }
    ((found,),) = fetch_all(OF_ACCOUNT, values)
    rows: list[dict[str, Any]] = (json.loads(found) if isinstance(found, str) else found) or []
    return rows[0] if rows else None


def account_money(row: Mapping[str, Any]) -> AccountMoney:
    """A row of `MONEY` in words."""
    currency, bills = row["currency"], row["bills"] or []
    late, paid = row["late"], row["last_payment"]
    unit = showing_bills.unit_name(bills[-1]["unit"]) if bills else ""
    usages = [Decimal(str(bill["usage"])) for bill in bills if bill["usage"] is not None]
    average = sum(usages, Decimal(0)) / len(usages) if usages else None
    return AccountMoney(
        account_id=row["account"],
        number=row["number"],
        service=row["service"],
        owed=showing.money(row["owed"], currency),
        tone="bad" if late else "warn" if row["owed"] else "ok",
        note=_note(row),
        ahead=showing.money(row["ahead"], currency) if row["ahead"] else "",
        older=showing.money(row["older"], currency) if row["older"] else "",
        last_payment=showing.money(paid["minor"], currency) if paid else "",
        paid_how=_paid_how(paid) if paid else "",
        bars=_bars(bills, currency),
        total=showing.money(sum(bill["minor"] for bill in bills), currency) if bills else "",
        average=f"{showing.plain(round(average, 1))} {unit}" if average is not None else "",
        latest=bill_address(bills[-1]) if bills else "",
        why=bill_address(bills[-1], "why") if bills else "",
        told=told_words(row["told"]) if row["told"] else "",
        differs=_differs(row),
        payer=_payer(row),
        budget=budget_said(row["budget"], currency) if row["budget"] else None,
    )


def _payer(row: Mapping[str, Any]) -> PayerSaid | None:
    told, own = row["payer"], row["only_pays"]
    if not told:
        return None
    return PayerSaid(
        told["user" if own else "id"],
        told["user_name" if own else "name"],
        own,
        told["party"],
        _day(told["since"]),
        _day(told["until"]) if told["until"] else None,
        showing.money(told["asked"], row["currency"]) if told["asked"] else "",
    )


def bill_address(bill: Mapping[str, Any], page: str = "bill") -> str:
    """Where a bill of a row of `MONEY` is shown, or with `page` ``why`` explained."""
    return reverse(f"billing:{'fed_' if bill['fed'] else ''}{page}", args=[bill["id"]])


def _differs(row: Mapping[str, Any]) -> str:
    if not row["differs"]:
        return ""
    come_to = row["owed"] - row["ahead"] - row["differs"]
    return showing.money(come_to, row["currency"])


def bill_chart(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the bills of a row of `MONEY` asked as a chart, paid and unpaid,
    with the use as a line; each bar leads to its bill. None without bills."""
    bills, currency = row["bills"], row["currency"]
    if not bills:
        return None
    unit = showing_bills.unit_name(bills[-1]["unit"])
    opens = [min(max(bill["open"], 0), max(bill["asked"], 0)) for bill in bills]

    def bar(bill: Mapping[str, Any], minor: int) -> dict[str, Any]:
        value = float(to_decimal(minor, currency))
        return {"value": value, "href": bill_address(bill)}

    series: list[dict[str, Any]] = [
        {
            "name": pgettext("bill", "Paid"),
            "stack": "b",
            "data": [bar(b, max(b["asked"], 0) - o) for b, o in zip(bills, opens, strict=True)],
        },
        {
            "name": pgettext("bill", "Unpaid"),
            "stack": "b",
            "tone": "warn",
            "hatched": True,
            "data": [bar(b, o) for b, o in zip(bills, opens, strict=True)],
        },
    ]
    if any(bill["usage"] is not None for bill in bills):
        usage = [None if b["usage"] is None else float(b["usage"]) for b in bills]
        series.append(
            {"name": pgettext("bill", "Use"), "type": "line", "tone": "c2", "axis": 1,
             "data": usage}
        )  # fmt: skip
    return {
        "labels": [str(bill["start"])[2:7] for bill in bills],
        "units": [pgettext("currency", "yuan") if currency == "CNY" else currency, unit],
        "series": series,
    }


def owed_in_words(data: Mapping[str, Any]) -> tuple[str, str, str]:
    """What `OWED` says: the amount, since when or until when (and as of when, where another
    system told it), and the tone of that."""
    tone = "bad" if data["late"] else "warn" if data["owed"] else "ok"
    told = told_words(data["told"]) if data["told"] else ""
    note = " · ".join(each for each in (_note(data), told) if each)
    return showing.money(data["owed"], data["currency"]), note, tone


def _note(row: Mapping[str, Any]) -> str:
    if row["oldest"]:
        days = (_day(row["today"]) - _day(row["oldest"])).days
        return pgettext("bill", "overdue for %(n)d days") % {"n": days}
    if row["due"]:
        return pgettext("bill", "due on %(day)s") % {"day": row["due"]}
    return pgettext("bill", "nothing is owed")


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _paid_how(paid: Mapping[str, Any]) -> str:
    day = timezone.localdate(datetime.fromisoformat(paid["at"]))
    return f"{day.isoformat()} · {showing_bills.channel_name(paid['channel'])}"


def _bars(bills: Sequence[Mapping[str, Any]], currency: str) -> tuple[Bar, ...]:
    """What bills asked as bars of a drawing `Bar.HEIGHT` high, the dearest as high as that."""
    most = max((bill["asked"] for bill in bills), default=0)
    if most <= 0:
        return ()
    found = []
    for place, bill in enumerate(bills):
        whole = max(bill["asked"], 0)
        unpaid = min(max(bill["open"], 0), whole)
        found.append(
            Bar(
                bill_address(bill),
                place * Bar.STEP + Bar.STEP // 2 - Bar.WIDTH // 2,
                Bar.HEIGHT * whole // most,
                Bar.HEIGHT * unpaid // most,
                str(bill["start"])[5:7],
                f"{str(bill['start'])[:7]} · {showing.money(bill['asked'], currency)}",
            )
        )
    return tuple(found)
