"""Which service point an account has, and who may see it."""

from datetime import date
from typing import Final

from qiao.core.prepared import fetch_one

_LAST_READ: Final = """
SELECT max(r.read_date)
  FROM customers_account a
  JOIN metering_reading r ON r.service_point_id = a.service_point_id AND r.superseded_by_id IS NULL
 WHERE a.id = %(id)s
"""


def point_of_account(account_id: int) -> int | None:
    """The service point of an account, None without one."""
    row = fetch_one(
        "SELECT service_point_id FROM customers_account WHERE id = %(id)s", {"id": account_id}
    )
    return row[0] if row else None


def last_read(account_id: int) -> date | None:
    """The day on which the meter of an account was read last; None where it never was."""
    row = fetch_one(_LAST_READ, {"id": account_id})
    return row[0] if row else None
