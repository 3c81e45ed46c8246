"""Addresses of a case's own page, for its customer, and of its link, for the house."""

from typing import Final

from tests.walker.visits.addressed import NOT_ALLOWED, Visit

_TOKEN: Final = {"token": "{case_token}"}
_WORD: Final = Visit(
    _TOKEN, (), {"text": "x"}, get=NOT_ALLOWED, public=True, own=True,
    hangs=frozenset({"cases_caseevent.case_id"}),
)  # fmt: skip
PUBLIC_CASES: Final = {
    "cases:public_link": Visit({"case_id": "{case}"}, (), {}, get=NOT_ALLOWED),
    "portal:case_find": Visit(
        post={"number": "{case_number}", "digits": "0001"},
        public=True,
        own=True,
        hangs=frozenset({"cases_publiclookup.case_id"}),
    ),
    "portal:case": Visit(_TOKEN, ("said", "unsolved"), public=True),
    "portal:case_say": _WORD,
    "portal:case_unsolved": _WORD,
}
