"""Common causes and their reports, as pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from qiao.cases.models import AlikeNotice, AlikeParent, AlikeProposal, Case
from qiao.cases.queries.reading import NotVisible, get_case_for
from qiao.core.actor import Actor

ALIKE = "cases.alike"
MOST_LISTED = 300


@dataclass(frozen=True, slots=True)
class ParentLine:
    """A common cause in a line: where it stands and how many reports wait with it."""

    case_id: int
    number: str
    title: str
    kind: str
    area: str
    since: datetime
    cause: str
    expected_at: datetime | None
    state: str
    organisation_id: int
    reports: int
    open_reports: int


_PARENTS = """
SELECT c.id, c.number, c.title, a.kind, a.area, a.since, a.cause, a.expected_at, a.state,
       c.organisation_id, coalesce(r.n, 0), coalesce(r.open, 0)
  FROM cases_alikeparent a JOIN cases_case c ON c.id = a.case_id
  LEFT JOIN LATERAL (SELECT count(*) AS n, count(*) FILTER (WHERE k.closed_at IS NULL) AS open
                       FROM cases_case k WHERE k.parent_id = c.id) r ON true
 WHERE (c.organisation_id + 0) = ANY(%(organisations)s)
"""


def _lines(condition: str, values: dict[str, Any], actor: Actor) -> list[ParentLine]:
    organisations = list(actor.organisations("cases.view"))
    with connection.cursor() as cursor:
        cursor.execute(_PARENTS + condition, {"organisations": organisations, **values})
        return [ParentLine(*row) for row in cursor.fetchall()]


def parents(*, actor: Actor, limit: int = 50) -> Sequence[ParentLine]:
    """Common causes that the actor may see: open ones first, then the newest."""
    return _lines(
        " ORDER BY a.state = 'closed', a.since DESC LIMIT %(limit)s", {"limit": limit}, actor
    )


def fitting_parents(*, actor: Actor, kind: str, area: str) -> Sequence[ParentLine]:
    """Open common causes that a report of this kind from this area would belong to."""
    if not kind:
        return []
    return _lines(
        " AND a.state = 'open' AND a.kind = %(kind)s AND (a.area = %(area)s OR a.area = '')"
        " ORDER BY a.since DESC LIMIT 3",
        {"kind": kind, "area": area},
        actor,
    )


def parent_line(*, actor: Actor, case_id: int) -> ParentLine | None:
    """The common cause that a case carries, if the actor may see it."""
    return next(iter(_lines(" AND a.case_id = %(id)s", {"id": case_id}, actor)), None)


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report of a common cause. `why` is given for those that left."""

    case_id: int
    number: str
    place: str
    street: str
    customer_name: str
    caller_name: str
    phone: str
    opened_at: datetime
    closed_at: datetime | None
    level: str
    due_at: datetime | None
    told: str
    why: str
    left_at: datetime | None


_LINE = """
SELECT c.id, c.number, coalesce(p.full_text, c.place),
       coalesce(nullif(p.road, ''), nullif(p.community, ''), nullif(p.district, ''), c.area),
       coalesce(cu.name, ''), c.caller_name, c.caller_phone, c.opened_at, c.closed_at, c.level,
       c.due_at, {told}, r.why, r.left_at
"""
_PLACE = """
  JOIN cases_case c ON c.id = {case} AND (c.organisation_id + 0) = ANY(%(organisations)s)
  LEFT JOIN customers_customer cu ON cu.id = c.customer_id
  LEFT JOIN customers_premises p ON p.id = c.premises_id
 WHERE r.parent_id = %(parent)s
"""
_REPORTS = f"""{_LINE.format(told="r.told")}
  FROM cases_alikereport r {_PLACE.format(case="r.case_id")}
"""
# What a report stands for is told apart: whoever shares its message is called with it, once.
_UNREACHED = """
  FROM cases_alikereport r
  JOIN cases_aliketold t ON t.report_id = r.id AND t.told NOT IN ('queued', 'sent')
   AND t.notice_id = (SELECT max(x.notice_id) FROM cases_aliketold x WHERE x.report_id = r.id)
   AND (t.case_id = r.case_id OR t.message_id IS NULL
        OR NOT EXISTS (SELECT FROM cases_aliketold o
                        WHERE o.notice_id = t.notice_id AND o.case_id = r.case_id
                          AND o.message_id = t.message_id))
"""
_MISSED = f"""{_LINE.format(told="t.told")} {_UNREACHED} AND r.left_at IS NULL
 {_PLACE.format(case="t.case_id")}
"""


