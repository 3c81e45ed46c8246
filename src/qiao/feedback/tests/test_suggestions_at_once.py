"""Two people who join and part suggestions at one moment: nobody waits in a circle."""

import pytest
from django.core.cache import cache
from django.db import transaction

from qiao.cases.tests.test_joining_races import while_open
from qiao.feedback.models import Suggestion
from qiao.feedback.operations import suggestions as operations
from qiao.feedback.tests.suggesting import NOW, passed, taken
from qiao.staff.tests.cast import Company, make_company


@pytest.fixture
def company(own_database: str) -> Company:
    """The cast in a database whose transactions are real."""
    del own_database
    cache.clear()
    with transaction.atomic():
        return make_company()


def test_parting_waits_for_the_one_that_stands_for_it_as_joining_does(company: Company) -> None:
    with transaction.atomic():
        into, twin = (passed(company, taken(company, title)) for title in ("夜间施工", "夜里施工"))
        operations.join(suggestion_id=twin.pk, into_id=into.pk, actor=company.agent, now=NOW)

    def part() -> None:
        with transaction.atomic():
            operations.part(suggestion_id=twin.pk, actor=company.agent, now=NOW)

    while_open(
        lambda: operations.locked(into.pk, company.agent),
        part,
        last=lambda: operations.locked(twin.pk, company.agent),
    )
    assert into.pk < twin.pk
    assert Suggestion.objects.get(pk=twin.pk).joined_into_id is None
