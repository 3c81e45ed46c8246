"""Addresses of common causes."""

from typing import Final

from tests.walker.visits.addressed import NOT_ALLOWED, Visit

ALIKE: Final = {
    "cases:alike": Visit(),
    "cases:alike_page": Visit({"case_id": "{parent}"}, ("side=missed", "side=tail", "side=out")),
    "cases:alike_expect": Visit({"case_id": "{parent}"}, post={"cause": "x"}),
    "cases:alike_tell": Visit({"case_id": "{parent}"}, post={"text": "told"}),
    "cases:alike_end": Visit({"case_id": "{over}"}, post={"text": "over"}),
    "cases:alike_add": Visit({"case_id": "{parent}"}, post={"number": "{linked_number}"}),
    "cases:alike_take": Visit(
        {"proposal_id": "{proposal}"}, post={"type": "water.no_water", "title": "x"}
    ),
    "cases:alike_dismiss": Visit({"proposal_id": "{other_proposal}"}, post={}, get=NOT_ALLOWED),
    "cases:alike_make": Visit({"case_id": "{survivor}"}, post={"cause": "x"}),
    "cases:alike_join": Visit({"case_id": "{joining}", "parent_id": "{parent}"}, post={}),
    "cases:alike_leave": Visit({"case_id": "{report}"}, post={}),
    "cases:alike_back": Visit({"case_id": "{ended}"}, post={"text": "not over"}),
}
