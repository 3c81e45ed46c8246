"""What the rules of groups call sound, the database takes; what they refuse, it refuses."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qiao.core.rules.periods import Period
from qiao.customers.models import Customer, CustomerGroup, GroupMember
from qiao.customers.rules import relations as rules
from qiao.customers.tests.factories import NOW, make_customer
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
DAY = date(2024, 5, 1)


@pytest.fixture
def world() -> Company:
    return make_company()


STAYS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.booleans(),
        st.integers(0, 2),
        st.integers(0, 3),
        st.sampled_from([None, 1, 2, 3]),
    ),
    min_size=1,
    max_size=5,
)


# Every example is rolled back, so one household and one group do for all.
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(is_company=st.booleans(), drawn=STAYS)
def test_the_rules_and_the_database_are_of_one_mind(
    pair: tuple[CustomerGroup, CustomerGroup],
    trio: list[Customer],
    *,
    is_company: bool,
    drawn: list[tuple[int, bool, int, int, int | None]],
) -> None:
    group = pair[is_company]
    parts = []
    for who, is_head, above, start, length in drawn:
        begins = DAY + timedelta(days=start)
        ends = None if length is None else begins + timedelta(days=length)
        under = trio[above].pk if is_company and not is_head else None
        role = "head" if is_head else "member"
        parts.append(rules.Part(trio[who].pk, role, Period(begins, ends), under))
    assert (_database_says(group, parts) is None) == (not rules.faults(parts, Period(DAY)))


def _database_says(group: CustomerGroup, parts: list[rules.Part]) -> str | None:
    with transaction.atomic():
        try:
            with transaction.atomic():
                _insert(group, parts)
        except IntegrityError as error:
            return str(error)
        with connection.cursor() as cursor:
            cursor.execute("SELECT customers_group_fault(%s)", [group.pk])
            (fault,) = cursor.fetchone()
        transaction.set_rollback(True)
        return fault  # type: ignore[no-any-return]


def _insert(group: CustomerGroup, parts: list[rules.Part]) -> None:
    GroupMember.objects.bulk_create(
        GroupMember(
            group=group,
            customer_id=each.customer_id,
            role=each.role,
            under_id=each.under_id,
            period=DateRange(each.period.start, each.period.end),
        )
        for each in parts
    )


@pytest.fixture
def trio(world: Company) -> list[Customer]:
    return [make_customer(world.agent, name=name) for name in ("甲一", "乙二", "丙三")]


@pytest.fixture
def pair(world: Company) -> Iterator[tuple[CustomerGroup, CustomerGroup]]:
    """A household and a company group without anybody, as only a fault could leave them."""
    home, group = (
        CustomerGroup.objects.create(
            number=f"JT-{kind}", kind=kind, name="试", organisation=world.lake, made_at=NOW,
            period=DateRange(DAY, None),
        )
        for kind in ("household", "company")
    )  # fmt: skip
    yield home, group
    CustomerGroup.objects.filter(pk__in=(home.pk, group.pk)).delete()