def reports_of(
    *, actor: Actor, parent_id: int, side: str = "", limit: int = MOST_LISTED
) -> Sequence[ReportLine]:
    """Reports by street and place: those that belong, ``missed`` (of the latest telling nothing
    could be sent, or it did not arrive; cases merged into a report stand there for themselves),
    ``tail`` (it is not over for them), or ``out`` (they never belonged)."""
    condition = {
        "": f"{_REPORTS} AND r.left_at IS NULL",
        "missed": _MISSED,
        "tail": f"{_REPORTS} AND r.why = 'not_back'",
        "out": f"{_REPORTS} AND r.why = 'wrong'",
    }[side]
    with connection.cursor() as cursor:
        cursor.execute(
            f"{condition} ORDER BY 4, 3, c.opened_at LIMIT %(limit)s",
            {
                "organisations": list(actor.organisations("cases.view")),
                "parent": parent_id,
                "limit": limit,
            },
        )
        return [ReportLine(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class ParentFigures:
    """How many reports belong, are open, were told, wait for their message, how many are to be
    called (as `reports_of` lists them), came back, were wrong."""

    reports: int
    open: int
    told: int
    waiting: int
    missed: int
    tail: int
    out: int


_FIGURES = f"""
SELECT count(*) FILTER (WHERE r.left_at IS NULL),
       count(*) FILTER (WHERE r.left_at IS NULL AND c.closed_at IS NULL),
       count(*) FILTER (WHERE r.left_at IS NULL AND r.told = 'sent'),
       count(*) FILTER (WHERE r.left_at IS NULL AND r.told = 'queued'),
       (SELECT count(*) FROM ({_MISSED}) AS missed),
       count(*) FILTER (WHERE r.why = 'not_back'), count(*) FILTER (WHERE r.why = 'wrong')
  FROM cases_alikereport r JOIN cases_case c ON c.id = r.case_id
 WHERE r.parent_id = %(parent)s AND (c.organisation_id + 0) = ANY(%(organisations)s)
"""  # noqa: S608 - this module's own pieces


@dataclass(frozen=True, slots=True)
class ParentPage:
    """A common cause with all that its page shows. `moments` are those of the reports."""

    case: Case
    parent: AlikeParent
    figures: ParentFigures
    moments: Sequence[datetime]
    notices: Sequence[AlikeNotice]


def parent_page(*, actor: Actor, case_id: int) -> ParentPage:
    """Read the page of a common cause. Raises `NotVisible`."""
    case = get_case_for(actor=actor, case_id=case_id)
    parent = AlikeParent.objects.filter(case=case).first()
    if parent is None:
        raise NotVisible(f"case {case_id}")
    values: dict[str, Any] = {
        "parent": case_id,
        "organisations": list(actor.organisations("cases.view")),
    }
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, values)
        figures = ParentFigures(*cursor.fetchone())
        cursor.execute(
            "SELECT c.opened_at FROM cases_alikereport r JOIN cases_case c ON c.id = r.case_id"
            " WHERE r.parent_id = %(parent)s AND r.why <> 'wrong'"
            " AND (c.organisation_id + 0) = ANY(%(organisations)s)",
            values,
        )
        moments = [at for (at,) in cursor.fetchall()]
    notices = list(parent.notices.select_related("by").order_by("-id"))
    return ParentPage(case, parent, figures, moments, notices)


def open_proposals(*, actor: Actor) -> Sequence[AlikeProposal]:
    """Bursts that nobody has decided on, in the units where the actor decides."""
    found = AlikeProposal.objects.filter(
        state="open", organisation_id__in=actor.organisations(ALIKE)
    )
    return list(found.select_related("organisation").order_by("chance", "id"))


def get_proposal_for(*, actor: Actor, proposal_id: int) -> AlikeProposal:
    """A proposal that the actor may decide. Raises `NotVisible`."""
    found = AlikeProposal.objects.filter(
        id=proposal_id, organisation_id__in=actor.organisations(ALIKE)
    )
    proposal = found.select_related("organisation").first()
    if proposal is None:
        raise NotVisible(f"proposal {proposal_id}")
    return proposal


def proposed_reports(*, actor: Actor, proposal: AlikeProposal) -> Sequence[Case]:
    """The cases of a proposal that are still open by themselves and that the actor may see."""
    cases = Case.objects.visible_to(actor).open()
    free = cases.filter(id__in=proposal.case_ids, parent__isnull=True, merged_into__isnull=True)
    related = ("case_type", "customer", "premises")
    return list(free.select_related(*related).order_by("opened_at", "id"))
