"""Who speaks for an organisation, who acts for another: done, refused, taken back."""

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from qiao.core.models import Event
from qiao.core.panels import load_panels
from qiao.core.rules.periods import BadPeriod
from qiao.customers.models import Acting, ContactPerson, Customer
from qiao.customers.operations import (
    AlreadyOwned,
    SameCustomer,
    WrongState,
    add_phone,
    merge_customers,
)
from qiao.customers.operations.documents import NewDocument, add_document
from qiao.customers.operations.groups import make_group
from qiao.customers.operations.numbers import say_of_number
from qiao.customers.operations.refusals import WrongKind
from qiao.customers.operations.speaking import (
    BadEmail,
    ForeignDocument,
    NewActing,
    NewContactPerson,
    UnknownScope,
    WhoMissing,
    add_contact_person,
    begin_acting,
    end_acting,
    end_contact_person,
    make_primary,
)
from qiao.customers.queries import NotVisible
from qiao.customers.queries.personal import person_of
from qiao.customers.queries.relation_personal import collect_relations, relation_hinders
from qiao.customers.queries.relations import contact_lines_of
from qiao.customers.tests.factories import NOW, make_customer
from qiao.customers.tests.relation_setting import DAY, LATER, firms, people, told
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Company:
    return make_company()


def contact(world: Company, firm: Customer, **more: Any) -> ContactPerson:
    until = more.pop("until", None)
    since = more.pop("since", DAY)
    values = {"function": "finance", **more}
    return add_contact_person(
        customer_id=firm.pk, told=NewContactPerson(**values), since=since, until=until,
        **told(world),
    )  # fmt: skip


def test_an_organisation_has_one_primary_contact_person_at_a_time(world: Company) -> None:
    (firm,), (one,) = firms(world.agent, "锦程酒店"), people(world.agent, "陈慧敏")
    first = contact(world, firm, name="李会计", phone="138 0571 2264", is_primary=True)
    second = contact(world, firm, person_id=one.pk, function="technical", is_primary=True)
    first.refresh_from_db()
    assert (first.phone, first.is_primary, second.is_primary) == ("+8613805712264", False, True)
    make_primary(contact_person_id=first.pk, **told(world))
    second.refresh_from_db()
    assert not second.is_primary
    with pytest.raises(AlreadyOwned):
        contact(world, firm, person_id=one.pk, function="technical", since=LATER)
    end_contact_person(contact_person_id=second.pk, day=LATER, **told(world))
    contact(world, firm, person_id=one.pk, function="technical", since=LATER)
    with pytest.raises(WrongState):
        end_contact_person(contact_person_id=second.pk, day=LATER, **told(world))
    with pytest.raises(BadPeriod):
        end_contact_person(contact_person_id=first.pk, day=DAY - timedelta(days=1), **told(world))
    end_contact_person(contact_person_id=first.pk, day=DAY, **told(world))
    assert not ContactPerson.objects.filter(pk=first.pk).exists(), "it was a mistake"
    kinds = Event.objects.filter(name__startswith="customers.contact_person").values_list("name")
    assert kinds.count() == 5


def first_to_ask(world: Company, firm: Customer, now: datetime) -> list[str]:
    """Whom the page of an organisation names as the first to ask at a moment."""
    panels = load_panels(world.agent, "customer.relations", firm.pk, now)
    (panel,) = (value for each, value in panels if each.key == "customers.contact_persons")
    return [row["name"] for row in panel["rows"] if row["is_primary"]]


