"""The one place in which a case's history grows: events are added, clocks folded, mirrors set.

`Journal` writes what happens to one case, `ManyJournals` what happens to many at once, `tell_many`
one entry of the same kind into thousands. All three fold by `clocks` and write by `rows`; nothing
else inserts into ``cases_caseevent``, ``cases_caseclock`` or ``cases_clockrecord``, except the
intake of logs, whose new cases go from a staging table into all of theirs.
"""

from qiao.cases.journal.alike import (
    Decide,
    Foreseen,
    Told,
    foresee,
    is_late_now,
    tell_many,
)
from qiao.cases.journal.apart import close_apart, closed_from, is_same_customer, reopen_apart
from qiao.cases.journal.clocks import (
    Kept,
    as_clock_event,
    as_rules,
    calendars_told,
    count_entries,
    floor_told,
    kept_clocks,
    known_calendars,
    recount,
)
from qiao.cases.journal.holding import held
from qiao.cases.journal.locking import (
    CaseClosedAlready,
    MergedAway,
    lock_case,
    lock_many,
    merged_ids,
)
from qiao.cases.journal.many import ManyJournals
from qiao.cases.journal.mirrors import dues_of_merged, mirror
from qiao.cases.journal.one import CUSTOMER, INTERNAL, SYSTEM, Journal
from qiao.cases.journal.rows import Folded, write_clocks, write_mirrors
from qiao.cases.journal.tellings import is_told, keep_late

__all__ = [
    "CUSTOMER",
    "INTERNAL",
    "SYSTEM",
    "CaseClosedAlready",
    "Decide",
    "Folded",
    "Foreseen",
    "Journal",
    "Kept",
    "ManyJournals",
    "MergedAway",
    "Told",
    "as_clock_event",
    "as_rules",
    "calendars_told",
    "close_apart",
    "closed_from",
    "count_entries",
    "dues_of_merged",
    "floor_told",
    "foresee",
    "held",
    "is_late_now",
    "is_same_customer",
    "is_told",
    "keep_late",
    "kept_clocks",
    "known_calendars",
    "lock_case",
    "lock_many",
    "merged_ids",
    "mirror",
    "recount",
    "reopen_apart",
    "tell_many",
    "write_clocks",
    "write_mirrors",
]
