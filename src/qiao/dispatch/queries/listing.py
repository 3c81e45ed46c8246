"""All work orders by unit, for programs: keyset paging, newest first."""

from dataclasses import dataclass

from qiao.core.actor import Actor
from qiao.dispatch.models import WorkOrder
from qiao.dispatch.queries.orders import seen_by


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Orders, and the id after which the next page begins; None at the end."""

    orders: list[WorkOrder]
    after: int | None


def list_work_orders(
    *, actor: Actor, after: int | None = None, limit: int = 30, open_only: bool = False
) -> OrderPage:
    """A page of the orders that the actor may see, the newest first."""
    orders = WorkOrder.objects.filter(seen_by(actor))
    if open_only:
        orders = orders.filter(finished_at__isnull=True)
    if after is not None:
        orders = orders.filter(pk__lt=after)
    chosen = orders.select_related("case", "team", "technician").order_by("-pk")
    rows = list(chosen.defer("sheet", "checks", "readings", "answers")[: limit + 1])
    return OrderPage(rows[:limit], rows[limit - 1].pk if len(rows) > limit else None)
