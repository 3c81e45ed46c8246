"""The cast of the tests: two sibling branches of one company, and three people in them.

`agent` and `colleague` work in the lake branch, `outsider` in the river branch next door, `chief`
in the company above both. All hold every permission there is: only the place tells them apart.
"""

from dataclasses import dataclass
from datetime import date

from qiao.core.actor import Actor
from qiao.core.registry import registry
from qiao.staff.models import Organisation, Staff
from qiao.staff.operations import add_organisation, assign_role, define_role, hire, join_team
from qiao.staff.queries import actor_for

TODAY = date(2026, 11, 22)


@dataclass(frozen=True, slots=True)
class Company:
    """The company, its branches and teams, and the actors of the cast."""

    company: Organisation
    lake: Organisation
    river: Organisation
    lake_team: Organisation
    river_team: Organisation
    agent: Actor
    colleague: Actor
    outsider: Actor
    chief: Actor
    agent_staff: Staff
    colleague_staff: Staff
    outsider_staff: Staff
    chief_staff: Staff


def make_company() -> Company:
    """Build the company. Needs a transaction, as every test with a database has."""
    company = add_organisation(
        kind="company",
        code="linjiang",
        name="临江水务",
        languages=["zh-hans", "zh-hant", "en"],
        packs=["water"],
    )
    lake = add_organisation(kind="branch", code="lake", name="滨湖分公司", parent=company)
    river = add_organisation(kind="branch", code="river", name="江北分公司", parent=company)
    lake_team, river_team = (
        add_organisation(
            kind="team",
            code=f"{branch.code}-1",
            name=name,
            parent=branch,
            areas=[area],
            skills=["repair", "quality", "meter"],
        )
        for branch, name, area in ((lake, "滨湖一班", "339102"), (river, "江北一班", "339104"))
    )
    agent = person(number="1027", name="林晓岚", branch=lake, team=lake_team)
    colleague = person(number="1028", name="周明", branch=lake, team=lake_team)
    outsider = person(number="2001", name="何远", branch=river, team=river_team)
    chief = person(number="9001", name="郑岩", branch=company)
    return Company(
        company=company,
        lake=lake,
        river=river,
        lake_team=lake_team,
        river_team=river_team,
        agent=actor_for(agent, day=TODAY),
        colleague=actor_for(colleague, day=TODAY),
        outsider=actor_for(outsider, day=TODAY),
        chief=actor_for(chief, day=TODAY),
        agent_staff=agent,
        colleague_staff=colleague,
        outsider_staff=outsider,
        chief_staff=chief,
    )


def person(
    *,
    number: str,
    name: str,
    branch: Organisation,
    team: Organisation | None = None,
    permissions: tuple[str, ...] | None = None,
) -> Staff:
    """Hire somebody for `branch` with `permissions` there and below; every one by default."""
    allowed = tuple(registry.permissions()) if permissions is None else permissions
    key = "everything" if permissions is None else ".".join(permissions)
    role = define_role(key=key, names={"en": key}, permissions=allowed, home="customers:list")
    staff = hire(organisation=branch, number=number, name=name, title="坐席")
    assign_role(staff=staff, role=role, organisation=branch, valid_from=date(2020, 1, 1))
    if team is not None:
        join_team(staff=staff, team=team)
    return staff
