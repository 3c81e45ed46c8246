"""The invented city: exact in number, equal for equal seeds, whole in its references."""

import pytest
from django.db import transaction

from qiao.core.models import Event
from qiao.core.rules import identity, phones
from qiao.core.rules.numbers import is_valid
from qiao.customers import demo
from qiao.customers.models import (
    Account,
    AccountParty,
    Customer,
    CustomerIdentity,
    CustomerPhone,
    Premises,
)
from qiao.customers.operations import add_services, build_customers
from qiao.customers.queries import find_customers, match_phone, usual_service
from qiao.customers.queries.identities import opened
from qiao.customers.rules.columns import address_columns, name_columns
from qiao.customers.tests.factories import NOW
from qiao.staff.tests.cast import TODAY, Company, make_company

pytestmark = pytest.mark.django_db
COUNT = 1_500


@pytest.fixture
def world() -> Company:
    world = make_company()
    build_customers(
        count=COUNT,
        organisation_ids_by_area={"LJ-BH": world.lake.pk, "LJ-JB": world.river.pk},
        area_names={"LJ-BH": "滨湖区", "LJ-JB": "江北区"},
        seed=7,
        now=NOW,
    )
    return world


def test_a_city_is_believable(world: Company) -> None:
    assert Customer.objects.count() == COUNT
    assert [finding for finding in demo.audit() if not finding.ok] == []
    assert set(Customer.objects.values_list("tier", flat=True)) == {"C"}, "tiers are computed"
    assert AccountParty.objects.filter(period__endswith__isnull=False).exists()
    assert Event.objects.filter(name="customers.customers_imported").count() == 1


def test_what_copy_writes_is_what_operations_would_write(world: Company) -> None:
    for customer in Customer.objects.all()[:200]:
        columns = name_columns(customer.name, is_person=customer.kind == "person")
        assert (customer.name_search, customer.name_grams) == (
            columns.name_search, columns.name_grams,
        )  # fmt: skip
        assert (customer.initials, customer.pinyin) == (columns.initials, columns.pinyin)
        assert is_valid(customer.number, kinds=["KH"])
    for phone in CustomerPhone.objects.all()[:200]:
        assert phones.normalise(phone.number) == phone.number
        assert phones.stored_digits(phone.number) == phone.digits
        assert phones.kind_of(phone.number).value == phone.kind
    for premises in Premises.objects.all()[:200]:
        assert premises.grams == address_columns(premises.full_text).grams
    for row in CustomerIdentity.objects.all():
        assert identity.is_resident_id(opened(row))


def test_the_known_customer_lives_in_the_city(world: Company) -> None:
    (match,) = match_phone(actor=world.agent, e164="+8613805712264")
    assert (match.name, match.account_number) == ("陈慧敏", "10028834561")
    assert match.address == "滨湖区柳荫路88号翠湖花园6幢1203室"
    assert match_phone(actor=world.outsider, e164="+8613805712264") == []
    (hit,) = find_customers(actor=world.agent, text="翠湖花园6-1203")
    assert hit.tier == "C"


def test_accounts_lie_with_the_branch_of_their_area(world: Company) -> None:
    branches = {"LJ-BH": world.lake.pk, "LJ-JB": world.river.pk}
    for account in Account.objects.select_related("service_point__premises"):
        assert account.service_point is not None
        assert account.organisation_id == branches[account.service_point.premises.region]


def test_without_areas_there_is_no_city() -> None:
    with pytest.raises(ValueError, match="area"):
        build_customers(count=10, organisation_ids_by_area={}, seed=1, now=NOW)


def test_some_premises_have_all_services_in_one_hand(world: Company) -> None:
    with transaction.atomic():
        counts = add_services(services=["power", "gas"], now=NOW)
        again = add_services(services=["power", "gas"], now=NOW)
    assert counts["power"] == counts["gas"] > COUNT // 20
    assert again == {"power": 0, "gas": 0}
    known = Account.objects.filter(number="10028834561").values("service_point__premises")
    beside = Account.objects.filter(service_point__premises__in=known)
    assert {each.service for each in beside} == {"water", "power", "gas"}
    holders = {
        tuple(sorted(each.parties.filter(period__contains=TODAY).values_list("customer", "role")))
        for each in beside
    }
    assert len(holders) == 1
    numbers = Account.objects.values_list("number", flat=True)
    assert len(set(numbers)) == len(numbers)
    for each in beside.exclude(service="water"):
        point = each.service_point
        assert point is not None
        (hung,) = point.installations.all()
        assert hung.meter_number == point.meter_number


def test_an_account_of_which_nothing_is_said_has_the_service_of_its_unit() -> None:
    assert usual_service(["gas", "water"]) == "gas"
    assert usual_service(["nyc311", "power"]) == "power"
    assert usual_service([]) == "water"
