"""Cases that are open without a clock since before every one had to have one."""

from datetime import timedelta

import pytest
from django.db import transaction

from qiao.cases.models import Case, CaseClock, ClockRecord
from qiao.cases.operations import merge_cases
from qiao.cases.operations.clocking import clock_unclocked
from qiao.cases.tests.many import as_owner
from qiao.cases.tests.test_merging import clocks, counts_agree
from qiao.cases.tests.world import NOW, a_case
from qiao.core.packs.house import HOUSE
from qiao.staff.tests.cast import Company

LATER = NOW + timedelta(days=1)


@pytest.fixture
def company(own_company: Company) -> Company:
    """Each act is a transaction of its own."""
    return own_company


def test_each_is_given_one_once_that_counts_from_then(company: Company, own_database: str) -> None:
    with transaction.atomic():
        alone, survivor, away, fine = (a_case(company) for _n in range(4))
        told = {"actor": company.agent, "now": NOW}
        merge_cases(survivor_id=survivor.pk, merged=[away.pk], **told)  # type: ignore[arg-type]
    ids = f"({alone.pk}, {survivor.pk}, {away.pk})"
    as_owner(
        own_database,
        # As a type had it that promised nothing.
        "ALTER TABLE cases_case DROP CONSTRAINT cases_case_open_clocked",
        "INSERT INTO cases_promiseset (digest, promises) VALUES ('none', '[]')",
        "UPDATE cases_caseevent SET data = data || jsonb_build_object('promise_set',"
        f" (SELECT id FROM cases_promiseset WHERE digest = 'none')) WHERE case_id IN {ids}"
        " AND kind = 'opened'",
        f"DELETE FROM cases_caseclock WHERE case_id IN {ids}",
        f"DELETE FROM cases_clockrecord WHERE case_id IN {ids}",
        f"UPDATE cases_case SET due_at = NULL, due_promise = '', level = 'ok' WHERE id IN {ids}",
        "ALTER TABLE cases_case ADD CONSTRAINT cases_case_open_clocked"
        " CHECK (closed_at IS NOT NULL OR due_at IS NOT NULL OR is_paused) NOT VALID",
    )
    with transaction.atomic():
        assert clock_unclocked(now=LATER) == 3
    for case in (alone, survivor, away):
        (clock,) = CaseClock.objects.filter(case=case)
        assert (clock.promise, clock.started_at, clock.state) == (HOUSE, LATER, "running")
        assert clocks(case)
        assert Case.objects.get(pk=case.pk).due_at == clock.due_at
    assert not CaseClock.objects.filter(case=fine, promise=HOUSE).exists()
    assert ClockRecord.objects.count() == 4
    with transaction.atomic():
        counts_agree()
        assert clock_unclocked(now=LATER) == 0
    as_owner(own_database, "ALTER TABLE cases_case VALIDATE CONSTRAINT cases_case_open_clocked")
