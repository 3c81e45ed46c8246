"""Which ladder a case climbs: its type's, as the company set it or as the pack declares it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection

from qiao.cases.models import Case
from qiao.cases.rules.ladder import Rung, Step, rung_from_data
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.ladders import LadderSpec
from qiao.staff.queries import chain_of

PREFIX: Final = "cases.ladder:"
_FIND: Final = """
SELECT key, value, lower(valid), source FROM core_setting
 WHERE key = ANY(%(keys)s) AND valid @> %(day)s::date AND region = ''
   AND (organisation_id = ANY(%(units)s) OR organisation_id IS NULL)
 ORDER BY array_position(%(keys)s, key),
          array_position(%(units)s::bigint[], organisation_id) NULLS LAST
 LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Ladder:
    """Rungs, and the calendar of hours in which people are at work.

    `since` and `source` say from when on and by whose decision the company set them; None and
    empty for the pack's own. `type_key` is the type that they are set for, empty for all.
    """

    key: str
    hours: str
    rungs: tuple[Rung, ...]
    since: date | None = None
    source: str = ""
    type_key: str = ""

    def rungs_for(self, priority: str) -> tuple[Rung, ...]:
        """The rungs that a case of this priority climbs."""
        return tuple(r for r in self.rungs if not r.priorities or priority in r.priorities)


def is_meant(step: Step) -> bool:
    """Whether a rung is meant for the promise that reached it."""
    wanted = step.rung.promises
    return not wanted or not step.promise or step.promise in wanted


class Ladders:
    """The ladders of many cases, each place looked up once."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str, int, date], Ladder | None] = {}

    def of(self, case: Case) -> Ladder | None:
        """The ladder of a case, None where its type climbs none.

        What was set for a unit and its type replaces the pack's rungs in whole, for cases opened
        from its day on.
        """
        kind = case.case_type
        place = (kind.key, kind.group, case.organisation_id, case.opened_date)
        if place not in self._kept:
            spec = declared(kind.key, kind.group)
            units = chain_of(case.organisation_id)
            self._kept[place] = (
                ladder_at(spec, kind.key, units, case.opened_date) if spec else None
            )
        return self._kept[place]


def ladder_at(spec: LadderSpec, type_key: str, units: Sequence[int], day: date) -> Ladder:
    """The ladder in force on a day: of the type before that of all types, and of each the one of
    the nearest unit. `units` runs from the unit itself up; empty for the company."""
    keys = [setting_key(spec.key, type_key), setting_key(spec.key)] if type_key else []
    keys = keys or [setting_key(spec.key)]
    with connection.cursor() as cursor:
        cursor.execute(_FIND, {"keys": keys, "units": list(units), "day": day})
        row = cursor.fetchone()
    if row is None:
        return Ladder(spec.key, spec.hours, rungs_of(spec))
    key, value, since, source = row
    rungs = tuple(rung_from_data(each) for each in json.loads(value))
    own = type_key if key == keys[0] and type_key else ""
    return Ladder(spec.key, spec.hours, rungs, since, source, own)


def setting_key(ladder: str, type_key: str = "") -> str:
    """The key of the dated setting that holds the rungs of a ladder, or of one type on it."""
    return f"{PREFIX}{ladder}" + (f":{type_key}" if type_key else "")


def declared(type_key: str, group: str) -> LadderSpec | None:
    """The ladder that the pack of a type declares for its group, or for all."""
    pack = type_key.partition(".")[0]
    own = [each for each in catalogue().ladders.values() if each.key.partition(".")[0] == pack]
    for each in own:
        if group in each.groups:
            return each
    return next((each for each in own if not each.groups), None)


def rungs_of(spec: LadderSpec) -> tuple[Rung, ...]:
    """The rungs that a pack declares."""
    return tuple(
        Rung(r.after, r.figure, r.tell, r.raises, r.promises, r.priorities) for r in spec.rungs
    )
