"""What the trail of changes says of stored keys."""

import pytest
from django.utils import timezone, translation

from qiao.core.transactions import acting
from qiao.customers.models import Segment
from qiao.desk.administration import trail
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return make_company()


def test_a_stored_key_is_told_in_the_words_of_its_model(company: Company) -> None:
    now = timezone.now()
    with acting(company.chief):
        Segment.objects.create(
            organisation=company.river,
            name="重点客户",
            rule={"groups": []},
            created_at=now,
            created_by_id=company.chief.staff_id,
            changed_at=now,
            changed_by_id=company.chief.staff_id,
        )
    with translation.override("en"):
        entries, _next = trail.entries(trail.Wanted(table="customers_segment"))
        told = {str(field.label): field.after for field in entries[0].fields}
    assert told["Name"] == "重点客户"
    assert told["State"] == "Being built"
    assert "groups" not in told["Rule"]
