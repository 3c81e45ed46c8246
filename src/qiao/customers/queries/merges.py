"""Who was merged into whom: on any past day, and for the page of a customer."""

from datetime import datetime

from qiao.core.prepared import fetch_all


def merged_ids_as_of(*, customer_id: int, at: datetime) -> tuple[int, ...]:
    """All ids for which `customer_id` stood at that moment: itself first, then those merged.

    In SQL, for many customers at once: ``customers_held_as_of(id, moment)``; the other way round
    ``customers_survivor_as_of(id, moment)``. The source of both is ``customers_merge``.
    """
    ((ids,),) = fetch_all(
        "SELECT customers_held_as_of(%(id)s, %(at)s)", {"id": customer_id, "at": at}
    )
    return tuple(ids)


def survivor_as_of(*, customer_id: int, at: datetime) -> int:
    """Who stood for `customer_id` at that moment: itself unless it was merged then."""
    ((survivor,),) = fetch_all(
        "SELECT customers_survivor_as_of(%(id)s, %(at)s)", {"id": customer_id, "at": at}
    )
    return int(survivor)
