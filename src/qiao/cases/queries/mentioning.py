"""Whom a note may name: colleagues by name, pinyin, team or number, and who of them may read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

from django.db import connection
from django.utils.translation import get_language

from qiao.cases.models import Case
from qiao.cases.rules.mentions import mentions
from qiao.core.actor import Actor
from qiao.core.rules.names import spell, typed_pinyin
from qiao.core.rules.texts import language_key
from qiao.staff.queries import holders_of

SHORTEST_PINYIN: Final = 2
_PEOPLE: Final = """
SELECT s.id, s.number, s.name, s.title,
       coalesce(t.names ->> %(language)s, t.name, u.names ->> %(language)s, u.name),
       coalesce(m.team_id = %(team)s, false)
  FROM staff_staff s
  JOIN staff_organisation u ON u.id = s.organisation_id
  LEFT JOIN LATERAL (SELECT k.team_id FROM staff_membership k WHERE k.staff_id = s.id
                      ORDER BY k.team_id <> %(team)s, k.id LIMIT 1) m ON true
  LEFT JOIN staff_organisation t ON t.id = m.team_id
 WHERE s.is_active AND s.id <> %(me)s AND s.organisation_id = ANY(%(units)s)
 ORDER BY s.number
"""


@dataclass(frozen=True, slots=True)
class Mentionable:
    """A colleague; `may_read` tells whether their rights let them read the case."""

    staff_id: int
    number: str
    name: str
    title: str
    unit: str
    of_team: bool
    may_read: bool


def people_to_mention(
    *, actor: Actor, case: Case, text: str, day: date, limit: int
) -> list[Mentionable]:
    """Active colleagues that fit what was typed, those of the case's team first."""
    values: dict[str, Any] = {
        "language": language_key(get_language() or "en"),
        "team": case.team_id,
        "me": actor.staff_id or 0,
        "units": list(actor.organisations("staff.view")),
    }
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, values)
        rows = cursor.fetchall()
    folded = text.casefold()
    ranked = sorted(
        (rank, not row[5], place)
        for place, row in enumerate(rows)
        if (rank := _rank(folded, row)) is not None
    )
    readers = {
        holder.staff_id
        for holder in holders_of(
            permission="cases.view", organisation_ids=[case.organisation_id], day=day
        )
    }
    chosen = [rows[place] for _rank_, _of, place in ranked[:limit]]
    return [
        Mentionable(pk, number, name, title, unit, of_team, pk in readers)
        for pk, number, name, title, unit, of_team in chosen
    ]


def _rank(folded: str, row: Sequence[str]) -> int | None:
    """0 for the beginning of a name or number, 1 for its sound, 2 for a part, 3 for the team."""
    number, name, unit = row[1], row[2].casefold(), row[4].casefold()
    if name.startswith(folded) or number.startswith(folded):
        return 0
    typed = typed_pinyin(folded) if folded.isascii() else ""
    if len(typed) >= SHORTEST_PINYIN and any(s.startswith(typed) for s in _spelled(row[2])):
        return 1
    if folded in name:
        return 2
    team = (unit, *_spelled(row[4], is_person=False))
    return 3 if any(part.startswith(folded) for part in team) or folded in unit else None


@lru_cache(maxsize=20_000)
def _spelled(name: str, *, is_person: bool = True) -> tuple[str, ...]:
    return tuple(part for part in spell(name, is_person=is_person) if part)


def mentioned_in(text: str) -> list[tuple[int, str]]:
    """Ids and names of active people whom a text names, in their order."""
    named = mentions(text)
    if not named:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.number, s.name, s.id FROM staff_staff s"
            " WHERE s.is_active AND s.number = ANY(%s)",
            [[number for _name, number in named]],
        )
        known = {(name, number): pk for number, name, pk in cursor.fetchall()}
    return [(known[name, number], name) for name, number in named if (name, number) in known]
