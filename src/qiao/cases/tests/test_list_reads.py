"""What a list reads from the database does not grow with the cases behind it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from qiao.cases.queries import ARCHIVE_VIEWS, VIEWS, Cursor, Filters, list_cases
from qiao.cases.queries.listing import listing_statement
from qiao.cases.tests.many import add_cases, as_owner
from qiao.cases.tests.world import NOW, pack_installed
from qiao.staff.tests.cast import Company, make_company

OPEN_CASES = 5_000
TOLERANCE = 0.10


def _buffers(statement: str, parameters: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + statement, parameters)
        found = cursor.fetchone()[0]
    plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def _reads(company: Company) -> dict[str, int]:
    """Blocks read by the first and by a later page of every view."""
    found = {}
    for view in VIEWS:
        for page, cursor in (("first", None), ("hundredth", _hundredth(company, view))):
            statement, parameters = listing_statement(
                actor=company.agent,
                now=NOW,
                view=view,
                filters=Filters(),
                cursor=cursor,
                limit=30,
            )
            found[f"{view} {page}"] = _buffers(statement, parameters)
    return found


def _hundredth(company: Company, view: str) -> Cursor | None:
    """A place far down the list."""
    if view in ARCHIVE_VIEWS:
        return Cursor(NOW - timedelta(days=2), 0)
    return Cursor(NOW + timedelta(days=4), 0)


@pytest.mark.slow
def test_lists_read_as_much_among_a_million_closed_cases_as_among_ten_thousand(
    own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction.atomic(), pack_installed(monkeypatch):
        company = make_company()
    spread: dict[str, Any] = {
        "units": [company.company.pk, company.lake.pk, company.lake_team.pk, company.river.pk],
        "teams": [company.lake_team.pk, company.river_team.pk],
        "people": [company.agent.staff_id, company.colleague.staff_id],
        "now": NOW,
    }
    as_owner(own_database, "ALTER TABLE cases_case DISABLE TRIGGER USER")  # counting is not asked
    add_cases(rows=OPEN_CASES, first=0, is_open=True, **spread)
    add_cases(rows=10_000, first=10_000, is_open=False, **spread)
    as_owner(own_database, "VACUUM ANALYZE cases_case")
    few = _reads(company)
    add_cases(rows=990_000, first=1_000_000, is_open=False, **spread)
    as_owner(own_database, "VACUUM ANALYZE cases_case")
    many = _reads(company)
    apart = {name: (few[name], blocks) for name, blocks in many.items()}
    grown = {name: n for name, n in apart.items() if n[1] > n[0] * (1 + TOLERANCE)}
    assert not grown, apart
    assert len(list_cases(actor=company.agent, now=NOW, view="late").rows) == 30
