"""Some cases of the demo world have climbed their ladder this morning."""

from qiao.cases.models import Case
from qiao.cases.operations.climbing import climb
from qiao.core.demo import World

CLIMBED = 12


def climb_some(world: World) -> None:
    """Let the most pressing open cases climb; all others begin with what happens to them next."""
    pressing = Case.objects.filter(closed_at__isnull=True, level__in=("bad", "late"))
    ids = pressing.order_by("-due_at").values_list("id", flat=True)[:CLIMBED]
    Case.objects.filter(id__in=list(ids)).update(ladder_at=world.now)
    climb(now=world.now)
