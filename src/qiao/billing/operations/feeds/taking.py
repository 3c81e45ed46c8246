"""A delivery taken in, and taken back: set by set, all of it or nothing.

What holds of a number is the newest version that any delivery told, and what stands follows from
what holds; so the order in which deliveries come is nothing to it, and one that is taken back
leaves what would be there without it. The feed's row is locked first: one at a time.
"""
# ruff: noqa: S608 - put together from this package's own pieces; values are bound

from datetime import datetime
from typing import Any, Final

from django.db import connection

from qiao.billing.models import Delivery, Feed
from qiao.billing.operations.feeds.staging import count, is_whole, judge
from qiao.billing.operations.feeds.standing import reckon_accounts
from qiao.billing.operations.feeds.tables import COLUMNS_OF, NEWEST, TABLE_OF
from qiao.billing.rules.feeds.kinds import KINDS
from qiao.core.transactions import required

_OPEN_ACCOUNTS: Final = """
INSERT INTO billing_billingaccount (account_id, organisation_id, currency, months, opened_date,
                                    billed_until, feed_id)
SELECT DISTINCT a.id, a.organisation_id, %(currency)s, 1, a.opened_date, a.opened_date, %(feed)s
  FROM billing_stagedrow r JOIN customers_account a ON a.id = r.account_id
 WHERE r.delivery_id = %(delivery)s AND r.faults IS NULL
ON CONFLICT (account_id) DO NOTHING
"""
_VERSIONS: Final = """
INSERT INTO {table} (feed_id, number, digest, account_id, minor, is_current, recorded_at,
                     {names})
SELECT DISTINCT ON (r.number) %(feed)s, r.number, r.digest, r.account_id, r.minor, false,
       %(now)s, {told}
  FROM billing_stagedrow r
 WHERE r.delivery_id = %(delivery)s AND r.kind = %(kind)s AND r.faults IS NULL
 ORDER BY r.number, r.row_number
ON CONFLICT (feed_id, number, digest) DO NOTHING
"""
_TOLD: Final = """
INSERT INTO billing_told (delivery_id, kind, version_id)
SELECT DISTINCT r.delivery_id, r.kind, v.id
  FROM billing_stagedrow r
  JOIN {table} v ON v.feed_id = %(feed)s AND v.number = r.number AND v.digest = r.digest
 WHERE r.delivery_id = %(delivery)s AND r.kind = %(kind)s AND r.faults IS NULL
ON CONFLICT DO NOTHING
"""
# All numbers that the delivery told, with all that was ever told of them.
_TOUCHED: Final = """
WITH touched AS (
    SELECT DISTINCT v.number FROM billing_told t JOIN {table} v ON v.id = t.version_id
     WHERE t.delivery_id = %(delivery)s AND t.kind = %(kind)s)"""
_BEST: Final = (
    _TOUCHED
    + """,
best AS (
    SELECT DISTINCT ON (v.number) v.number, v.id
      FROM touched JOIN {table} v ON v.feed_id = %(feed)s AND v.number = touched.number
      JOIN billing_told t ON t.kind = %(kind)s AND t.version_id = v.id
      JOIN billing_delivery d ON d.id = t.delivery_id AND d.state <> 'taken_back'
     ORDER BY v.number, {newest})"""
)
_NO_LONGER: Final = (
    _BEST
    + """
UPDATE {table} v SET is_current = false{closed}
  FROM touched LEFT JOIN best ON best.number = touched.number
 WHERE v.feed_id = %(feed)s AND v.number = touched.number AND v.is_current
   AND v.id IS DISTINCT FROM best.id
"""
)
_NOW: Final = (
    _BEST
    + """
UPDATE {table} v SET is_current = true FROM best WHERE v.id = best.id AND NOT v.is_current
"""
)
_LATE: Final = """
SELECT count(*) FROM billing_told t JOIN {table} v ON v.id = t.version_id
 WHERE t.delivery_id = %(delivery)s AND t.kind = %(kind)s AND NOT v.is_current
"""
_ACCOUNTS: Final = (
    _TOUCHED
    + """
SELECT DISTINCT v.account_id FROM touched JOIN {table} v
    ON v.feed_id = %(feed)s AND v.number = touched.number
"""
)
_UNTELL: Final = """
WITH untold AS (
    DELETE FROM billing_told t WHERE t.delivery_id = %(delivery)s AND t.kind = %(kind)s
    RETURNING t.version_id)
DELETE FROM {table} v USING untold
 WHERE v.id = untold.version_id AND NOT EXISTS (
       SELECT 1 FROM billing_told o WHERE o.kind = %(kind)s AND o.version_id = v.id
          AND o.delivery_id <> %(delivery)s)
"""
# Accounts of which nothing is told any more are billed by nobody again.
_CLOSE_ACCOUNTS: Final = """
WITH bare AS (
    SELECT b.account_id FROM billing_billingaccount b
     WHERE b.account_id = ANY(%(accounts)s::bigint[]) AND b.feed_id = %(feed)s
       AND NOT EXISTS (SELECT 1 FROM billing_fedbill v WHERE v.account_id = b.account_id)
       AND NOT EXISTS (SELECT 1 FROM billing_fedpayment v WHERE v.account_id = b.account_id)
       AND NOT EXISTS (SELECT 1 FROM billing_fedbalance v WHERE v.account_id = b.account_id)),
stands AS (DELETE FROM billing_fedstanding s USING bare WHERE s.account_id = bare.account_id)
DELETE FROM billing_billingaccount b USING bare WHERE b.account_id = bare.account_id
"""
_AS_OF: Final = """
UPDATE billing_feed f SET {columns}
 WHERE f.id = %(feed)s
"""
_AS_OF_COLUMN: Final = """{kind}_as_of = (
    SELECT max(d.as_of) FROM billing_delivery d
     WHERE d.feed_id = f.id AND d.state = 'done' AND d.completes
       AND (d.is_whole OR d.accepted_at IS NOT NULL)
       AND (d.found ? '{kind}' OR d.stated ? '{kind}'))"""


