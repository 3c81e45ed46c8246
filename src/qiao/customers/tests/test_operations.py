"""What operations write, refuse and tell."""

from datetime import date

import pytest
from django.db import connection

from qiao.core.actor import Forbidden
from qiao.core.models import Disclosure, Event
from qiao.customers.models import (
    AccountParty,
    Customer,
    CustomerIdentity,
    CustomerPhone,
    TierChange,
)
from qiao.customers.operations import (
    AccountNumberTaken,
    Address,
    AddressMissing,
    AlreadyOwned,
    BadIdentityNumber,
    BadPeriod,
    BadPhone,
    BadText,
    NotMerged,
    PhoneKnown,
    PremisesKnown,
    ReasonMissing,
    SameCustomer,
    UnknownFlag,
    UnknownTier,
    WrongState,
    add_identity,
    add_party,
    add_phone,
    add_premises,
    change_name,
    end_party,
    make_visible,
    merge_customers,
    note_last_contact,
    open_account,
    open_account_at,
    register_customer,
    restate_protections,
    reveal_identity,
    reveal_phone,
    set_primary_phone,
    set_tier,
    undo_merge,
)
from qiao.customers.queries import (
    NotVisible,
    accounts_of,
    can_see,
    get_customer_for,
    held_as,
    lines_for,
    match_phone,
)
from qiao.customers.tests.factories import NOW, make_account, make_customer, make_premises
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, make_company, person

pytestmark = pytest.mark.django_db
ID_CARD = "11010519491231002X"


@pytest.fixture
def world() -> Company:
    return make_company()


def events(name: str) -> list[dict[str, object]]:
    return list(Event.objects.filter(name=name).values_list("payload", flat=True))


def test_a_new_customer_is_numbered_searchable_and_visible_to_its_branch(world: Company) -> None:
    customer = make_customer(world.agent, name="  欧阳 慧敏 ", phones=["13805712264"])
    assert customer.number.startswith("KH261122")
    assert customer.name == "欧阳 慧敏"
    assert (customer.name_search, customer.initials) == ("欧阳慧敏", "oyhm")
    assert customer.phones.get().is_primary
    assert can_see(actor=world.colleague, customer_id=customer.pk)
    assert can_see(actor=world.chief, customer_id=customer.pk)
    assert not can_see(actor=world.outsider, customer_id=customer.pk)
    assert events("customers.customer_registered") == [{"customer_id": customer.pk}]


def test_decomposed_names_are_stored_composed(world: Company) -> None:
    assert make_customer(world.agent, name="Zoe\u0308 Müller").name == "Zoë Müller"


@pytest.mark.parametrize("name", ["", "  ", "a\x00b", "\ud800", "x" * 121, "王" * 10_000_000])
def test_names_that_cannot_be_stored_are_refused(world: Company, name: str) -> None:
    with pytest.raises(BadText):
        make_customer(world.agent, name=name)
    assert not Customer.objects.exists()


def test_nobody_registers_for_another_branch(world: Company) -> None:
    with pytest.raises(Forbidden):
        make_customer(world.agent, organisation_id=world.river.pk)


def test_the_outsider_cannot_tell_a_hidden_customer_from_none(world: Company) -> None:
    customer = make_customer(world.agent)
    for pk in (customer.pk, 10**15):
        with pytest.raises(NotVisible):
            change_name(actor=world.outsider, now=NOW, customer_id=pk, name="x")


def test_who_may_only_look_may_not_change(world: Company) -> None:
    customer = make_customer(world.agent)
    reader = actor_for(
        person(number="7", name="读者", branch=world.lake, permissions=("customers.view",)),
        day=TODAY,
    )
    with pytest.raises(Forbidden):
        change_name(actor=reader, now=NOW, customer_id=customer.pk, name="x")
    with pytest.raises(Forbidden):
        reveal_phone(actor=reader, now=NOW, customer_id=customer.pk, reason="x")


