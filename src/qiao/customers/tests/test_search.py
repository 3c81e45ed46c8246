"""Every way of finding a customer, and what an outsider finds."""

import pytest

from qiao.core.actor import Actor
from qiao.customers.models import Customer
from qiao.customers.operations import merge_customers
from qiao.customers.queries import find_customers, find_near
from qiao.customers.tests.factories import NOW, make_account, make_customer, make_premises
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Company:
    return make_company()


@pytest.fixture
def known(world: Company) -> Customer:
    """陈慧敏 of 翠湖花园, reached by mobile and office line."""
    customer = make_customer(
        world.agent,
        name="陈慧敏",
        phones=["138 0571 2264", "0571-88881234转801"],
        identities=[("id_card", "11010519491231002X")],
    )
    premises = make_premises(
        world.agent,
        district="滨湖区",
        road="柳荫路",
        house_number="88号",
        community="翠湖花园",
        building="6幢",
        room="1203室",
    )
    make_account(world.agent, owner=customer, number="10028834561", premises=premises)
    for name, phone in (("王伟", "13911112222"), ("李静", "13733334444"), ("周敏", "13655556666")):
        make_account(world.agent, owner=make_customer(world.agent, name=name, phones=[phone]))
    return customer


def found(actor: Actor, text: str) -> list[int]:
    return [hit.customer_id for hit in find_customers(actor=actor, text=text)]


EVERY_WAY = [
    "陈",
    "慧敏",
    "陈慧",
    "陈慧敏",
    "chm",
    "CHM",
    "chenhuimin",
    "chen hui min",
    "chenh",
    "13805712264",
    "138 0571 2264",
    "+86 138-0571-2264",
    "0086 13805712264",
    "１３８０５７１２２６４",
    "2264",
    "12264",
    "0571226",
    "8057",
    "0571-88881234",
    "(0571) 8888 1234",
    "88881234",
    "10028834561",
    "1002 8834 561",
    "1002883",
    "翠湖花园6-1203",
    "翠湖花园 6 幢 1203",
    "滨湖区柳荫路88号翠湖花园6幢1203室",
    "11010519491231002X",
    "110105 19491231 002x",
]


@pytest.mark.parametrize("text", EVERY_WAY)
def test_every_way_of_asking_finds_the_customer(
    world: Company, known: Customer, text: str
) -> None:
    assert found(world.agent, text)[0] == known.pk
    assert found(world.colleague, text)[0] == known.pk


@pytest.mark.parametrize("text", ["翠湖花园", "翠湖", "柳荫路 88 号", "柳荫路88号", "滨湖区 柳荫"])
def test_a_part_of_an_address_finds_all_who_live_there(
    world: Company, known: Customer, text: str
) -> None:
    neighbours = found(world.agent, text)
    assert known.pk in neighbours
    assert len(neighbours) == 4


@pytest.mark.parametrize("text", EVERY_WAY)
def test_an_outsider_finds_nobody_of_the_other_branch(
    world: Company, known: Customer, text: str
) -> None:
    assert found(world.outsider, text) == []


@pytest.mark.parametrize(
    "text",
    ["", " ", "%", "_", "'", "霾", "霾霾", "鲲鹏展翅", "zzzz", "qqqzhuang", "13900000000", "99999",
     "00000000001111", "不存在的路 9999 号", "A" * 500, "(((((((", "\\", "--", "; DROP TABLE x"],
)  # fmt: skip
def test_absent_terms_find_nothing(world: Company, known: Customer, text: str) -> None:
    assert found(world.agent, text) == []


def test_the_customer_number_finds_its_customer(world: Company, known: Customer) -> None:
    assert found(world.agent, known.number) == [known.pk]
    assert known.pk in found(world.agent, known.number[:8].lower())


def test_a_hit_shows_what_a_line_needs(world: Company, known: Customer) -> None:
    (hit,) = find_customers(actor=world.agent, text="10028834561")
    assert hit.name == "陈慧敏"
    assert hit.tier == "C"
    assert hit.account_number == "10028834561"
    assert hit.phone == "138 **** 2264"
    assert hit.short_address == "翠湖花园 6-1203"
    assert (hit.why, hit.matched) == ("account", "10028834561")


def test_the_exact_name_comes_before_longer_ones(world: Company) -> None:
    make_customer(world.agent, name="王伟明")
    exact = make_customer(world.agent, name="王伟")
    make_customer(world.agent, name="小王伟")
    assert found(world.agent, "王伟")[0] == exact.pk


def test_organisations_are_found_by_any_part_of_their_name(world: Company) -> None:
    school = make_customer(world.agent, name="江北第二小学", kind="organisation")
    bank = make_customer(world.agent, name="临江银行滨湖支行", kind="organisation")
    assert found(world.agent, "第二小学") == [school.pk]
    assert found(world.agent, "jbdexx") == [school.pk]
    assert found(world.agent, "linjiangyinhang") == [bank.pk]


def test_latin_names_are_found_in_the_middle(world: Company) -> None:
    smith = make_customer(world.agent, name="John Smith")
    assert found(world.agent, "Smith") == [smith.pk]
    assert found(world.agent, "johns") == [smith.pk]


def test_a_merged_customer_leads_to_the_one_that_stands(world: Company, known: Customer) -> None:
    twin = make_customer(world.agent, name="陈惠敏", phones=["13577778888"])
    merge_customers(actor=world.agent, now=NOW, customer_id=known.pk, merged_id=twin.pk)
    assert found(world.agent, "13577778888") == [known.pk]
    assert found(world.agent, "陈惠敏") == [known.pk]


def test_nothing_found_offers_who_sounds_alike(world: Company, known: Customer) -> None:
    assert found(world.agent, "陈惠民") == []
    assert [h.customer_id for h in find_near(actor=world.agent, text="陈惠民")] == [known.pk]
    assert [h.customer_id for h in find_near(actor=world.agent, text="13905712264")] == [known.pk]
    assert find_near(actor=world.outsider, text="陈惠民") == []


def test_another_branchs_account_does_not_show_through_a_shared_customer(
    world: Company, known: Customer
) -> None:
    make_account(world.chief, owner=known, number="20000000001", organisation_id=world.river.pk)
    (hit,) = find_customers(actor=world.outsider, text="陈慧敏")
    assert hit.account_number == "20000000001"
    assert "翠湖花园 6" not in hit.address
    assert found(world.agent, "20000000001") == []
