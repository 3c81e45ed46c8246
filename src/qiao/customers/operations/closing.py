"""Accounts are closed with the last day on which they are billed, and open again when they are.

Whoever bills decides: the right to end billing is asked for there.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from django.db import connection

from qiao.core.transactions import required

# An account that was opened later than it ends (billing ended before it began) ends at once.
_CLOSE: Final = """
UPDATE customers_account a
   SET status = 'closed', closed_date = greatest(w.day, a.opened_date)
  FROM unnest(%s::bigint[], %s::date[]) AS w (id, day)
 WHERE a.id = w.id AND a.status <> 'closed'
RETURNING a.id
"""
_REOPEN: Final = """
UPDATE customers_account SET status = 'active', closed_date = NULL
 WHERE id = ANY(%s) AND status = 'closed' RETURNING id
"""


def close_accounts(days: Mapping[int, date]) -> list[int]:
    """Close accounts, each with a day, the first without service; the ids of those that were open.
    Who stands for them stays: what is owed is owed on."""
    required()
    if not days:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE, [list(days), list(days.values())])
        return sorted(pk for (pk,) in cursor.fetchall())


def reopen_accounts(account_ids: list[int]) -> list[int]:
    """Let accounts that were closed be in service again; the ids of those that were closed."""
    required()
    with connection.cursor() as cursor:
        cursor.execute(_REOPEN, [account_ids])
        return sorted(pk for (pk,) in cursor.fetchall())
