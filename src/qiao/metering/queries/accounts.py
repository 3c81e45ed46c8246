"""Which service point an account has, and who may see it."""

from qiao.core.prepared import fetch_one


def point_of_account(account_id: int) -> int | None:
    """The service point of an account, None without one."""
    row = fetch_one(
        "SELECT service_point_id FROM customers_account WHERE id = %(id)s", {"id": account_id}
    )
    return row[0] if row else None
