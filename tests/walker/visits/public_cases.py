"""Addresses of a case's own page, for its customer, and of its link, for the house."""

from typing import Final

from tests.walker.visits.addressed import NOT_ALLOWED, Visit

_TOKEN: Final = {"token": "{case_token}"}
PUBLIC_CASES: Final = {
    "cases:public_link": Visit({"case_id": "{case}"}, (), {}, get=NOT_ALLOWED),
    "portal:case_find": Visit(
        post={"number": "GD0000000000000", "digits": "1234"}, public=True, own=True
    ),
    "portal:case": Visit(_TOKEN, ("said", "unsolved"), public=True),
    "portal:case_say": Visit(_TOKEN, (), {"text": "x"}, get=NOT_ALLOWED, public=True, own=True),
    "portal:case_unsolved": Visit(
        _TOKEN, (), {"text": "x"}, get=NOT_ALLOWED, public=True, own=True
    ),
}
