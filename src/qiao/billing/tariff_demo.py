"""A change of the water price in the demo world that its administrator has begun."""

from datetime import date

from django.utils import timezone

from qiao.billing.models import Tariff
from qiao.billing.operations import tariff_changing as ops
from qiao.billing.rules.tariffs.cells import cells
from qiao.core.demo import World
from qiao.staff.queries import actor_by_number

ADMINISTRATOR = "9001"
PRICES = {1: "2.20", 2: "3.30", 3: "6.60"}
SOURCE = "临发改价格〔2026〕12号"


def draft_prices(world: World) -> None:
    """Households' water ten per cent dearer, from the first of next month; not asked for yet."""
    tariff = Tariff.objects.filter(pack="water", key="household").first()
    if tariff is None:
        return
    today = timezone.localdate(world.now)
    actor = actor_by_number(ADMINISTRATOR, day=today)
    day = date(today.year + today.month // 12, today.month % 12 + 1, 1)
    draft = ops.begin_change(tariff_id=tariff.pk, valid_from=day, actor=actor, now=world.now)
    values = {
        cell.name: PRICES[cell.figure.tier]
        for cell in cells(draft.definition)
        if (cell.figure.part, cell.figure.kind) == ("water", "price")
    }
    ops.save_numbers(
        draft_id=draft.pk,
        seen=draft.revision,
        values=values,
        valid_from=day,
        source=SOURCE,
        actor=actor,
        now=world.now,
    )