def test_a_new_name_is_found_and_told_once(world: Company) -> None:
    customer = make_customer(world.agent, name="陈慧敏")
    change_name(actor=world.agent, now=NOW, customer_id=customer.pk, name="陈惠敏")
    change_name(actor=world.agent, now=NOW, customer_id=customer.pk, name="陈惠敏")
    customer.refresh_from_db()
    assert customer.name_grams == ["惠", "惠敏", "敏", "陈", "陈惠"]
    assert events("customers.customer_changed") == [
        {"customer_id": customer.pk, "fields": ["name"]}
    ]


def test_phones_keep_one_form_and_one_primary(world: Company) -> None:
    customer = make_customer(world.agent, phones=["13805712264"])
    office = add_phone(
        actor=world.agent, now=NOW, customer_id=customer.pk, number="0571-8888 1234 转 801",
        label="办公室", is_primary=True,
    )  # fmt: skip
    assert (office.number, office.extension, office.digits, office.kind) == (
        "+8657188881234", "801", "57188881234", "landline",
    )  # fmt: skip
    assert list(customer.phones.filter(is_primary=True)) == [office]
    with pytest.raises(PhoneKnown):
        add_phone(actor=world.agent, now=NOW, customer_id=customer.pk, number="138 0571 2264")
    with pytest.raises(BadPhone):
        add_phone(actor=world.agent, now=NOW, customer_id=customer.pk, number="12")
    first = customer.phones.get(kind="mobile")
    set_primary_phone(actor=world.agent, now=NOW, customer_id=customer.pk, phone_id=first.pk)
    assert list(customer.phones.filter(is_primary=True)) == [first]


def test_flags_are_a_known_set(world: Company) -> None:
    customer = make_customer(world.agent)
    restate_protections(
        actor=world.agent,
        now=NOW,
        customer_id=customer.pk,
        kinds=["infant", "hospital", "infant"],
        reason="tested",
    )
    customer.refresh_from_db()
    assert customer.flags == ["hospital", "infant"]
    with pytest.raises(UnknownFlag):
        restate_protections(
            actor=world.agent, now=NOW, customer_id=customer.pk, kinds=["vip"], reason="tested"
        )


def test_a_tier_needs_its_reason_and_keeps_its_history(world: Company) -> None:
    customer = make_customer(world.agent)
    with pytest.raises(ReasonMissing):
        set_tier(actor=world.agent, now=NOW, customer_id=customer.pk, tier="B", reason=" ")
    with pytest.raises(UnknownTier):
        set_tier(actor=world.agent, now=NOW, customer_id=customer.pk, tier="E", reason="x")
    set_tier(actor=world.agent, now=NOW, customer_id=customer.pk, tier="B", reason="12 期按时")
    customer.refresh_from_db()
    assert (customer.tier, customer.tier_reason) == ("B", "12 期按时")
    assert TierChange.objects.get().actor_id == world.agent.staff_id
    assert events("customers.tier_set") == [
        {"customer_id": customer.pk, "tier_before": "C", "tier": "B"}
    ]


def test_identity_numbers_are_sealed_and_revealed_on_record(world: Company) -> None:
    customer = make_customer(world.agent, identities=[("id_card", "110105 19491231 002x")])
    row = CustomerIdentity.objects.get()
    assert ID_CARD.encode() not in bytes(row.ciphertext)
    assert row.hint == "1101**********002X"
    shown = reveal_identity(
        actor=world.agent, now=NOW, customer_id=customer.pk, identity_id=row.pk, reason="核对身份"
    )
    assert shown == ID_CARD
    disclosed = Disclosure.objects.get()
    assert (disclosed.subject_id, disclosed.fields, disclosed.reason) == (
        customer.pk, ["identity.id_card"], "核对身份",
    )  # fmt: skip
    with pytest.raises(ReasonMissing):
        reveal_identity(
            actor=world.agent, now=NOW, customer_id=customer.pk, identity_id=row.pk, reason=""
        )
    with pytest.raises(NotVisible):
        reveal_identity(
            actor=world.outsider, now=NOW, customer_id=customer.pk, identity_id=row.pk, reason="x"
        )
    again = add_identity(
        actor=world.agent, now=NOW, customer_id=customer.pk, kind="id_card", number=ID_CARD
    )
    assert again.pk == row.pk
    with pytest.raises(BadIdentityNumber):
        add_identity(
            actor=world.agent, now=NOW, customer_id=customer.pk, kind="id_card", number="1" * 18
        )


