"""What tests of relations begin with: people, firms, households and company groups."""

from datetime import date
from typing import Any

from qiao.core.actor import Actor
from qiao.customers.models import Customer, CustomerGroup
from qiao.customers.operations.groups import make_group
from qiao.customers.tests.factories import NOW, make_customer
from qiao.staff.tests.cast import Company

DAY = date(2024, 5, 1)
LATER = date(2025, 5, 1)


def told(world: Company) -> dict[str, Any]:
    return {"actor": world.agent, "now": NOW}


def people(actor: Actor, *names: str) -> list[Customer]:
    return [make_customer(actor, name=name) for name in names]


def firms(actor: Actor, *names: str) -> list[Customer]:
    return [make_customer(actor, name=name, kind="organisation") for name in names]


def household(world: Company, *members: Customer, name: str = "") -> CustomerGroup:
    head, *others = members
    return make_group(
        kind="household",
        head_id=head.pk,
        member_ids=[each.pk for each in others],
        since=DAY,
        name=name,
        **told(world),
    )


def concern(world: Company, *members: Customer) -> CustomerGroup:
    head, *others = members
    return make_group(
        kind="company",
        head_id=head.pk,
        member_ids=[each.pk for each in others],
        since=DAY,
        name="临江城建集团",
        **told(world),
    )
