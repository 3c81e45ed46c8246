"""Which registers interval data is of: those of totals, by the number of the meter and the day."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from qiao.core.prepared import fetch_all
from qiao.core.rules.numbers import normal_form
from qiao.metering.rules.intervals import SCALE, number_of

NEVER: Final = 1 << 40  # later than any day
_FIND: Final = """
SELECT m.meter_search, r.id, r.organisation_id, lower(m.period), upper(m.period), r.digits
  FROM customers_meterinstallation m
  JOIN metering_register r
    ON r.installation_id = m.id AND r.kind = 'total' AND r.removed_at IS NULL
 WHERE m.meter_search = ANY(%(meters)s::text[])
   AND r.organisation_id = ANY(%(organisations)s::bigint[])
 ORDER BY m.meter_search, lower(m.period) NULLS FIRST, r.id
"""


@dataclass(frozen=True, slots=True)
class Hung:
    """A register while its meter hung somewhere: days since 1970, the last one excluded, and the
    most that it shows, in ten-thousandths."""

    register_id: int
    organisation_id: int
    since: int
    until: int
    most: int

    def columns(self) -> tuple[int, int, int, int, int]:
        """All of it as numbers, in this order."""
        return self.register_id, self.organisation_id, self.since, self.until, self.most


@dataclass(slots=True)
class Meters:
    """The registers of meters of these units, asked for once each."""

    organisation_ids: Collection[int]
    _known: dict[str, tuple[Hung, ...]] = field(default_factory=dict)

    def find(self, numbers: Collection[str]) -> list[tuple[Hung, ...]]:
        """Where each meter hung, in order; nothing for one that is not known here."""
        forms = [normal_form(number) for number in numbers]
        self._ask({form for form in forms if form} - self._known.keys())
        return [self._known.get(form, ()) for form in forms]

    def unknown(self, numbers: Collection[str]) -> set[str]:
        """The normal forms of the numbers of meters that are not known here."""
        found = zip(numbers, self.find(numbers), strict=True)
        return {form for number, each in found if not each and (form := normal_form(number))}

    def forget(self, forms: Collection[str]) -> None:
        """Ask for these again when they are met."""
        for form in forms:
            self._known.pop(form, None)

    def _ask(self, forms: Collection[str]) -> None:
        if not forms:
            return
        values = {"meters": list(forms), "organisations": sorted(self.organisation_ids)}
        found: dict[str, list[Hung]] = {form: [] for form in forms}
        for form, register_id, unit, since, until, digits in fetch_all(_FIND, values):
            hung = Hung(register_id, unit, _day(since, 0), _day(until, NEVER), 10**digits * SCALE)
            found[form].append(hung)
        self._known |= {form: tuple(each) for form, each in found.items()}


def _day(day: date | None, without: int) -> int:
    return without if day is None else number_of(day)
