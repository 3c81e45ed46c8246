"""All that the page of one case shows, in three statements."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection

from qiao.cases.journal import recount
from qiao.cases.models import Case, CaseDraft, CaseEvent
from qiao.cases.queries.decoding import plain
from qiao.cases.queries.files import NEWEST_FILES
from qiao.cases.queries.list_statement import WATCHED_SECONDS
from qiao.cases.queries.reading import get_case_for
from qiao.cases.rules.clock_rows import state_from_data
from qiao.cases.rules.clock_state import ClockState
from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all

PAGE_ENTRIES: Final = 40
TYPING_SECONDS: Final = 30
STEP_KINDS: Final = ("step_entered", "step_left")
SIDES: Final = ("customer", "internal", "system")


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a case's history. `staff` is empty where the house itself acted."""

    seq: int
    kind: str
    at: datetime
    recorded_at: datetime
    visibility: str
    data: dict[str, Any]
    staff_id: int | None
    staff: str
    case_id: int | None = None  # of the merged case that it stands in, None for the case's own
    number: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """A part of the history, newest first; `before` goes on with the older part, None at the
    end."""

    entries: list[Entry]
    before: int | None


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a case in other tables, as plain data."""

    duties: list[dict[str, Any]]
    links: list[dict[str, Any]]
    attachments: list[dict[str, Any]]
    file_count: int
    drafts: dict[str, dict[str, Any]]
    viewers: list[dict[str, Any]]
    supervisors: list[dict[str, Any]]
    absent: dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case with everything its page shows. `steps` are all passages, oldest first."""

    case: Case
    history: History
    steps: list[Entry]
    clocks: ClockState
    beside: Beside


def case_page(*, actor: Actor, case_id: int, now: datetime) -> CasePage:
    """Read a case's page. Raises `NotVisible`."""
    case = get_case_for(actor=actor, case_id=case_id)
    entries = _entries(
        "(seq > %(newest)s OR kind IN ('step_entered', 'step_left'))",
        {"case_id": case_id, "newest": case.event_count - PAGE_ENTRIES},
    )
    newest = [e for e in entries if e.seq > case.event_count - PAGE_ENTRIES]
    steps = [e for e in reversed(entries) if e.kind in STEP_KINDS]
    before = newest[-1].seq if newest and newest[-1].seq > 1 else None
    state, beside = _beside(case, actor, now)
    return CasePage(case, History(newest, before), steps, state, beside)


def case_history(
    *, case_id: int, side: str = "", before: int | None = None, limit: int = PAGE_ENTRIES
) -> History:
    """A part of the history of a case that the caller may see: `side` is ``customer``,
    ``internal`` or ``system``, empty for all."""
    condition = "seq < %(before)s"
    if side:
        condition += " AND visibility = %(side)s"
    parameters = {"case_id": case_id, "before": before or 2**31 - 1, "side": side}
    found = _entries(condition, parameters, limit=limit + 1)
    more = len(found) > limit
    kept = found[:limit]
    return History(kept, kept[-1].seq if more else None)


def _entries(
    condition: str, parameters: dict[str, Any], *, limit: int | None = None
) -> list[Entry]:
    rows = fetch_all(
        "SELECT e.seq, e.kind, e.at, e.recorded_at, e.visibility, e.data, e.actor_id,"  # noqa: S608
        " coalesce(s.name, '') FROM cases_caseevent e"
        " LEFT JOIN staff_staff s ON s.id = e.actor_id"
        f" WHERE e.case_id = %(case_id)s AND {condition}"
        " ORDER BY e.seq DESC LIMIT %(limit)s",
        {**parameters, "limit": limit},
    )
    return [Entry(*(*row[:5], plain(row[5]), *row[6:])) for row in rows]


