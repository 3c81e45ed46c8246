"""Lists of what this system wrote and of what feeds told, side by side: which of both is asked
for, and where a page goes on.

A source is empty for all of it, `OWN`, or the id of a feed. Of one day own rows come first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models.expressions import RawSQL

from qiao.billing.models import Feed
from qiao.core.actor import Actor
from qiao.core.rules.ids import read_id

OWN: Final = "own"
FED: Final = "fed"
MARK: Final = "f"
OF_SERVICES: Final = """EXISTS (SELECT FROM customers_account c
         WHERE c.id = x.account_id AND c.service = ANY(%(services)s::text[]))"""
LAST_ID: Final = 2**62
_OWN_AND_ABOVE: Final = """
SELECT unnest(string_to_array(rtrim(o.path, '.'), '.')::bigint[]) FROM staff_organisation o
 WHERE o.id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Place:
    """After which row a page goes on: its day, whether a feed told it, and its id."""

    day: date
    is_fed: bool
    row_id: int

    def values(self) -> dict[str, Any]:
        """The values of `after`."""
        return {
            "day": self.day,
            f"last_{OWN}": 0 if self.is_fed else self.row_id,
            f"last_{FED}": self.row_id if self.is_fed else LAST_ID,
        }

    def after(self, source: str, day: str, row_id: str) -> str:
        """The condition that rows of a source, with these columns, come after it, as SQL."""
        return f"({day}, {row_id}) < (%(day)s, %(last_{source})s)"


def cursor_of(day: date, row_id: int, *, is_fed: bool) -> str:
    """A place as text."""
    return f"{day.isoformat()}.{MARK if is_fed else ''}{row_id}"


def place_of(text: str) -> Place | None:
    """The place that a text says; None for none, or where it does not read well."""
    day, _dot, row = text.partition(".")
    found = read_id(row.removeprefix(MARK))
    try:
        return Place(date.fromisoformat(day), row.startswith(MARK), found) if found else None
    except ValueError:
        return None


def of_source(source: str, *, own: str, fed: str) -> Mapping[str, str]:
    """Which of two pieces a source asks for, by `OWN` and `FED`."""
    if source == OWN:
        return {OWN: own}
    return {FED: fed} if source else {OWN: own, FED: fed}


def feeds_seen(actor: Actor, permission: str) -> list[Feed]:
    """The feeds that tell of units in which the actor holds a right, by name."""
    units = list(actor.organisations(permission))
    own = Feed.objects.filter(
        organisation__in=RawSQL(_OWN_AND_ABOVE, [units])  # noqa: S611 - no input, values are bound
    )
    return list(own.order_by("name", "pk"))