def test_another_customers_identity_is_not_revealed_through_ones_own(world: Company) -> None:
    mine = make_customer(world.outsider)
    make_customer(world.agent, identities=[("id_card", ID_CARD)])
    with pytest.raises(NotVisible):
        reveal_identity(
            actor=world.outsider, now=NOW, customer_id=mine.pk, reason="x",
            identity_id=CustomerIdentity.objects.get().pk,
        )  # fmt: skip


def test_an_account_opens_with_its_owner_and_keeps_leading_zeros(world: Company) -> None:
    owner = make_customer(world.agent)
    account = make_account(world.agent, owner=owner, number="0012 3456 789")
    assert account.number == "00123456789"
    (choice,) = accounts_of(actor=world.agent, customer_id=owner.pk)
    assert (choice.account_id, choice.role, choice.service) == (account.pk, "owner", "water")
    assert accounts_of(actor=world.outsider, customer_id=owner.pk) == []
    with pytest.raises(AccountNumberTaken):
        make_account(world.agent, owner=owner, number="00123456789")


def test_an_address_and_its_point_are_held_once(world: Company) -> None:
    address = Address("LJ-BH", road="柳荫路", house_number="88号", room="1203室")
    first, second = (
        open_account_at(
            actor=world.agent, now=NOW, organisation_id=world.lake.pk, number=number,
            service="water", owner_id=make_customer(world.agent).pk, address=address,
        )
        for number in ("10010001", "10010002")
    )  # fmt: skip
    assert first.service_point_id == second.service_point_id
    with pytest.raises(PremisesKnown):
        add_premises(actor=world.agent, now=NOW, organisation_id=world.lake.pk, address=address)
    with pytest.raises(AddressMissing):
        add_premises(
            actor=world.agent, now=NOW, organisation_id=world.lake.pk, address=Address("LJ-BH")
        )


def test_an_account_has_one_owner_at_a_time(world: Company) -> None:
    account = make_account(world.agent)
    buyer = make_customer(world.agent, name="买家")
    party = AccountParty.objects.get(account=account)
    with pytest.raises(AlreadyOwned):
        add_party(
            actor=world.agent, now=NOW, account_id=account.pk, customer_id=buyer.pk, role="owner",
            from_date=date(2026, 12, 1),
        )  # fmt: skip
    end_party(actor=world.agent, now=NOW, party_id=party.pk, end_date=date(2026, 12, 1))
    add_party(
        actor=world.agent, now=NOW, account_id=account.pk, customer_id=buyer.pk, role="owner",
        from_date=date(2026, 12, 1),
    )  # fmt: skip
    with pytest.raises(WrongState):
        end_party(actor=world.agent, now=NOW, party_id=party.pk, end_date=date(2027, 1, 1))
    with pytest.raises(BadPeriod):
        add_party(
            actor=world.agent, now=NOW, account_id=account.pk, customer_id=buyer.pk, role="payer",
            from_date=date(2026, 12, 1), to_date=date(2026, 12, 1),
        )  # fmt: skip


def test_parts_in_another_branchs_account_are_not_given(world: Company) -> None:
    account = make_account(world.agent)
    mine = make_customer(world.outsider)
    with pytest.raises(NotVisible):
        add_party(
            actor=world.outsider, now=NOW, account_id=account.pk, customer_id=mine.pk,
            role="payer", from_date=date(2026, 12, 1),
        )  # fmt: skip
    with pytest.raises(NotVisible):
        open_account(
            actor=world.outsider, now=NOW, organisation_id=world.river.pk, number="77777777",
            service="water", opened_date=TODAY, owner_id=make_customer(world.agent).pk,
        )  # fmt: skip


