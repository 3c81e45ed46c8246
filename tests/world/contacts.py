"""Contacts with the customer: one at hand, one closed, one empty."""

from datetime import timedelta

from qiao.contact import operations as contacts
from qiao.contact.models import Interaction
from tests.world.canaries import CALLER_PHONE, World, marked


def add_contacts(world: World) -> None:
    """The contacts, with words, a draft and a case."""
    agent, now = world.company.agent, world.now
    at_hand, closed, empty = (_contact(world, minutes) for minutes in (30, 60, 5))
    contacts.identify_customer(
        interaction_id=at_hand.pk, customer_id=world.ids["customer"], actor=agent, now=now
    )
    contacts.autosave_draft(
        interaction_id=at_hand.pk,
        tab="walker",
        seen={},
        note=marked("contact note"),
        fields={"subject": marked("subject")},
        actor=agent,
        now=now,
    )
    contacts.link_case(
        interaction_id=at_hand.pk,
        case_id=world.ids["case"],
        kind="continued",
        actor=agent,
        now=now,
    )
    contacts.identify_customer(
        interaction_id=closed.pk, customer_id=world.ids["customer"], actor=agent, now=now
    )
    contacts.finish(
        interaction_id=closed.pk,
        subject=marked("closed subject"),
        outcome="water.answered",
        note=marked("summary"),
        actor=agent,
        now=now + timedelta(hours=2),  # it can be reopened on its day, also after midnight
    )
    world.ids |= {"contact": at_hand.pk, "closed": closed.pk, "empty": empty.pk}
    world.canaries |= {at_hand.number, closed.number, empty.number}


def _contact(world: World, minutes: int) -> Interaction:
    return contacts.start_interaction(
        channel="phone",
        phone=CALLER_PHONE,
        caller_name=marked("contact"),
        place=marked("contact place"),
        started_at=world.now - timedelta(minutes=minutes),
        actor=world.company.agent,
        now=world.now,
    )
