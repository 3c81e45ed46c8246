"""A company whose people have skills for queues."""

from typing import Final

from qiao.staff.operations import define_skill, give_skill
from qiao.staff.tests.cast import Company, make_company

BILLS: Final = "water.billing"
REPAIRS: Final = "water.repair"
WRITTEN: Final = "water.written"
COMPLAINTS: Final = "water.complaints"


def skilled_company() -> Company:
    """The agent and the outsider take bills, the colleague repairs; who asks for no skill may be
    taken by all."""
    made = make_company()
    for key in (BILLS, REPAIRS, COMPLAINTS):
        define_skill(key=key, names={"en": key})
    give_skill(staff=made.agent_staff, skill_key=BILLS, level=3)
    give_skill(staff=made.colleague_staff, skill_key=REPAIRS, level=5)
    give_skill(staff=made.outsider_staff, skill_key=BILLS, level=2)
    return made
