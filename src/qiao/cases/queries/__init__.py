"""Reads. Everything that takes an actor keeps to what that actor may see."""

from qiao.cases.queries.alike import (
    ParentLine,
    ParentPage,
    ReportLine,
    fitting_parents,
    get_proposal_for,
    open_proposals,
    parent_line,
    parent_page,
    parents,
    proposed_reports,
    reports_of,
)
from qiao.cases.queries.choices import Unit, opening_unit, packs_at, people, units
from qiao.cases.queries.counting import kept_counts, my_open_count
from qiao.cases.queries.digests import digest_for, digests, open_orders
from qiao.cases.queries.disputes import disputes_of
from qiao.cases.queries.duties import (
    Exit,
    case_of_event,
    duty_exits,
    fields_of,
    following,
    straight_to_work,
    waits_at,
)
from qiao.cases.queries.filters import ARCHIVE_VIEWS, OPEN_VIEWS, VIEWS, Filters
from qiao.cases.queries.forward import Forward, forward_action
from qiao.cases.queries.green import green_share, rules_in_force
from qiao.cases.queries.hotline import findings_for
from qiao.cases.queries.joining import (
    JoinCandidate,
    MergedCase,
    MergedCases,
    entries_since,
    get_survivor_for,
    is_held,
    join_candidates,
    last_answer,
    merged_cases,
    survivor_of,
)
from qiao.cases.queries.listing import (
    CasePageOfRows,
    CaseRow,
    case_beside,
    count_listed,
    list_cases,
)
from qiao.cases.queries.mentioning import Mentionable, people_to_mention
from qiao.cases.queries.merged_history import with_merged
from qiao.cases.queries.movable import movable_entries
from qiao.cases.queries.page import (
    CasePage,
    Entry,
    History,
    case_history,
    case_page,
    draft_of,
    linked_at,
    newest_seq,
    viewers_of,
)
from qiao.cases.queries.reading import NotVisible, can_see, get_case_for
from qiao.cases.queries.related import (
    CaseLine,
    find_cases,
    lines_by_id,
    open_cases_of_account,
    open_cases_of_customer,
    possible_doubles,
    repeat_count,
)
from qiao.cases.queries.risk import alarms, open_alarm_count, rule_quality
from qiao.cases.queries.saved import saved_views
from qiao.cases.queries.sorting import Cursor, read_cursor

__all__ = [
    "ARCHIVE_VIEWS",
    "OPEN_VIEWS",
    "VIEWS",
    "CaseLine",
    "CasePage",
    "CasePageOfRows",
    "CaseRow",
    "Cursor",
    "Entry",
    "Exit",
    "Filters",
    "Forward",
    "History",
    "JoinCandidate",
    "Mentionable",
    "MergedCase",
    "MergedCases",
    "NotVisible",
    "ParentLine",
    "ParentPage",
    "ReportLine",
    "Unit",
    "alarms",
    "can_see",
    "case_beside",
    "case_history",
    "case_of_event",
    "case_page",
    "count_listed",
    "digest_for",
    "digests",
    "disputes_of",
    "draft_of",
    "duty_exits",
    "entries_since",
    "fields_of",
    "find_cases",
    "findings_for",
    "fitting_parents",
    "following",
    "forward_action",
    "get_case_for",
    "get_proposal_for",
    "get_survivor_for",
    "green_share",
    "is_held",
    "join_candidates",
    "kept_counts",
    "last_answer",
    "lines_by_id",
    "linked_at",
    "list_cases",
    "merged_cases",
    "movable_entries",
    "my_open_count",
    "newest_seq",
    "open_alarm_count",
    "open_cases_of_account",
    "open_cases_of_customer",
    "open_orders",
    "open_proposals",
    "opening_unit",
    "packs_at",
    "parent_line",
    "parent_page",
    "parents",
    "people",
    "people_to_mention",
    "possible_doubles",
    "proposed_reports",
    "read_cursor",
    "repeat_count",
    "reports_of",
    "rule_quality",
    "rules_in_force",
    "saved_views",
    "straight_to_work",
    "survivor_of",
    "units",
    "viewers_of",
    "waits_at",
    "with_merged",
]
