"""Whose bills are whose: those of an account up to a final bill are of others, who have left."""

from typing import Final

LEFT: Final = """(
       SELECT max(f.end_date) FROM billing_bill f
        WHERE f.account_id = {account} AND f.kind = 'final' AND f.state = 'issued'
          AND f.end_date <= {day})"""
"""The day on which the last of those who left an account up to a day had it no more: NULL where
nobody did. `account` and `day` as SQL knows them."""
BEGUN: Final = f"coalesce({LEFT}, '-infinity'::date)"
"""The first day that is billed to whoever has an account on a day; bills that end up to it are of
others. `account` and `day` as SQL knows them."""
WITH_DAYS: Final = "{bill}.end_date > {bill}.start_date"
"""Whether a bill is for days, as SQL: what was owed in a former billing system is not, and is
never compared with, gone on from or counted among bills. `bill` as SQL calls its row."""
