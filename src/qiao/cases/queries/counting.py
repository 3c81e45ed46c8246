"""Kept counts: how many cases stand in each view, without looking at a case."""

from collections import Counter
from collections.abc import Iterator, Sequence

from qiao.cases.queries.filters import ASIDE, RETURNED, WORK
from qiao.core.actor import Actor
from qiao.core.once import already, once
from qiao.core.prepared import fetch_all

Source = tuple[str, str, str]
"""Tab of the list, kept view, holder."""

_COUNTS = """
SELECT v.tab, coalesce(sum(k.n), 0)
  FROM unnest(%(tabs)s::text[], %(views)s::text[], %(holders)s::text[]) AS v (tab, view, holder)
 CROSS JOIN LATERAL (
       SELECT n FROM cases_casecount
        WHERE organisation_id = ANY(%(organisations)s::bigint[]) AND view = v.view
          AND day = date '0001-01-01' AND holder = v.holder
       UNION ALL
       SELECT n FROM cases_casecountchange
        WHERE organisation_id = ANY(%(organisations)s::bigint[]) AND view = v.view
          AND day = date '0001-01-01' AND holder = v.holder) AS k
 GROUP BY v.tab
"""
# What is set aside is missing from the reader's own lists.
_ASIDE = f"""
SELECT v.tab, v.n FROM (
    SELECT count(*) AS n, count(*) FILTER (WHERE c.assignee_id = %(me)s) AS mine,
           count(*) FILTER (WHERE c.team_id = ANY(%(my_teams)s::bigint[])) AS team,
           count(*) FILTER (WHERE c.responsible_id = %(me)s) AS responsible
      FROM cases_case c
     WHERE c.id = ANY(ARRAY({ASIDE})) AND {WORK}
       AND (c.organisation_id + 0) = ANY(%(organisations)s::bigint[])) AS a
 CROSS JOIN LATERAL (VALUES ('snoozed', a.n), ('mine', -a.mine), ('team', -a.team),
                            ('responsible', -a.responsible)) AS v (tab, n)
 UNION ALL
SELECT 'returned', count(*) FROM cases_case c
 WHERE c.id = ANY(ARRAY({RETURNED})) AND {WORK}
   AND (c.organisation_id + 0) = ANY(%(organisations)s::bigint[])
"""  # noqa: S608 - own pieces


def kept_counts(*, actor: Actor) -> dict[str, int]:
    """Open cases by view of the list, in one statement; no case is read.

    A change is counted as soon as it is committed. The archive's views have no count: nobody acts
    on it, and it grows without end.
    """
    return once(_key(actor), lambda: _read(actor, list(_sources(actor))))


def my_open_count(actor: Actor) -> int:
    """How many open cases the person works on, for the rail of every page."""
    counts = already(_key(actor)) or _read(actor, [("mine", "assignee", str(actor.staff_id or 0))])
    return int(counts["mine"])


def _key(actor: Actor) -> tuple[str, int | None]:
    return "cases.kept_counts", actor.staff_id


def _read(actor: Actor, sources: Sequence[Source]) -> dict[str, int]:
    rows = fetch_all(
        f"{_COUNTS} UNION ALL {_ASIDE}",
        {
            "me": actor.staff_id or 0,
            "my_teams": list(actor.team_ids),
            "tabs": [tab for tab, _, _ in sources],
            "views": [view for _, view, _ in sources],
            "holders": [holder for _, _, holder in sources],
            "organisations": list(actor.organisations("cases.view")),
        },
    )
    found = Counter[str]()
    for tab, n in rows:
        found[tab] += int(n)
    return {tab: found[tab] for tab, _, _ in sources}


def _sources(actor: Actor) -> Iterator[Source]:
    me = str(actor.staff_id or 0)
    yield "mine", "assignee", me
    if not actor.team_ids:
        yield "team", "team", "0"
    for team in actor.team_ids:
        yield "team", "team", str(team)
    yield "responsible", "responsible", me
    yield "unassigned", "unassigned", ""
    yield "late", "level", "late"
    yield "due_soon", "level", "warn"
    yield "due_soon", "level", "bad"
    yield "urgent", "urgent", ""
    yield "follow_up", "phase", "confirm"
    yield "paused", "paused", ""
    yield "snoozed", "snoozed", ""
    yield "returned", "returned", ""
    yield "open", "open", ""