def test_who_will_be_the_first_to_ask_leaves_the_present_one_in_place_until_then(
    world: Company,
) -> None:
    (firm,) = firms(world.agent, "锦程酒店")
    today = timezone.localdate()
    soon = today + timedelta(days=30)
    present: dict[str, Any] = {"actor": world.agent, "now": timezone.now()}
    now = contact(world, firm, name="李会计", is_primary=True)
    later = contact(world, firm, name="王会计", is_primary=True, since=soon)
    assert first_to_ask(world, firm, timezone.now()) == ["李会计"]
    assert first_to_ask(world, firm, timezone.now() + timedelta(days=31)) == ["王会计"]
    lines = contact_lines_of(actor=world.agent, customer_id=firm.pk)
    assert {line.name: (line.is_primary, line.takes_over) for line in lines} == {
        "李会计": (True, False),
        "王会计": (False, True),
    }
    other = contact(world, firm, name="赵总", since=LATER)
    make_primary(contact_person_id=other.pk, **present)
    make_primary(contact_person_id=now.pk, **present)
    assert first_to_ask(world, firm, timezone.now()) == ["李会计"]
    contact(world, firm, name="孙总", is_primary=True, since=DAY - timedelta(days=9))
    assert first_to_ask(world, firm, timezone.now()) == ["孙总"], "told last, though begun first"
    later.refresh_from_db()
    assert later.is_primary
    names = Event.objects.filter(name="customers.primary_contact_chosen")
    assert [each.payload["customer_id"] for each in names] == [firm.pk] * 5


def test_of_two_merged_organisations_one_contact_person_is_the_first_to_ask(
    world: Company,
) -> None:
    firm, twin = firms(world.agent, "锦程酒店", "锦程酒店有限公司")
    contact(world, firm, name="李会计", is_primary=True)
    contact(world, twin, name="王会计", is_primary=True)
    merge_customers(customer_id=firm.pk, merged_id=twin.pk, reason="同一家", **told(world))
    lines = contact_lines_of(actor=world.agent, customer_id=firm.pk)
    assert [line.name for line in lines if line.is_primary] == ["王会计"]


def test_the_number_shown_of_a_contact_person_is_one_that_leads_to_them(world: Company) -> None:
    (firm,), (one, twin) = firms(world.agent, "锦程酒店"), people(world.agent, "陈慧敏", "陈惠敏")
    add_phone(customer_id=one.pk, number="13805712264", label="", **told(world))
    contact(world, firm, person_id=one.pk)
    say_of_number(
        phone_id=one.phones.get().pk, customer_id=one.pk, outcome="wrong_person", **told(world)
    )

    def shown() -> set[str]:
        panels = load_panels(world.agent, "customer.relations", firm.pk, NOW)
        (panel,) = (value for each, value in panels if each.key == "customers.contact_persons")
        (line,) = contact_lines_of(actor=world.agent, customer_id=firm.pk)
        return {panel["rows"][0]["phone"], line.phone}

    assert shown() == {"+8613805712264"}, "a wrong one is better than none"
    add_phone(customer_id=twin.pk, number="13805712265", label="", **told(world))
    merge_customers(customer_id=one.pk, merged_id=twin.pk, reason="同一人", **told(world))
    assert shown() == {"+8613805712265"}
    add_phone(customer_id=one.pk, number="13805712266", label="", **told(world))
    assert shown() == {"+8613805712266"}


@pytest.mark.parametrize(
    ("refusal", "wrong"),
    [
        (WhoMissing, {"name": " "}),
        (UnknownScope, {"name": "李", "function": "cook"}),
        (BadEmail, {"name": "李", "email": "nobody"}),
        (BadPeriod, {"name": "李", "until": DAY}),
    ],
)
def test_a_contact_person_that_says_nothing_is_refused(
    world: Company, refusal: type[Exception], wrong: dict[str, Any]
) -> None:
    (firm,) = firms(world.agent, "锦程酒店")
    with pytest.raises(refusal):
        contact(world, firm, **wrong)


def test_only_organisations_have_contact_persons_and_only_persons_are_some(
    world: Company,
) -> None:
    (one,), (firm, other) = people(world.agent, "陈慧敏"), firms(world.agent, "酒店", "物业")
    with pytest.raises(WrongKind):
        contact(world, one, name="李")
    with pytest.raises(WrongKind):
        contact(world, firm, person_id=other.pk)
    with pytest.raises(SameCustomer):
        contact(world, firm, person_id=firm.pk)
    stranger = make_customer(world.outsider, name="隔壁")
    with pytest.raises(NotVisible):
        contact(world, firm, person_id=stranger.pk)


