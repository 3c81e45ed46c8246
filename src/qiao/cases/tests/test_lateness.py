"""Who is late today: figures that open exactly the cases behind them."""

import re
from datetime import timedelta
from typing import Any

from qiao.cases import operations
from qiao.cases.models import Case
from qiao.cases.queries import Filters, list_cases
from qiao.cases.queries.lateness import late_now
from qiao.cases.tests.browsing import client_of
from qiao.cases.tests.test_hotline import again, centre, insider  # noqa: F401 - a fixture
from qiao.cases.tests.world import NOW, a_case
from qiao.staff.tests.cast import Company

LATER = NOW + timedelta(days=3)


def late(company: Company, **changes: Any) -> Case:
    """A case that is past its deadline."""
    case = a_case(company, **changes)
    Case.objects.filter(pk=case.pk).update(level="late", due_at=NOW + timedelta(hours=1))
    return case


def test_figures_are_those_of_the_lists_that_they_open(company: Company) -> None:
    first, _second, _in_time = late(company), late(company), a_case(company)
    operations.assign(
        case_id=first.pk, staff_id=company.colleague.person_id, actor=company.chief, now=NOW
    )
    Case.objects.filter(pk=first.pk).update(level="late", due_at=NOW + timedelta(hours=1))
    lines = late_now(actor=company.chief, now=LATER)
    assert sum(line.late for line in lines) == 2
    for line in lines:
        view = "unassigned" if line.person_id is None else "late"
        level = ("late",) if line.person_id is None else ()
        filters = Filters(team=line.team_id, person=line.person_id, level=level)
        found = list_cases(actor=company.chief, now=LATER, view=view, filters=filters).rows
        assert len(found) == line.late
    assert not late_now(actor=company.outsider, now=LATER)


def test_what_is_kept_from_an_outlet_is_not_counted_for_it(
    company: Company,
    centre: Any,  # noqa: F811
) -> None:
    inside = insider(company)
    case = late(company)
    operations.hand_past(case_id=case.pk, unit_id=company.lake.pk, actor=company.agent, now=NOW)
    Case.objects.filter(pk=case.pk).update(level="late", due_at=NOW + timedelta(hours=1))
    assert not late_now(actor=again(inside), now=LATER)
    (line,) = late_now(actor=again(company.chief_staff), now=LATER)
    assert line.late == 1


def test_the_page_leads_to_the_cases(company: Company) -> None:
    Case.objects.filter(pk=late(company).pk).update(due_at=NOW - timedelta(days=900))
    page = client_of(company.chief_staff).get("/cases/late").content.decode()
    assert re.search(r'href="/cases/\?view=(late|unassigned)&amp;team=\d+', page)
