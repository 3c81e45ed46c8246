"""Addresses of the reports of cases."""

from typing import Final

from tests.walker.visits.addressed import NOT_ALLOWED, Visit

REPORTS: Final = {
    "cases:reports": Visit(queries=("by=person&period=30d", "by=time&fig=opened&fig=cost")),
    "cases:saved_reports": Visit(),
    "cases:save_report": Visit(
        queries=("by=team&fig=kept",),
        post={"name": "y", "reach": "own", "query": "by=team"},
        own=True,
    ),
    "cases:change_report": Visit({"view_id": "{kept_report}"}, post={"name": "y", "reach": "own"}),
    "cases:schedule_report": Visit(
        {"view_id": "{kept_report}"},
        post={"every": "week", "hour": "8", "unit": "{unit}", "receivers": "{agent}"},
    ),
    "cases:unschedule_report": Visit({"view_id": "{kept_report}"}, post={}, get=NOT_ALLOWED),
    "cases:drop_report": Visit({"view_id": "{kept_report}"}, post={}, get=NOT_ALLOWED),
    "cases:take_back_report": Visit({"view_id": "{dropped_report}"}, post={}, get=NOT_ALLOWED),
    "cases:report_file": Visit({"form": "csv"}, post={}, get=NOT_ALLOWED, own=True),
}
