"""Cases that were open without a clock before every one had to have one."""

from datetime import datetime
from typing import Final

from qiao.cases.journal import ManyJournals, lock_many
from qiao.cases.models import Case
from qiao.core.transactions import required

AT_ONCE: Final = 500


def clock_unclocked(*, now: datetime) -> int:
    """Give every case that is open without a clock what the house promises; it counts from now.
    How many there were."""
    required()
    found = Case.objects.filter(closed_at__isnull=True, due_at__isnull=True, is_paused=False)
    # Those merged into others first, since those are due when the first of them is.
    ids = list(found.order_by("merged_into", "id").values_list("id", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        cases = lock_many(ids[start : start + AT_ONCE])
        journal = ManyJournals(cases, actor=None, now=now)
        for case in cases:
            journal.add(case, "promise_set")
        journal.write()
    return len(ids)
