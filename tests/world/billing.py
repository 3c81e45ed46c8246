"""A tariff that a pack brought."""

from qiao.billing.models import Tariff
from tests.world.canaries import World


def add_billing(world: World) -> None:
    """The tariff of households."""
    world.ids |= {"tariff": Tariff.objects.get(pack="water", key="household").pk}
