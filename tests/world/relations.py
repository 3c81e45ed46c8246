"""Who belongs to the customer, speaks and acts for others, and looks after them."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from qiao.customers.models import Customer
from qiao.customers.operations import groups, managing, speaking, visiting
from qiao.customers.operations import register_customer as register
from tests.world.canaries import MARK, World, marked


def add_manager(world: World, customer: Customer) -> None:
    """Somebody looks after the customer since a hand-over, has visited them and will again."""
    told: dict[str, Any] = {"actor": world.company.agent, "now": world.now}
    agent, colleague = world.company.agent.person_id, world.company.colleague.person_id
    day = timezone.localdate(world.now)
    managing.assign_manager(
        customer_ids=[customer.pk, world.ids["other_twin"]], manager_id=colleague,
        since=day - timedelta(days=30), reason=marked("reason"), **told,
    )  # fmt: skip
    handed = managing.hand_over_customers(
        from_manager_id=colleague, to_manager_id=agent, day=day - timedelta(days=3),
        reason=marked("reason"), note=marked("note"), **told,
    )  # fmt: skip
    own = {**told, "customer_id": customer.pk}
    words = visiting.Told("wish", marked("visit"), marked("step"), topic=marked("topic"))
    visit = visiting.record_visit(day=day, told=words, **own)
    visiting.plan_visit(day=day, topic=marked("topic"), **own)
    visiting.set_visit_plan(every_months=3, due_date=day, purpose=marked("purpose"), **own)
    world.ids |= {"handed_over": handed.hand_over_id, "visit": visit.pk}


def add_relations(world: World, customer: Customer) -> None:
    """A household, a company group, somebody who speaks for it, and somebody who acts."""
    told: dict[str, Any] = {"actor": world.company.agent, "now": world.now}
    lake, day = world.company.lake.pk, timezone.localdate(world.now)
    mate, firm, one, other = (
        register(organisation_id=lake, name=marked(name), kind=kind, **told)
        for name, kind in (
            ("housemate", "person"),
            ("firm", "organisation"),
            ("subsidiary", "organisation"),
            ("subsidiary", "organisation"),
        )
    )
    made = [
        groups.make_group(
            kind=kind, head_id=head.pk, member_ids=[each.pk for each in members], since=day,
            name=marked("group"), **told,
        )
        for kind, head, members in (
            ("household", customer, [mate]),
            ("company", firm, [one, other]),
        )
    ]  # fmt: skip
    groups.describe_group(
        actor=world.company.agent, group_id=made[0].pk, name=marked("home"), note=marked("note")
    )
    contact = speaking.add_contact_person(
        customer_id=firm.pk,
        told=speaking.NewContactPerson(
            "finance", name=marked("clerk"), email=f"{MARK}@example.com"
        ),
        since=day,
        **told,
    )
    acting = speaking.begin_acting(
        agent_id=customer.pk,
        principal_id=mate.pk,
        told=speaking.NewActing("carer", ("service",), marked("proof")),
        since=day,
        **told,
    )
    world.ids |= {
        "group": made[0].pk,
        "concern": made[1].pk,
        "housemate": mate.pk,
        "firm": firm.pk,
        "subsidiary": one.pk,
        "other_subsidiary": other.pk,
        "contact_person": contact.pk,
        "acting": acting.pk,
    }
    world.canaries |= {each.number for each in (*made, mate, firm, one, other)}
