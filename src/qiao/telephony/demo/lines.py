"""The demo's lines: numbers that customers dial."""

from qiao.core.demo import World
from qiao.core.demo_rhythm import demo_packs
from qiao.staff.queries import company_id
from qiao.telephony.operations import add_line


def build(world: World) -> None:
    """Open the lines of all packs. A name is kept in the language of its customers."""
    del world
    for line in (line for pack in demo_packs() for line in pack.demo.lines):
        add_line(
            number=line.number,
            name=line.name.zh_hans,
            organisation_id=company_id(),
            queue=line.queue,
            is_emergency=line.is_emergency,
            menu=line.menu,
        )
