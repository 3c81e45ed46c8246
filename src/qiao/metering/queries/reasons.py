"""The reasons for not reading a meter that hold on a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from qiao.core.wording import from_names
from qiao.metering.models import UnreadReason


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason with its words by language; `needs_photo`: it stands only with one."""

    key: str
    names: Mapping[str, str]
    needs_photo: bool
    is_active: bool

    @property
    def name(self) -> str:
        """Its words in the reader's language."""
        return from_names(self.names, self.key)


def reasons_on(day: date) -> dict[str, Reason]:
    """The newest begun version of every reason by its key, those out of use too."""
    rows = UnreadReason.objects.filter(valid_from__lte=day).order_by("valid_from", "pk")
    found = {row.key: Reason(row.key, row.names, row.needs_photo, row.is_active) for row in rows}
    return dict(sorted(found.items(), key=lambda each: _order(each[0])))


def _order(key: str) -> tuple[int, str]:
    """The shipped ones as they are met most often, then the company's own."""
    usual = ("locked", "nobody", "dog", "flooded", "buried", "broken", "missing", "refused")
    return (usual.index(key) if key in usual else len(usual), key)
