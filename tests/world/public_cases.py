"""A case whose own page anybody with its link may read: nothing of it is marked."""

from qiao.cases.operations import OpenRequest, open_case
from qiao.cases.operations.public import make_links
from tests.world.canaries import World


def add_public_case(world: World) -> None:
    """A leak that somebody unknown reported."""
    request = OpenRequest(
        type_key="water.small_leak",
        organisation_id=world.company.lake.pk,
        title="A leak at the meter",
        channel="phone",
        area="339102",
        caller_phone="+8613916270001",
        facts={"leak_at": "before_meter", "paid_service": "no"},
    )
    case = open_case(request=request, actor=world.company.agent, now=world.now)
    world.ids["case_number"] = case.number
    world.ids["case_token"] = make_links([case.pk], now=world.now)[case.pk]
