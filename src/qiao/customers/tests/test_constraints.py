"""What the database itself refuses, and that periods of owners never overlap."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qiao.core.rules.periods import Period, overlaps
from qiao.customers.models import (
    Account,
    AccountParty,
    Customer,
    CustomerPhone,
    Premises,
    TierChange,
)
from qiao.customers.tests.factories import NOW, make_account, make_customer
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Company:
    return make_company()


def refused(save: object) -> bool:
    try:
        with transaction.atomic():
            save()  # type: ignore[operator]
    except IntegrityError:
        return True
    return False


@pytest.mark.parametrize(
    "change",
    [
        {"tier": "E"},
        {"kind": "robot"},
        {"gender": "x"},
        {"name": ""},
        {"name_search": ""},
    ],
)
def test_a_customer_holds_only_what_makes_sense(world: Company, change: dict[str, object]) -> None:
    customer = make_customer(world.agent)
    assert refused(lambda: Customer.objects.filter(pk=customer.pk).update(**change))


def test_a_customer_is_not_merged_into_itself(world: Company) -> None:
    customer = make_customer(world.agent)
    assert refused(lambda: Customer.objects.filter(pk=customer.pk).update(merged_into=customer))


@pytest.mark.parametrize(
    "change", [{"number": "13805712264"}, {"digits": "+86"}, {"extension": "x"}, {"kind": "fax"}]
)
def test_a_phone_is_in_its_stored_form(world: Company, change: dict[str, object]) -> None:
    make_customer(world.agent, phones=["13805712264"])
    assert refused(lambda: CustomerPhone.objects.update(**change))


def test_a_customer_has_one_primary_phone(world: Company) -> None:
    make_customer(world.agent, phones=["13805712264", "13805712265"])
    assert refused(lambda: CustomerPhone.objects.update(is_primary=True))


@pytest.mark.parametrize(
    "change",
    [
        {"status": "closed"},
        {"closed_date": date(2026, 1, 1)},
        {"status": "closed", "closed_date": date(2000, 1, 1)},
        {"number": "12 34"},
        {"service": "tea"},
    ],
)
def test_an_account_is_whole(world: Company, change: dict[str, object]) -> None:
    make_account(world.agent)
    assert refused(lambda: Account.objects.update(**change))


@pytest.mark.parametrize(
    "change",
    [
        {"latitude": 30.0},
        {"latitude": 91.0, "longitude": 0.0, "datum": "wgs84"},
        {"latitude": 30.0, "longitude": 120.0, "datum": ""},
        {"datum": "wgs84"},
        {"full_text": ""},
    ],
)
def test_a_place_is_located_wholly_or_not_at_all(
    world: Company, change: dict[str, object]
) -> None:
    make_account(world.agent)
    assert refused(lambda: Premises.objects.update(**change))


def test_a_part_has_a_beginning_and_lasts_a_day(world: Company) -> None:
    make_account(world.agent)
    same = date(2026, 1, 1)
    assert refused(lambda: AccountParty.objects.update(period=DateRange(same, same)))
    assert refused(lambda: AccountParty.objects.update(period=DateRange(None, same)))


def test_the_tier_history_can_only_grow(world: Company) -> None:
    TierChange.objects.create(customer=make_customer(world.agent), tier="B", reason="x", at=NOW)
    with pytest.raises(ProgrammingError), transaction.atomic():
        TierChange.objects.update(reason="y")
    with pytest.raises(ProgrammingError), transaction.atomic():
        TierChange.objects.all().delete()


days = st.integers(0, 40)
spans = st.lists(st.tuples(days, st.one_of(st.none(), st.integers(1, 20))), max_size=6)
START = date(2026, 1, 1)


def _period(first: int, length: int | None) -> Period:
    start = START + timedelta(days=first)
    return Period(start, None if length is None else start + timedelta(days=length))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(spans=spans)
def test_owners_of_an_account_never_overlap_whatever_is_tried(
    world: Company, spans: list[tuple[int, int | None]]
) -> None:
    """The exclusion constraint agrees with the rule on periods, one attempt after another."""
    with transaction.atomic():
        account = make_account(world.agent, opened_date=date(2000, 1, 1))
        AccountParty.objects.all().delete()
        customer = make_customer(world.agent)
        kept: list[Period] = []
        for period in (_period(*span) for span in spans):
            row = AccountParty(
                account=account,
                customer=customer,
                role="owner",
                period=DateRange(period.start, period.end),
            )
            clash = any(overlaps(period, other) for other in kept)
            assert refused(row.save) == clash
            if not clash:
                kept.append(period)
        transaction.set_rollback(True)
