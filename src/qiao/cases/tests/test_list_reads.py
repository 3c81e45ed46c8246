"""What a list reads from the database does not grow with the cases behind it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from qiao.cases.queries import ARCHIVE_VIEWS, VIEWS, Cursor, Filters, list_cases
from qiao.cases.queries.list_statement import listing_statement
from qiao.cases.tests.many import add_cases, as_owner
from qiao.cases.tests.world import NOW, pack_installed
from qiao.staff.tests.cast import Company, make_company

OPEN_CASES = 5_000
TOLERANCE = 0.10
ROWS = 30
# At most so many for what a row shows beside the case, a dozen rows found by their keys, whether
# the planner remembers them from row to row or not.
DETAIL_BLOCKS = 20


def _buffers(statement: str, parameters: dict[str, Any]) -> tuple[int, int]:
    """Blocks read to find the rows of a page, and blocks read for what they show; not those that
    a connection reads once, and then remembers, of each index."""
    with connection.cursor() as cursor:
        for _ in range(2):
            cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + statement, parameters)
        found = cursor.fetchone()[0]
    plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    keys = _blocks(next(node for node in _nodes(plan) if node.get("Subplan Name") == "CTE page"))
    return keys, _blocks(plan) - keys


def _blocks(node: dict[str, Any]) -> int:
    return int(node["Shared Hit Blocks"] + node["Shared Read Blocks"])


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for inner in node.get("Plans", ()):
        yield from _nodes(inner)


def _reads(company: Company) -> dict[str, tuple[int, int]]:
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
                limit=ROWS,
            )
            found[f"{view} {page}"] = _buffers(statement, parameters)
    return found


def _hundredth(company: Company, view: str) -> Cursor | None:
    """A place far down the list."""
    if view in ARCHIVE_VIEWS:
        return Cursor((NOW - timedelta(days=2),), 0)
    return Cursor((NOW + timedelta(days=4),), 0)


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
    apart = {name: (few[name][0], blocks) for name, (blocks, _) in many.items()}
    assert not {name: n for name, n in apart.items() if n[1] > n[0] * (1 + TOLERANCE)}, apart
    details = {name: n for name, (_, n) in many.items()}
    assert max(details.values()) <= (ROWS + 1) * DETAIL_BLOCKS, details
    assert len(list_cases(actor=company.agent, now=NOW, view="late").rows) == ROWS
