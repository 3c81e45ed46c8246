"""Work orders go along with a case that belongs to another unit now."""

from qiao.core.transactions import required
from qiao.dispatch.models import WorkOrder


def move_work_orders(*, case_id: int, organisation_id: int) -> int:
    """Put all orders of a case under a unit; how many there were."""
    required()
    return WorkOrder.objects.filter(case_id=case_id).update(organisation_id=organisation_id)
