"""What is set aside, as one reader sees it."""
# ruff: noqa: S608 - the statement is put together from this file's own pieces

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from qiao.cases.queries.decoding import plain
from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all


@dataclass(frozen=True, slots=True)
class Aside:
    """That a case is set aside for the reader, or came back (`why`) and was not taken up yet."""

    until: datetime | None
    until_answer: bool
    reason: str
    why: str
    for_team: bool


SET_ASIDE: Final = """(
SELECT jsonb_build_array(z.until, z.until_answer, z.reason, z.returned_why, z.team_id IS NOT NULL)
  FROM cases_casesnooze z
 WHERE z.case_id = c.id AND z.ended_at IS NULL
   AND (z.staff_id = %(me)s OR z.team_id = ANY(%(my_teams)s::bigint[]))
 ORDER BY z.returned_at IS NULL LIMIT 1)"""


def aside_of(*, actor: Actor, case_id: int) -> Aside | None:
    """How a case is set aside for the actor, if it is."""
    rows = fetch_all(
        f"SELECT {SET_ASIDE} FROM (VALUES (%(id)s::bigint)) AS c (id)",
        {"id": case_id, "me": actor.staff_id or 0, "my_teams": list(actor.team_ids)},
    )
    return read_aside(rows[0][0])


def read_aside(value: Any) -> Aside | None:
    """The value of `SET_ASIDE`."""
    if (parts := plain(value)) is None:
        return None
    return Aside(datetime.fromisoformat(parts[0]) if parts[0] else None, *parts[1:])