def act(world: Company, agent: Customer, principal: Customer, **more: Any) -> Acting:
    days = {"since": more.pop("since", DAY), "until": more.pop("until", None)}
    values = {"basis": "parent", "scope": ("service", "information"), **more}
    return begin_acting(
        agent_id=agent.pk, principal_id=principal.pk, told=NewActing(**values), **days,
        **told(world),
    )  # fmt: skip


def test_a_parent_acts_for_two_children_each_for_a_time(world: Company) -> None:
    parent, one, other = people(world.agent, "陈慧敏", "周小明", "周小红")
    first = act(world, parent, one)
    act(world, parent, other, until=LATER)
    assert first.scope == ["information", "service"]
    with pytest.raises(AlreadyOwned):
        act(world, parent, other, basis="guardian", since=LATER - timedelta(days=1))
    act(world, parent, other, basis="guardian", since=LATER)
    end_acting(acting_id=first.pk, day=LATER, **told(world))
    with pytest.raises(WrongState):
        end_acting(acting_id=first.pk, day=LATER, **told(world))
    assert Event.objects.filter(name="customers.acting_begun").count() == 3
    mistaken = act(world, one, other)
    end_acting(acting_id=mistaken.pk, day=DAY, **told(world))
    assert not Acting.objects.filter(pk=mistaken.pk).exists()
    assert Event.objects.filter(name="customers.acting_ended").count() == 2


def test_acting_that_cannot_be_is_refused(world: Company) -> None:
    one, other = people(world.agent, "陈慧敏", "周明")
    (firm,) = firms(world.agent, "锦程物业")
    for refusal, agent, principal, more in (
        (SameCustomer, one, one, {}),
        (UnknownScope, one, other, {"scope": ()}),
        (UnknownScope, one, other, {"basis": "friend"}),
        (WrongKind, firm, other, {}),
        (BadPeriod, one, other, {"until": DAY}),
        (NotVisible, one, make_customer(world.outsider, name="隔壁"), {}),
    ):
        with pytest.raises(refusal):
            act(world, agent, principal, **more)
    act(world, firm, other, basis="attorney")


@pytest.mark.usefixtures("media")
def test_the_proof_lies_in_the_file_of_one_of_the_two(world: Company) -> None:
    one, other, third = people(world.agent, "陈慧敏", "周明", "吴三")
    papers = [
        add_document(
            customer_id=each.pk, told=NewDocument("authorisation", "委托书", DAY),
            file=io.BytesIO("委托".encode()), file_name="委托书.txt", **told(world),
        )
        for each in (other, third)
    ]  # fmt: skip
    with pytest.raises(ForeignDocument):
        act(world, one, other, basis="attorney", document_id=papers[1].pk)
    assert act(world, one, other, basis="attorney", document_id=papers[0].pk).document == papers[0]


def test_a_merged_record_does_not_act_for_itself(world: Company) -> None:
    one, twin = people(world.agent, "陈慧敏", "陈惠敏")
    merge_customers(customer_id=one.pk, merged_id=twin.pk, reason="同一人", **told(world))
    with pytest.raises(SameCustomer):
        act(world, one, twin)


def test_a_person_is_handed_out_what_is_held_of_their_relations(world: Company) -> None:
    one, other = people(world.agent, "欧阳夏至", "周明")
    (firm,) = firms(world.agent, "锦程酒店")
    make_group(kind="household", head_id=other.pk, member_ids=[one.pk], since=DAY, **told(world))
    contact(world, firm, person_id=one.pk)
    contact(world, firm, name="欧阳夏至", function="other")
    contact(world, firm, name="别人", function="technical")
    act(world, one, other, proof="户口簿")
    homes, contacts, acting = collect_relations(person_of(one.pk))
    assert [row["role"] for row in homes.rows] == ["member"]
    assert sorted(row["function"] for row in contacts.rows) == ["finance", "other"]
    assert [(row["is_agent"], row["proof"]) for row in acting.rows] == [(True, "户口簿")]
    assert relation_hinders(person_of(one.pk)) == []
    (hinder,) = relation_hinders(person_of(other.pk))
    assert hinder.url
