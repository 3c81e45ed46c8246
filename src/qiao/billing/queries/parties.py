"""Whose bills are whose: those of an account up to a final bill are of others, who have left."""

from typing import Final

OF_OTHERS: Final = """EXISTS (
       SELECT FROM billing_bill f
        WHERE f.account_id = {bill}.account_id AND f.kind = 'final' AND f.state = 'issued'
          AND f.end_date >= {bill}.end_date AND f.end_date <= {day})"""
"""Whether a bill is of somebody who had left before a day; `bill` and `day` as SQL knows them."""
BEGUN: Final = """coalesce((
       SELECT max(f.end_date) FROM billing_bill f
        WHERE f.account_id = {account} AND f.kind = 'final' AND f.state = 'issued'
          AND f.end_date <= CURRENT_DATE), '-infinity'::date)"""
"""The first day that is billed to whoever has an account today; bills that end up to it are of
others. `account` as SQL knows it."""