def test_a_link_makes_a_customer_visible(world: Company) -> None:
    customer = make_customer(world.agent)
    for _ in range(2):
        make_visible(customer_id=customer.pk, organisation_id=world.river.pk, now=NOW)
    assert get_customer_for(actor=world.outsider, customer_id=customer.pk) == customer
    with pytest.raises(NotVisible):
        make_visible(customer_id=10**15, organisation_id=world.river.pk, now=NOW)


def test_a_merged_customer_is_read_as_the_other_and_comes_back_whole(world: Company) -> None:
    first, second, third = (make_customer(world.chief, name=f"客户{n}") for n in "甲乙丙")
    make_visible(customer_id=third.pk, organisation_id=world.river.pk, now=NOW)
    merge_customers(actor=world.chief, now=NOW, customer_id=second.pk, merged_id=third.pk)
    merge_customers(actor=world.chief, now=NOW, customer_id=first.pk, merged_id=second.pk)
    assert get_customer_for(actor=world.chief, customer_id=third.pk) == first
    assert held_as(first.pk) == (first.pk, second.pk, third.pk)
    assert get_customer_for(actor=world.outsider, customer_id=third.pk) == first
    assert lines_for(actor=world.outsider, customer_ids=[third.pk])[third.pk].name == "客户甲"
    with pytest.raises(SameCustomer):
        merge_customers(actor=world.chief, now=NOW, customer_id=third.pk, merged_id=first.pk)
    undo_merge(actor=world.chief, now=NOW, merged_id=second.pk)
    assert held_as(first.pk) == (first.pk,)
    assert not can_see(actor=world.outsider, customer_id=first.pk)
    assert get_customer_for(actor=world.outsider, customer_id=third.pk) == second
    with pytest.raises(NotMerged):
        undo_merge(actor=world.chief, now=NOW, merged_id=first.pk)


def test_the_screen_pop_shows_people_with_places_the_latest_contact_first(world: Company) -> None:
    number = "13805712264"
    home = make_premises(world.agent)
    mother, daughter = (make_customer(world.agent, name=n, phones=[number]) for n in ("母", "女"))
    make_account(world.agent, owner=mother, premises=home)
    make_account(world.agent, owner=mother)
    note_last_contact(customer_id=daughter.pk, at=NOW, channel="call", subject="报修")
    matches = match_phone(actor=world.colleague, e164="+8613805712264")
    assert [match.name for match in matches] == ["女", "母", "母"]
    assert matches[0].last_contact_subject == "报修"
    assert {match.premises_id for match in matches[1:]} >= {home.pk}
    assert match_phone(actor=world.outsider, e164="+8613805712264") == []
    for n in range(9):
        make_customer(world.agent, name=f"同事{n}", phones=[number])
    assert len(match_phone(actor=world.agent, e164="+8613805712264")) == 5


def test_an_older_contact_does_not_replace_the_latest(world: Company) -> None:
    customer = make_customer(world.agent)
    note_last_contact(customer_id=customer.pk, at=NOW, channel="call", subject="新")
    older = NOW.replace(year=2025)
    note_last_contact(customer_id=customer.pk, at=older, channel="desk", subject="旧")
    assert customer.last_contact.subject == "新"


def test_operations_need_a_transaction(world: Company) -> None:
    connection.needs_rollback = False
    in_block, connection.in_atomic_block = connection.in_atomic_block, False
    try:
        with pytest.raises(RuntimeError):
            register_customer(actor=world.agent, now=NOW, organisation_id=world.lake.pk, name="x")
    finally:
        connection.in_atomic_block = in_block


def test_a_number_belongs_to_as_many_as_share_it(world: Company) -> None:
    for name in ("甲", "乙"):
        make_customer(world.agent, name=name, phones=["0571-88880000"])
    assert CustomerPhone.objects.filter(digits="57188880000").count() == 2
