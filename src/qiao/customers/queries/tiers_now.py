"""The tiers of customers as they stand now."""

from collections.abc import Sequence

from qiao.core.prepared import fetch_all
from qiao.customers.queries.search import stands_for

_TIERS = f"""
SELECT w.id, c.tier FROM unnest(%(ids)s::bigint[]) AS w (id)
  JOIN customers_customer r ON r.id = w.id
  JOIN customers_customer c ON c.id = {stands_for("r")}
 WHERE c.tier <> ''
"""  # noqa: S608 - own pieces


def tiers_of(customer_ids: Sequence[int]) -> dict[int, str]:
    """The tier by customer; whoever was merged has that of the one who stands for them. Those
    without one are left out. For rules, not for reading: rights are the caller's."""
    return dict(fetch_all(_TIERS, {"ids": list(customer_ids)}))
