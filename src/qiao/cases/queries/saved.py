"""Views that people keep, as one reader finds them, with counts that are kept or bounded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import Http404

from qiao.cases.queries.filters import ARCHIVE_VIEWS, Filters, conditions, scope_of
from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.staff.queries import company_id, system_actor

HOLDERS: Final = {"mine": "assignee_id", "team": "team_id", "responsible": "responsible_id"}
COUNTED_TO: Final = 100
LIST: Final = "list"
REPORT: Final = "report"


@dataclass(frozen=True, slots=True)
class KeptView:
    """A kept view for a reader: `kind` is ``own``, ``team`` or ``official``; `reach` names the
    team or unit; `count` is what is kept of a shared one, None where it is not counted yet."""

    view_id: int
    name: str
    query: str
    kind: str
    reach: str
    team_id: int | None
    unit_id: int | None
    owner: str
    is_own: bool
    pinned: bool
    count: int | None


_VIEWS = """
SELECT v.id, v.name, v.query,
       CASE WHEN v.unit_id IS NOT NULL THEN 'official' WHEN v.team_id IS NOT NULL THEN 'team'
            ELSE 'own' END AS kind,
       coalesce(o.name, ''), v.team_id, v.unit_id, s.name, v.staff_id = %(me)s,
       coalesce(p.pinned, true),
       CASE WHEN v.counted_at IS NOT NULL THEN (
           SELECT coalesce(sum(n.n), 0) FROM cases_viewcount n
            WHERE n.view_id = v.id AND n.organisation_id = ANY(%(organisations)s::bigint[])
              AND n.holder = ANY(CASE WHEN v.query ~ '(^|&)view=team(&|$)'
                                      THEN %(my_teams)s::bigint[]
                                      ELSE ARRAY[0, %(me)s]::bigint[] END)) END
  FROM cases_savedview v
  JOIN staff_staff s ON s.id = v.staff_id
  LEFT JOIN staff_organisation o ON o.id = coalesce(v.team_id, v.unit_id)
  LEFT JOIN cases_viewplace p ON p.view_id = v.id AND p.staff_id = %(me)s
 WHERE v.dropped_at IS NULL AND v.page = %(page)s
   AND (v.staff_id = %(me)s OR v.team_id = ANY(%(my_teams)s::bigint[])
        OR v.unit_id = ANY(%(official)s::bigint[])
        OR v.unit_id IN (SELECT u.id FROM staff_organisation u
                           JOIN staff_organisation h ON starts_with(h.path, u.path)
                          WHERE h.id = ANY(%(homes)s::bigint[])))
 ORDER BY p.position NULLS LAST, (v.staff_id <> %(me)s), v.position, v.name, v.id
 LIMIT 300
"""


def saved_views(*, actor: Actor, page: str = LIST) -> Sequence[KeptView]:
    """Own views, those of one's teams, and official ones of the units above one's own or in
    which one may set them; in the reader's order, own ones first where no order was given.
    """
    rows = fetch_all(
        _VIEWS,
        {
            "page": page,
            "me": actor.staff_id or 0,
            "my_teams": list(actor.team_ids),
            "official": list(actor.organisations("cases.views")),
            "homes": [actor.organisation_id, *actor.team_ids],
            "organisations": list(actor.organisations("cases.view")),
        },
    )
    return [KeptView(*(*row[:10], _int(row[10]))) for row in rows]


def get_view_for(*, actor: Actor, view_id: int, page: str = LIST) -> KeptView:
    """One of them. Raises `Http404`."""
    for view in saved_views(actor=actor, page=page):
        if view.view_id == view_id:
            return view
    raise Http404(f"view {view_id}")


def _int(value: Any) -> int | None:
    return None if value is None else int(value)


def shared_count_statement(
    *, view: str, filters: Filters, now: datetime
) -> tuple[str, Mapping[str, Any]] | None:
    """Counts of a list for everybody at once: organisation, holder, n; None for the archive,
    which nobody counts, and for what only one person sees.

    Holders are those of the view's own list, so that each reader finds his part; what they set
    aside is left out as it is in their list.
    """
    if view in (*ARCHIVE_VIEWS, "snoozed", "returned"):
        return None
    house = system_actor(organisation_id=company_id())
    holder = HOLDERS.get(view)
    scope = scope_of("open" if holder else view, filters, house)
    parts, values = conditions("open" if holder else view, filters, house, now)
    where = [f"c.{scope.column} = ANY(%(scope)s::bigint[])", *parts]
    if holder:
        where.append(f"c.{holder} IS NOT NULL")
        where.append(
            "NOT EXISTS (SELECT 1 FROM cases_casesnooze z WHERE z.case_id = c.id"
            " AND z.ended_at IS NULL AND z.returned_at IS NULL"
            " AND (z.staff_id = c.assignee_id OR z.team_id = c.team_id))"
        )
    return (
        f"SELECT c.organisation_id, {f'c.{holder}' if holder else '0'}, count(*)"  # noqa: S608 - own pieces
        f" FROM cases_case c WHERE {' AND '.join(where)} GROUP BY 1, 2",
        {**values, "scope": list(scope.ids)},
    )
