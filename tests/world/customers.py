"""A customer with an account, their place, and others who look like them."""

from datetime import timedelta

from qiao.customers.models import (
    Account,
    Customer,
    CustomerIdentity,
    CustomerPhone,
    Duplicate,
    Protection,
)
from qiao.customers.operations import (
    Address,
    Coming,
    HandOver,
    NewFact,
    NewIdentity,
    NewMeter,
    NewPhone,
    add_card,
    exchange_meter,
    hand_over_account,
    keep_value_periods,
    merge_customers,
    note_facts,
    open_account_at,
    set_tier,
)
from qiao.customers.operations import register_customer as register
from qiao.customers.operations.duplicate_finding import check_for_duplicates
from tests.world.canaries import ACCOUNT, ID_CARD, METER, PHONE, SINCE, World, marked
from tests.world.relations import add_manager, add_relations
from tests.world.segments import add_segment, add_tags


def add_customer(world: World) -> None:
    """The customer of the branch, with all that is kept of them."""
    agent, now = world.company.agent, world.now
    customer = register(
        actor=agent,
        now=now,
        organisation_id=world.company.lake.pk,
        name=marked("customer"),
        phones=[NewPhone(PHONE)],
        identities=[NewIdentity("id_card", ID_CARD)],
        flags=["life_support"],
    )
    account = open_account_at(
        actor=agent,
        now=now,
        organisation_id=world.company.lake.pk,
        number=ACCOUNT,
        service="water",
        owner_id=customer.pk,
        address=Address("339102", district="滨湖区", community=marked("community"), room="1203"),
    )
    set_tier(actor=agent, now=now, customer_id=customer.pk, tier="B", reason=marked("tier reason"))
    card = add_card(
        actor=agent, now=now, customer_id=customer.pk, kind="hospital", number="88017732"
    )
    value = NewFact(customer.pk, "value", now - timedelta(days=2), "billing", ACCOUNT, 45_600)
    note_facts(facts=[value], now=now)
    keep_value_periods(now=now)
    world.ids |= {
        "customer": customer.pk,
        "card": card.pk,
        "account": account.pk,
        "phone": CustomerPhone.objects.get(customer=customer).pk,
        "identity": CustomerIdentity.objects.get(customer=customer).pk,
        "protection": Protection.objects.get(customer=customer).pk,
    }
    _add_place(world, account)
    _add_twins(world, customer)
    add_segment(world)
    add_relations(world, customer)
    add_tags(world)
    add_manager(world, customer)
    world.canaries |= {ACCOUNT, ID_CARD, customer.number}


def _add_twins(world: World, customer: Customer) -> None:
    """Two records of one person that wait for a decision, and one that was merged already."""
    agent, now = world.company.agent, world.now
    one, other, merged = (
        register(
            actor=agent,
            now=now,
            organisation_id=world.company.lake.pk,
            name=marked(name),
            phones=[NewPhone("13700002222")],
        )
        for name in ("twin", "twin", "merged")
    )
    check_for_duplicates(customer_ids=[one.pk, other.pk], now=now)
    merge_customers(
        actor=agent, now=now, customer_id=customer.pk, merged_id=merged.pk, reason=marked("reason")
    )
    pair = Duplicate.objects.get(first=one, second=other)
    world.ids |= {
        "twin": one.pk,
        "other_twin": other.pk,
        "merged_customer": merged.pk,
        "pair": pair.pk,
    }


def _add_place(world: World, account: Account) -> None:
    """Another meter hangs where the account is kept."""
    point = account.service_point
    assert point is not None
    hung = exchange_meter(
        actor=world.company.agent,
        now=world.now,
        service_point_id=point.pk,
        day=SINCE,
        meter=NewMeter(METER),
    )
    world.ids |= {"premises": point.premises_id, "point": point.pk, "meter": hung.pk}
    world.canaries.add(METER)
    lodger = register(
        actor=world.company.agent,
        now=world.now,
        organisation_id=world.company.lake.pk,
        name=marked("lodger"),
    )
    moved = hand_over_account(
        actor=world.company.agent,
        now=world.now,
        account_id=account.pk,
        hand_over=HandOver(
            account.opened_date + timedelta(days=1),
            coming=(Coming(lodger.pk, ("occupant",)),),
            forwarding_address=marked("forwarding address"),
            note=marked("move note"),
        ),
    )
    world.ids |= {"move": moved.pk, "tomorrow": moved.hand_over_date.isoformat()}
    world.canaries |= {moved.number, lodger.number}