def take_in(delivery: Delivery, *, now: datetime) -> None:
    """Take in what is staged of a delivery that is running, and have it done.

    Rows with faults stay aside. The caller has locked the delivery.
    """
    required()
    feed = lock_feed(delivery.feed_id)
    judge(delivery)
    found = count(delivery)
    values: dict[str, Any] = {
        "delivery": delivery.pk, "feed": feed.pk, "currency": feed.currency, "now": now,
    }  # fmt: skip
    touched: set[int] = set()
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_ACCOUNTS, values)
        for kind in (kind for kind in KINDS if kind in found):
            own = {**values, "kind": kind}
            names = COLUMNS_OF[kind]
            pieces = {"names": ", ".join(names), "told": ", ".join(names.values())}
            cursor.execute(_of(_VERSIONS, kind, **pieces), own)
            cursor.execute(_of(_TOLD, kind), own)
            _decide(cursor, kind, own)
            cursor.execute(_of(_LATE, kind), own)
            (found[kind]["late"],) = cursor.fetchone()
            touched |= _accounts(cursor, kind, own)
        cursor.execute(
            "DELETE FROM billing_stagedrow WHERE delivery_id = %s AND faults IS NULL",
            [delivery.pk],
        )
    reckon_accounts(feed, touched)
    delivery.found = found
    delivery.is_whole = is_whole(delivery.stated, found)
    delivery.refused_count = sum(each["rows"] - each["taken"] for each in found.values())
    delivery.state, delivery.finished_at = Delivery.State.DONE, now
    delivery.save()
    move_as_of(feed.pk)


def undo(delivery: Delivery) -> None:
    """Leave what would be there without a delivery, which is marked as taken back already."""
    required()
    feed = lock_feed(delivery.feed_id)
    values: dict[str, Any] = {"delivery": delivery.pk, "feed": feed.pk}
    touched: set[int] = set()
    with connection.cursor() as cursor:
        for kind in KINDS:
            own = {**values, "kind": kind}
            touched |= _accounts(cursor, kind, own)
            _decide(cursor, kind, own)
            cursor.execute(_of(_UNTELL, kind), own)
        reckon_accounts(feed, touched)
        cursor.execute(_CLOSE_ACCOUNTS, {**values, "accounts": sorted(touched)})
    move_as_of(feed.pk)


def lock_feed(feed_id: int) -> Feed:
    """The feed, locked for the transaction."""
    required()
    return Feed.objects.select_for_update(no_key=True).get(pk=feed_id)


def move_as_of(feed_id: int) -> None:
    """Say up to when the rows of each kind are whole, by the deliveries that count."""
    columns = ",".join(_AS_OF_COLUMN.format(kind=kind) for kind in KINDS)
    with connection.cursor() as cursor:
        cursor.execute(_AS_OF.format(columns=columns), {"feed": feed_id})


def _decide(cursor: Any, kind: str, values: dict[str, Any]) -> None:
    """Let the newest version of every number hold that the delivery told."""
    closed = ", open_minor = 0" if TABLE_OF[kind] == "billing_fedbill" else ""
    cursor.execute(_of(_NO_LONGER, kind, closed=closed), values)
    cursor.execute(_of(_NOW, kind), values)


def _accounts(cursor: Any, kind: str, values: dict[str, Any]) -> set[int]:
    cursor.execute(_of(_ACCOUNTS, kind), values)
    return {account_id for (account_id,) in cursor.fetchall()}


def _of(statement: str, kind: str, **more: str) -> str:
    return statement.format(table=TABLE_OF[kind], newest=NEWEST[kind], **more)
