"""A segment and tags, and somebody whose data may not be erased."""

from qiao.customers.operations import register_customer as register
from qiao.customers.operations.holds import place_hold
from qiao.customers.operations.segment_counting import ask_count
from qiao.customers.operations.segment_keeping import build_segment
from qiao.customers.operations.segments import save_segment
from qiao.customers.operations.tags import create_tag, tag_customer
from qiao.customers.rules.segments import Group, Line, Rule
from tests.world.canaries import World, marked


def add_tags(world: World) -> None:
    """The company's tags, one of which the customer carries."""
    chief, now = world.company.chief, world.now
    tag, other, carried = (
        create_tag(actor=chief, now=now, name=name) for name in ("出租房", "租户", "子女代办")
    )
    tag_customer(
        actor=world.company.agent, now=now, customer_id=world.ids["customer"], add=[carried.pk]
    )
    world.ids |= {"tag": tag.pk, "other_tag": other.pk}
    held = register(
        actor=world.company.agent, now=now, organisation_id=world.company.lake.pk,
        name=marked("held"),
    )  # fmt: skip
    place_hold(actor=world.company.agent, now=now, customer_id=held.pk, reason=marked("dispute"))
    world.ids["held"] = held.pk
    world.canaries.add(held.number)


def add_segment(world: World) -> None:
    """A segment of the branch that everybody of it fits."""
    rule = Rule(
        "all", (Group("all", (Line("customers.kind", "in", ("person", "organisation")),)),)
    )
    segment = save_segment(
        actor=world.company.agent,
        now=world.now,
        name=marked("segment"),
        note=marked("note"),
        rule=rule,
        organisation_id=world.company.lake.pk,
    )
    build_segment(segment_id=segment.pk, now=world.now)
    world.ids["segment"] = segment.pk
    asked = ask_count(
        actor=world.company.agent, now=world.now, rule=rule,
        organisation_id=world.company.lake.pk,
    )  # fmt: skip
    world.ids["segment_count"] = asked.pk
