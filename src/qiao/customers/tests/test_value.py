"""Key customers: the fewest who make four fifths; quarters that stay; loyalty with its parts."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.models import Disclosure
from qiao.customers.models import KeyCustomer, ValuePeriod
from qiao.customers.operations import (
    NewFact,
    keep_value_periods,
    merge_customers,
    note_facts,
)
from qiao.customers.queries.value import key_customers
from qiao.customers.rules.value import closed_quarters, loyalty, twelve_months_before
from qiao.customers.tests.factories import NOW, make_customer
from qiao.customers.tests.test_pages import browser
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
WEIGHTS = {"value": 30, "tenure": 20, "repeat": 15, "satisfaction": 20, "complaints": 15}


@pytest.fixture
def world() -> Company:
    return make_company()


def worth(customer_id: int, yuan: int, *, at: datetime = NOW, mark: str = "") -> NewFact:
    return NewFact(
        customer_id, "value", at - timedelta(days=3), "billing", f"{customer_id}{mark}", yuan * 100
    )


def test_the_fewest_customers_who_make_four_fifths_are_kept_in_order(world: Company) -> None:
    people = [make_customer(world.agent) for _number in range(6)]
    values = (500, 250, 100, 60, 50, 40)
    facts = [worth(each.pk, yuan) for each, yuan in zip(people, values, strict=True)]
    note_facts(facts=facts, now=NOW)
    assert keep_value_periods(now=NOW) == 9
    period = ValuePeriod.objects.get(is_closed=False)
    assert (period.total, period.customer_count) == (100_000, 6)
    assert (period.key_count, period.key_total, period.came) == (3, 85_000, 3)
    page = key_customers(actor=world.agent, period=period)
    assert [(line.place, line.yuan) for line in page.lines] == [(1, 500), (2, 250), (3, 100)]
    first = key_customers(actor=world.agent, period=period, limit=2)
    assert first.after == 2
    assert key_customers(actor=world.agent, period=period, after=2, limit=2).after is None
    assert key_customers(actor=world.outsider, period=period).lines == []


def test_a_quarter_that_is_over_stays_and_tells_who_came_and_who_fell_out(world: Company) -> None:
    old, new = make_customer(world.agent), make_customer(world.agent)
    long_ago = datetime(2025, 11, 25, tzinfo=UTC)
    note_facts(facts=[worth(old.pk, 900, at=long_ago), worth(new.pk, 800)], now=NOW)
    keep_value_periods(now=NOW)
    closed = ValuePeriod.objects.get(until=date(2026, 10, 1))
    assert list(KeyCustomer.objects.filter(period=closed).values_list("customer_id")) == [
        (old.pk,)
    ]
    later = datetime(2026, 12, 1, tzinfo=UTC)
    note_facts(facts=[worth(new.pk, 9_000, at=long_ago, mark="late")], now=later)
    keep_value_periods(now=later)
    closed.refresh_from_db()
    assert closed.total == 90_000
    period = ValuePeriod.objects.get(is_closed=False)
    assert (period.came, period.fell) == (1, 1)
    for view, who in (("came", new), ("fell", old)):
        lines = key_customers(actor=world.agent, period=period, view=view).lines
        assert [line.line.customer_id for line in lines] == [who.pk]


def test_the_value_of_merged_customers_counts_for_who_stands_for_them(world: Company) -> None:
    kept, second = make_customer(world.agent), make_customer(world.agent)
    note_facts(facts=[worth(kept.pk, 100), worth(second.pk, 200)], now=NOW)
    merge_customers(actor=world.agent, now=NOW, customer_id=kept.pk, merged_id=second.pk)
    keep_value_periods(now=NOW)
    period = ValuePeriod.objects.get(is_closed=False)
    (line,) = key_customers(actor=world.agent, period=period).lines
    assert (line.line.customer_id, line.yuan) == (kept.pk, 300)


def test_the_list_is_one_click_and_its_file_is_recorded(world: Company) -> None:
    customer = make_customer(world.agent, name="翠湖纸业有限公司", kind="organisation")
    note_facts(facts=[worth(customer.pk, 12_345)], now=NOW)
    keep_value_periods(now=NOW)
    agent = browser(world.agent_staff)
    html = agent.get(reverse("customers:value")).content.decode()
    assert "翠湖纸业有限公司" in html
    assert "12,345" in html
    response = agent.post(reverse("customers:value_export"), {"form": "csv"})
    body = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert "12345.00" in body
    taken = Disclosure.objects.get(subject="customers.value")
    assert (taken.kind, taken.row_count) == ("export", 1)
    assert agent.post(reverse("customers:value_export"), {"form": "exe"}).status_code == 404


def test_quarters_that_are_over_and_a_year_before() -> None:
    assert closed_quarters(date(2026, 11, 27), 3) == [
        date(2026, 4, 1),
        date(2026, 7, 1),
        date(2026, 10, 1),
    ]
    assert closed_quarters(date(2026, 1, 1), 2) == [date(2025, 10, 1), date(2026, 1, 1)]
    assert twelve_months_before(date(2028, 2, 29)) == date(2027, 2, 28)


unknown_or = st.none() | st.integers(0, 99)


@given(
    percentile=unknown_or,
    tenure=st.none() | st.integers(0, 60),
    years=st.none() | st.integers(0, 3),
    satisfaction=st.none() | st.integers(100, 400),
    complaints=st.integers(0, 9),
)
def test_loyalty_lies_between_its_parts_and_invents_nothing(
    percentile: int | None,
    tenure: int | None,
    years: int | None,
    satisfaction: int | None,
    complaints: int,
) -> None:
    found = loyalty(
        percentile=percentile,
        tenure_years=tenure,
        years_with_value=years,
        satisfaction=satisfaction,
        complaints=complaints,
        weights=WEIGHTS,
        full_years=10,
    )
    scores = [part.score for part in found.parts if part.score is not None]
    given_values = (percentile, tenure, years, satisfaction)
    assert len(found.missing) == sum(value is None for value in given_values)
    if len(scores) < 3:
        assert found.figure is None
    else:
        assert found.figure is not None
        assert min(scores) <= found.figure <= max(scores)
        assert 0 <= found.figure <= 100
