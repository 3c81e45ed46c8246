"""What stands on an account, whoever bills it: pieces of statements that read the own ledger and
what feeds told alike. An account is billed by one of them, so one of the branches has nothing.

`:account:` is put in by `of_account`: the name of the column with the account's id.
"""
# ruff: noqa: S608 - put together from this file's own pieces; values are bound

from typing import Final

from qiao.billing.queries.parties import BEGUN
from qiao.core.days import day_of

EVER: Final = "'-infinity'::date"
NEVER: Final = "'infinity'::date"
_OPEN: Final = """
    SELECT s.minor, i.due_date, coalesce(i.issued_date, '-infinity'::date) AS issued_date
      FROM billing_standing s LEFT JOIN billing_bill i ON i.id = s.bill_id
     WHERE s.account_id = :account: AND s.ledger = 'receivable' AND s.minor > 0
    UNION ALL
    SELECT g.open_minor, g.due_date, g.issued_date FROM billing_fedbill g
     WHERE g.account_id = :account: AND g.is_current AND g.open_minor > 0"""
_AHEAD: Final = """(
    SELECT coalesce(-sum(s.minor), 0) FROM billing_standing s
     WHERE s.account_id = :account: AND s.ledger = 'prepaid')"""
# Of what is paid ahead, whoever only pays is told what they may have paid themselves.
_PAID: Final = f"""
    SELECT sum(y.minor) FROM billing_payment y
     WHERE y.account_id = :account: AND y.taken_back_by_id IS NULL
       AND {day_of("y.received_at")} >= :since:"""
_WHOLE: Final = "(:since: = '-infinity'::date AND :before: = 'infinity'::date)"
_MINE: Final = "u.issued_date >= :since: AND u.issued_date < :before:"
_DUE: Final = f"{_MINE} AND u.due_date < :today:"
# What is owed and overdue: where another system says a balance, not more than that.
_STANDS: Final = f"""
SELECT CASE WHEN {_WHOLE} THEN coalesce(max(w.owed_minor), sum(u.minor), 0)
            ELSE least(coalesce(sum(u.minor) FILTER (WHERE {_MINE}), 0), max(w.owed_minor))
            END AS owed,
       least(coalesce(sum(u.minor) FILTER (WHERE {_DUE}), 0), max(w.owed_minor)) AS late,
       least(coalesce(sum(u.minor) FILTER (WHERE {_MINE}
                          AND u.due_date < :today: - :days:), 0), max(w.owed_minor)) AS older,
       CASE WHEN :since: = '-infinity'::date THEN coalesce(max(w.ahead_minor), {_AHEAD})
            ELSE least(coalesce(max(w.ahead_minor), {_AHEAD}), coalesce(({_PAID}), 0))
            END AS ahead,
       min(u.due_date) FILTER (WHERE {_DUE} AND w.owed_minor IS DISTINCT FROM 0) AS oldest,
       min(u.due_date) FILTER (WHERE {_MINE} AND u.due_date >= :today:
                                 AND w.owed_minor IS DISTINCT FROM 0) AS due,
       max(w.balance_minor - w.open_minor + w.free_minor)
           FILTER (WHERE w.state = 'differs' AND {_WHOLE}) AS differs,
       coalesce(sum(u.minor) FILTER (WHERE u.issued_date >= :payer:), 0) AS asked_of_payer
  FROM (SELECT 1) one
  LEFT JOIN billing_fedstanding w ON w.account_id = :account:
  LEFT JOIN ({_OPEN}) u ON true"""
# Each branch is cut off by itself: by its own index, and before what is open is looked up.
# Who has the account today is shown none of others who have left, who only pays none of before.
_BILLS: Final = f"""(
SELECT i.id, NULL::bigint AS feed_id, i.number, i.start_date, i.end_date, i.issued_date,
       i.due_date, i.total_minor, coalesce(i.asked_minor, i.total_minor) AS asked, i.currency,
       i.unit, i.usage, i.state = 'issued' AS holds, coalesce((
           SELECT sum(s.minor) FROM billing_standing s
            WHERE s.account_id = i.account_id AND s.ledger = 'receivable'
              AND s.bill_id = i.id), 0)::bigint AS open
  FROM billing_bill i
 WHERE i.account_id = :account: AND (i.state = 'issued' OR :all:) AND i.end_date < :before:
   AND (:all: OR i.end_date > {BEGUN.format(account=":account:", day=":today:")})
   AND i.issued_date >= :since:
 ORDER BY i.end_date DESC, i.id DESC LIMIT :limit:)
UNION ALL (
SELECT g.id, g.feed_id, g.number, g.start_date, g.end_date, g.issued_date, g.due_date, g.minor,
       g.minor, f.currency, g.unit, g.usage, NOT g.is_cancelled, g.open_minor
  FROM billing_fedbill g JOIN billing_feed f ON f.id = g.feed_id
 WHERE g.account_id = :account: AND g.is_current AND (NOT g.is_cancelled OR :all:)
   AND g.end_date < :before: AND g.issued_date >= :since:
 ORDER BY g.end_date DESC, g.id DESC LIMIT :limit:)"""
