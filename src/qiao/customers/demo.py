"""The demo world's customers: as many as asked for, in the branches of the demo company."""

from qiao.core.demo import World
from qiao.customers.operations.bulk import build_customers
from qiao.staff.queries import branches_by_area, region_names


def build(world: World) -> None:
    """Fill the branches, the most populous district first."""
    build_customers(
        count=world.customers,
        organisation_ids_by_area=branches_by_area(),
        seed=world.seed,
        now=world.now,
        area_names=region_names("zh-hans"),
    )
