"""Addresses of merging, splitting and undoing cases."""

from typing import Final

from tests.walker.visits.addressed import NOT_ALLOWED, Visit

JOINING: Final = {
    "cases:merge": Visit(
        {"case_id": "{case}"},
        ("part=1&with={other_case}", "number={third_number}"),
        {"with": "{third}", "survivor": "{case}", "reason": "x"},
    ),
    "cases:unmerge": Visit({"case_id": "{survivor}"}, post={}, get=NOT_ALLOWED),
    "cases:split": Visit(
        {"case_id": "{case}"},
        post={"entries": ["{note_seq}"], "type": "water.small_leak", "title": "x"},
    ),
    "cases:tell_merged": Visit({"case_id": "{merged}"}, post={"text": "told", "channel": "phone"}),
    "cases:undo": Visit({"case_id": "{case}", "seq": "{link_seq}"}, post={}),
    "cases:unlink": Visit({"case_id": "{linked}", "link_id": "{link}"}, post={}),
}