_ARREARS: Final = """
SELECT i.id, NULL::bigint AS feed_id, i.number, i.start_date, i.end_date, i.due_date,
       coalesce(i.asked_minor, i.total_minor) AS total, sum(s.minor)::bigint AS minor, i.currency
  FROM billing_standing s JOIN billing_bill i ON i.id = s.bill_id
 WHERE s.account_id = :account: AND s.ledger = 'receivable' AND s.minor > 0
   AND i.issued_date >= :since: AND i.issued_date < :before: GROUP BY i.id
UNION ALL
SELECT g.id, g.feed_id, g.number, g.start_date, g.end_date, g.due_date, g.minor, g.open_minor,
       f.currency
  FROM billing_fedbill g JOIN billing_feed f ON f.id = g.feed_id
 WHERE g.account_id = :account: AND g.is_current AND g.open_minor > 0
   AND g.issued_date >= :since: AND g.issued_date < :before:"""
_PAYMENTS: Final = f"""(
SELECT y.id, NULL::bigint AS feed_id, y.number, y.received_at, y.minor, y.currency,
       y.channel AS way, y.taken_back_by_id IS NULL AS holds
  FROM billing_payment y
 WHERE y.account_id = :account: AND (y.taken_back_by_id IS NULL OR :all:)
   AND (:since: = '-infinity'::date OR {day_of("y.received_at")} >= :since:)
 ORDER BY y.received_at DESC, y.id DESC LIMIT :limit:)
UNION ALL (
SELECT g.id, g.feed_id, g.number, g.received_at, g.minor, f.currency, g.way, NOT g.is_reversed
  FROM billing_fedpayment g JOIN billing_feed f ON f.id = g.feed_id
 WHERE g.account_id = :account: AND g.is_current AND (NOT g.is_reversed OR :all:)
   AND (:since: = '-infinity'::date OR {day_of("g.received_at")} >= :since:)
 ORDER BY g.received_at DESC, g.id DESC LIMIT :limit:)"""
# Who bills it where that is not this system, and up to when its rows are whole.
_TELLER: Final = """(
    SELECT json_build_object('name', f.name, 'as_of',
               least(f.bills_as_of, f.payments_as_of, f.balances_as_of))
      FROM billing_feed f WHERE f.id = :feed:)"""


def stands(
    account: str,
    *,
    today: str,
    days: int,
    since: str = EVER,
    before: str = NEVER,
    payer: str = NEVER,
) -> str:
    """A SELECT of one row: what is `owed` in minor units, how much of it `late`, and `older` than
    so many days, what is paid `ahead`, the `oldest` day passed and the next `due`; by how much the
    balance that was told `differs` from what the bills come to.

    Only of bills issued `since` a day and `before` another: those that a reader is asked for.
    `asked_of_payer` is what is open of those issued from the day `payer` on.
    """
    pieces = {"today": today, "days": str(days), "since": since, "before": before, "payer": payer}
    return of_account(_STANDS, account, **pieces)


def bills(account: str, *, limit: int, today: str, since: str) -> str:
    """A SELECT of the latest bills of an account that are of whoever has it `today`, issued
    `since` a day: `feed_id` of whose they are, `asked` what was asked of each, `open` what is
    owed."""
    pieces = {"limit": str(limit), "today": today, "before": NEVER, "since": since}
    return of_account(_BILLS, account, all="false", **pieces)


def every_bill(account: str, *, limit: int, before: str) -> str:
    """A SELECT as `bills` of the latest that ended before a day, whoever had the account then,
    also of those that do not hold any more."""
    pieces = {
        "limit": str(limit),
        "today": NEVER,
        "before": before,
        "since": EVER,
    }
    return of_account(_BILLS, account, all="true", **pieces)


def arrears(account: str, *, since: str = EVER, before: str = NEVER) -> str:
    """A SELECT of the bills of an account of which something is owed, with how much: of those
    issued `since` a day and `before` another."""
    return of_account(_ARREARS, account, since=since, before=before)


def payments(account: str, *, limit: int, every: bool = False, since: str = EVER) -> str:
    """A SELECT of the latest payments of an account, `since` a day; `every` one, also those taken
    back."""
    pieces = {"limit": str(limit), "all": "true" if every else "false", "since": since}
    return of_account(_PAYMENTS, account, **pieces)


def teller(feed: str) -> str:
    """A scalar SELECT: who told it and as of when, as JSON; NULL where no other system did."""
    return _TELLER.replace(":feed:", feed)


def of_account(statement: str, account: str, **pieces: str) -> str:
    """A piece with the name of the account's column, and others, put in."""
    for name, text in {"account": account, **pieces}.items():
        statement = statement.replace(f":{name}:", text)
    return statement