_BESIDE = """
SELECT
  (SELECT state FROM cases_clockrecord WHERE case_id = %(case_id)s),
  (SELECT coalesce(jsonb_agg(jsonb_build_object(
          'duty', duty, 'entered_at', entered_at, 'done_at', done_at, 'result', result,
          'seq', entered_seq) ORDER BY entered_seq DESC), '[]')
     FROM cases_caseduty WHERE case_id = %(case_id)s),
  (SELECT coalesce(jsonb_agg(jsonb_build_object(
          'id', o.id, 'number', o.number, 'title', o.title, 'kind', l.kind, 'phase', o.phase,
          'link', l.link, 'there', l.there,
          'closed', o.closed_at IS NOT NULL) ORDER BY l.linked_at DESC), '[]')
     FROM (SELECT other_id AS id, kind, linked_at, id AS link, true AS there
             FROM cases_caselink WHERE case_id = %(case_id)s
           UNION ALL
           SELECT case_id, kind, linked_at, id, false FROM cases_caselink
            WHERE other_id = %(case_id)s) l
     JOIN cases_case o ON o.id = l.id
      AND (o.organisation_id + 0) = ANY(%(organisations)s::bigint[])),
  (SELECT coalesce(jsonb_agg(jsonb_build_object(
          'id', a.id, 'label', a.label, 'file_name', a.file_name, 'type', a.content_type,
          'size', a.size_bytes, 'at', a.created_at, 'by', coalesce(s.name, ''))
          ORDER BY a.id DESC), '[]')
     FROM (SELECT * FROM core_attachment
            WHERE owner_kind = 'case' AND owner_id = %(case_id)s
            ORDER BY id DESC LIMIT %(files)s) a
     LEFT JOIN staff_staff s ON s.id = a.created_by_id),
  (SELECT coalesce((SELECT files FROM core_attachmenttally
                     WHERE owner_kind = 'case' AND owner_id = %(case_id)s), 0)),
  (SELECT coalesce(jsonb_object_agg(box, jsonb_build_object(
          'values', values, 'base_version', base_version, 'at', updated_at)), '{}')
     FROM cases_casedraft WHERE case_id = %(case_id)s AND staff_id = %(me)s),
  (SELECT coalesce(jsonb_agg(jsonb_build_object('name', s.name, 'number', s.number,
          'typing', EXISTS (SELECT 1 FROM cases_casedraft d WHERE d.case_id = v.case_id
                             AND d.staff_id = v.staff_id AND d.updated_at > %(typing_since)s))
          ORDER BY v.seen_at DESC), '[]')
     FROM cases_caseviewer v JOIN staff_staff s ON s.id = v.staff_id
    WHERE v.case_id = %(case_id)s AND v.staff_id <> %(me)s AND v.seen_at > %(seen_since)s),
  (SELECT coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name, 'title', s.title,
          'phone', s.phone) ORDER BY s.depth DESC, s.number), '[]')
     FROM (SELECT DISTINCT ON (st.id) st.*, length(o.path) AS depth
             FROM staff_assignment a
             JOIN staff_role r ON r.id = a.role_id AND r.key = 'supervisor'
             JOIN staff_organisation o ON o.id = a.organisation_id
             JOIN staff_staff st ON st.id = a.staff_id AND st.is_active
            WHERE a.valid @> %(today)s::date AND %(path)s LIKE o.path || '%%'
              AND NOT staff_barred(st.id, %(unit)s, %(today)s::date)
            ORDER BY st.id, depth DESC) s),
  (SELECT coalesce(jsonb_object_agg(a.staff_id, jsonb_build_object(
          'until', upper(a.days) - 1, 'deputy', d.name, 'number', d.number, 'phone', d.phone)),
          '{}')
     FROM staff_absence a
     JOIN staff_staff s ON s.id = a.staff_id
     JOIN staff_organisation o ON o.id = s.organisation_id
     LEFT JOIN staff_staff d ON d.id = staff_stands_in(a.staff_id, %(now)s)
    WHERE a.staff_id = ANY(%(people)s::bigint[]) AND a.ended_at IS NULL
      AND a.days @> (%(now)s AT TIME ZONE o.timezone)::date)
"""


def _beside(case: Case, actor: Actor, now: datetime) -> tuple[ClockState, Beside]:
    values = {
        "case_id": case.pk,
        "organisations": list(actor.organisations("cases.view")),
        "me": actor.staff_id or 0,
        "typing_since": now - timedelta(seconds=TYPING_SECONDS),
        "seen_since": now - timedelta(seconds=WATCHED_SECONDS),
        "today": now.astimezone(ZoneInfo(case.organisation.timezone)).date(),
        "path": case.organisation.path,
        "unit": case.organisation_id,
        "files": NEWEST_FILES,
        "now": now,
        "people": [case.responsible_id, case.assignee_id or 0],
    }
    ((state, *others),) = fetch_all(_BESIDE, values)
    kept = plain(state)
    clocks = state_from_data(kept) if kept else recount(case.pk)
    return clocks, Beside(*map(plain, others))


def viewers_of(*, actor: Actor, case_id: int, now: datetime) -> list[dict[str, Any]]:
    """Who else has the case open now, and whether they are typing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.name, s.number, EXISTS (SELECT 1 FROM cases_casedraft d"
            "  WHERE d.case_id = v.case_id AND d.staff_id = v.staff_id"
            "    AND d.updated_at > %(typing_since)s)"
            " FROM cases_caseviewer v JOIN staff_staff s ON s.id = v.staff_id"
            " WHERE v.case_id = %(case_id)s AND v.staff_id <> %(me)s"
            "   AND v.seen_at > %(seen_since)s ORDER BY v.seen_at DESC",
            {
                "case_id": case_id,
                "me": actor.staff_id or 0,
                "typing_since": now - timedelta(seconds=TYPING_SECONDS),
                "seen_since": now - timedelta(seconds=WATCHED_SECONDS),
            },
        )
        return [
            {"name": name, "number": number, "typing": typing}
            for name, number, typing in cursor.fetchall()
        ]


def draft_of(*, actor: Actor, case_id: int, box: str) -> dict[str, Any]:
    """What the person was typing in a box of the case's page; empty when nothing."""
    kept = CaseDraft.objects.filter(case=case_id, staff=actor.staff_id, box=box)
    found: dict[str, Any] | None = kept.values_list("values", flat=True).first()
    return found or {}


def linked_at(*, case_id: int, other_id: int, now: datetime) -> int | None:
    """The place of the entry by which a case was linked to another at `now`. No rights: ids
    only."""
    entries = CaseEvent.objects.filter(
        case=case_id, kind="linked", data__case=other_id, recorded_at=now
    )
    return entries.order_by("-seq").values_list("seq", flat=True).first()


def newest_seq(*, case_id: int) -> int:
    """The place of the newest entry of a case that the caller may see."""
    return Case.objects.values_list("event_count", flat=True).get(id=case_id)
