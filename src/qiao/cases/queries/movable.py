"""What of a case's history may become a case of its own."""

from collections.abc import Sequence
from typing import Final

from qiao.cases.models import Case
from qiao.cases.queries.page import Entry, case_history

MOVABLE: Final = frozenset({"note", "answer", "chased", "attached"})
"""Entries that may go along with a matter of their own: words and files."""
MOST_SHOWN: Final = 200


def movable_entries(*, case: Case) -> Sequence[Entry]:
    """The newest entries that may be chosen for a case of their own."""
    gone = gone_entries(case)
    found = case_history(case_id=case.pk, limit=MOST_SHOWN)
    return [e for e in found.entries if e.kind in MOVABLE and e.seq not in gone]


def gone_entries(case: Case) -> set[int]:
    """Places of entries that were taken back or went to a case of their own."""
    rows = case.events.filter(kind__in=("withdrawn", "split_off", "split_undone"))
    gone: set[int] = set()
    for kind, data in rows.order_by("seq").values_list("kind", "data"):
        if kind == "withdrawn":
            gone.add(int(data.get("seq", 0)))
        elif kind == "split_off":
            gone |= set(data.get("seqs", []))
        else:
            gone -= set(data.get("seqs", []))
    return gone
