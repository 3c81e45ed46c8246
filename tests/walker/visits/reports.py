"""Addresses of the reports of cases."""

from typing import Final

from tests.walker.visits.addressed import NOT_ALLOWED, Visit

REPORTS: Final = {
    "cases:reports": Visit(queries=("by=person&period=30d", "by=time&fig=opened&fig=cost")),
    "cases:report_file": Visit({"form": "csv"}, post={}, get=NOT_ALLOWED, own=True),
}
