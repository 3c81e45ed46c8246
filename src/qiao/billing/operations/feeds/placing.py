"""Rows that were told before they had a unit and a day get both, some at a time."""

from typing import Final

from django.db import connection

from qiao.core.days import day_of
from qiao.core.transactions import required

MOST: Final = 20_000  # rows of a table in a round
_PLACE: Final = """
WITH unplaced AS (SELECT id FROM {table} WHERE organisation_id IS NULL ORDER BY id LIMIT %(most)s)
UPDATE {table} g SET organisation_id = u.organisation_id{more}
  FROM unplaced, billing_billingaccount u
 WHERE g.id = unplaced.id AND u.account_id = g.account_id
"""
_DAY: Final = f", booked_date = {day_of('g.received_at')}"


def place_rows() -> int:
    """Give some of these rows the unit of their account; how many. None is left after the last."""
    required()
    placed = 0
    with connection.cursor() as cursor:
        for table, more in (("billing_fedbill", ""), ("billing_fedpayment", _DAY)):
            cursor.execute(_PLACE.format(table=table, more=more), {"most": MOST})
            placed += cursor.rowcount
    return placed
