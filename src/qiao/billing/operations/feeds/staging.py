"""Rows of a delivery before they are taken in: staged, judged all together, counted."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.backends.postgresql.psycopg_any import Jsonb

from qiao.billing.models import Delivery
from qiao.billing.operations.feeds.tables import TABLE_OF
from qiao.billing.rules.feeds.rows import FedRow, Terms
from qiao.core.copying import copy_rows
from qiao.staff.queries import organisation, subtree_of

_COLUMNS: Final = (
    "delivery_id, kind, row_number, number, account_number, minor, told, digest, faults"
)
# Whose account it is: of the unit or one below it, and billed by this feed or by nobody yet.
_FIND_ACCOUNTS: Final = """
UPDATE billing_stagedrow r SET account_id = a.id
  FROM customers_account a
 WHERE r.delivery_id = %(delivery)s AND r.faults IS NULL AND a.number = r.account_number
   AND a.organisation_id = ANY(%(units)s::bigint[])
"""
_FAULT: Final = """
UPDATE billing_stagedrow r SET faults = jsonb_build_array(jsonb_build_object(
           'field', %(field)s::text, 'code', %(code)s::text, 'found', {found},
           'expected', {expected}))
 {where} r.delivery_id = %(delivery)s AND r.faults IS NULL AND {which}
"""
_UNKNOWN: Final = _FAULT.format(
    found="r.account_number", expected="''", where="WHERE", which="r.account_id IS NULL"
)
_BILLED_HERE: Final = _FAULT.format(
    found="r.account_number",
    expected="''",
    where="FROM billing_billingaccount b WHERE",
    which="b.account_id = r.account_id AND b.feed_id IS NULL",
)
_OTHER_FEED: Final = _FAULT.format(
    found="r.account_number",
    expected="f.name",
    where="FROM billing_billingaccount b JOIN billing_feed f ON f.id = b.feed_id WHERE",
    which="b.account_id = r.account_id AND b.feed_id <> %(feed)s",
)
_TWICE: Final = _FAULT.format(
    found="r.number",
    expected="''",
    where="""FROM (SELECT kind, number FROM billing_stagedrow
            WHERE delivery_id = %(delivery)s AND faults IS NULL
            GROUP BY kind, number HAVING count(DISTINCT digest) > 1) t WHERE""",
    which="t.kind = r.kind AND t.number = r.number",
)
_FIGURES: Final = """
SELECT r.kind, count(*), coalesce(sum(r.minor), 0)::bigint,
       count(*) FILTER (WHERE r.faults IS NULL),
       coalesce(sum(r.minor) FILTER (WHERE r.faults IS NULL), 0)::bigint
  FROM billing_stagedrow r WHERE r.delivery_id = %(delivery)s GROUP BY r.kind
"""
_NEWS: Final = """
SELECT count(DISTINCT r.number) FILTER (WHERE s.id IS NOT NULL),
       count(DISTINCT r.number) FILTER (WHERE s.id IS NULL AND c.id IS NOT NULL),
       count(DISTINCT r.number) FILTER (WHERE s.id IS NULL AND c.id IS NULL)
  FROM billing_stagedrow r
  LEFT JOIN {table} s ON s.feed_id = %(feed)s AND s.number = r.number AND s.digest = r.digest
  LEFT JOIN {table} c ON c.feed_id = %(feed)s AND c.number = r.number AND c.is_current
 WHERE r.delivery_id = %(delivery)s AND r.kind = %(kind)s AND r.faults IS NULL
"""


def terms_of(delivery: Delivery) -> Terms:
    """How the rows of a delivery are read."""
    feed = delivery.feed
    zone = ZoneInfo(organisation(feed.organisation_id).timezone)
    return Terms(feed.currency, zone, delivery.as_of)


def stage(delivery: Delivery, rows: Iterable[tuple[int, FedRow]]) -> int:
    """Keep rows with their numbers until they are taken in; how many."""
    lines: list[Sequence[Any]] = [
        (
            delivery.pk, row.kind, number, row.number, row.account, row.minor, Jsonb(row.told),
            row.digest, Jsonb([asdict(each) for each in row.faults]) if row.faults else None,
        )
        for number, row in rows
    ]  # fmt: skip
    with connection.cursor() as cursor:
        copy_rows(cursor, "billing_stagedrow", _COLUMNS, lines)
    return len(lines)


def judge(delivery: Delivery) -> None:
    """Find the accounts of all rows that are staged, and set aside what cannot be taken in."""
    values: dict[str, Any] = {
        "delivery": delivery.pk,
        "feed": delivery.feed_id,
        "units": sorted(subtree_of(delivery.feed.organisation_id)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_FIND_ACCOUNTS, values)
        for statement, field, code in (
            (_UNKNOWN, "account", "unknown_account"),
            (_BILLED_HERE, "account", "billed_here"),
            (_OTHER_FEED, "account", "other_feed"),
            (_TWICE, "number", "twice"),
        ):
            cursor.execute(statement, {**values, "field": field, "code": code})


def count(delivery: Delivery) -> dict[str, dict[str, int]]:
    """Figures of what is staged, by kind: all `rows` with what they come to in minor units, those
    that can be `taken` with the same, how many numbers are told as before, otherwise than now, and
    for the first time."""
    values: dict[str, Any] = {"delivery": delivery.pk, "feed": delivery.feed_id}
    found: dict[str, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, values)
        for kind, rows, minor, taken, taken_minor in cursor.fetchall():
            found[kind] = {
                "rows": rows, "minor": minor, "taken": taken, "taken_minor": taken_minor,
            }  # fmt: skip
        for kind, figures in found.items():
            cursor.execute(_NEWS.format(table=TABLE_OF[kind]), {**values, "kind": kind})
            figures["same"], figures["changed"], figures["new"] = cursor.fetchone()
    return found


def is_whole(stated: dict[str, dict[str, int]], found: dict[str, dict[str, int]]) -> bool:
    """Whether all that was stated, and nothing else, can be taken in."""
    none = {"count": 0, "minor": 0}
    nothing = {"rows": 0, "taken": 0, "taken_minor": 0}
    return all(
        (stated.get(kind, none)["count"], stated.get(kind, none)["minor"], 0)
        == (
            (figures := found.get(kind, nothing))["taken"],
            figures["taken_minor"],
            figures["rows"] - figures["taken"],
        )
        for kind in {*stated, *found}
    )
