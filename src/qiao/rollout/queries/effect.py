"""Before and after: figures of units with a feature, and of those beside without it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from qiao.cases.queries.report_places import read_places
from qiao.cases.queries.reports import NOT_COUNTED, Row, Value
from qiao.core import features
from qiao.core.actor import Actor
from qiao.core.manifest import CaseFigure
from qiao.core.rules.features import Decision, standing
from qiao.core.rules.spans import Span
from qiao.rollout.queries.standing import chain_of
from qiao.rollout.rules.effect import Periods
from qiao.staff.queries import Unit
from qiao.staff.queries.places import subtrees

WITH, BESIDE = "with", "beside"


@dataclass(frozen=True, slots=True)
class EffectRow:
    """What was counted before and after: of one unit, or of all of a group (`unit` is None)."""

    unit: Unit | None
    group: str
    before: Row
    after: Row

    def values(self, key: str) -> tuple[Value, Value]:
        """The values of a figure before and after."""
        return self.before.get(key, NOT_COUNTED), self.after.get(key, NOT_COUNTED)


def units_with(
    *, key: str, units: Sequence[Unit], periods: Periods
) -> tuple[list[Unit], list[Unit]]:
    """The highest units that got a feature between two periods, without it on every day before
    and with it on every day after; and those that had it on no day of either."""
    declared = features.feature(key)
    known = features.decisions([key]).get(key, [])

    def on_days(unit: Unit, days: Span) -> int:
        return _days_on(known, chain_of(unit), days, default=declared.default)

    stood = {
        unit.unit_id: (on_days(unit, periods.before), on_days(unit, periods.after))
        for unit in units
    }
    got = {pk for pk, days in stood.items() if days == (0, periods.after.days)}
    having = [unit for unit in units if unit.unit_id in got and not got & set(chain_of(unit)[1:])]
    return having, [unit for unit in units if stood[unit.unit_id] == (0, 0)]


def beside(having: Sequence[Unit], without: Sequence[Unit]) -> list[Unit]:
    """Of the units without it, those of the same kinds that are not within or above one that has
    it."""
    kinds = {unit.kind for unit in having}
    return [
        unit
        for unit in without
        if unit.kind in kinds and not any(unit.holds(each) or each.holds(unit) for each in having)
    ]


def _days_on(known: Sequence[Decision], chain: Sequence[int], days: Span, *, default: bool) -> int:
    return sum(
        standing(known, chain=chain, day=part.since, default=default).is_on
        for part in days.parts("day")
    )


def days_switched_on(*, key: str, units: Sequence[Unit], day: date) -> list[date]:
    """The days before `day` on which one of these units was switched on, the latest first."""
    ids = {unit.unit_id for unit in units}
    known = features.decisions([key]).get(key, [])
    own = (each for each in known if each.unit_id in ids and each.state)
    return sorted({each.since for each in own if each.since < day}, reverse=True)


def read_effect(
    *,
    actor: Actor,
    now: datetime,
    periods: Periods,
    figures: Sequence[CaseFigure],
    having: Sequence[Unit],
    without: Sequence[Unit],
) -> list[EffectRow]:
    """Rows by unit and for both groups together, before and after; the units that have it first.

    Units of one group do not lie in each other.
    """
    found: list[EffectRow] = []
    for group, units in ((WITH, having), (BESIDE, without)):
        if not units:
            continue
        below = subtrees(unit.unit_id for unit in units)
        places = {str(unit.unit_id): below[unit.unit_id] for unit in units}
        before, after = (
            read_places(actor=actor, now=now, span=span, figures=figures, places=places)
            for span in (periods.before, periods.after)
        )
        found += [
            EffectRow(
                unit,
                group,
                before.rows.get(str(unit.unit_id), {}),
                after.rows.get(str(unit.unit_id), {}),
            )
            for unit in units
        ]
        found.append(EffectRow(None, group, before.total, after.total))
    return found
