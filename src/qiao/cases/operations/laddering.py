"""Changing a ladder: from a day on, for a unit and a type or for all, without programming.

A change holds for cases opened from its day on; those that are open go on climbing theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from qiao.cases.ladders import ladder_at, setting_key
from qiao.cases.queries.ladders import types_on
from qiao.cases.rules.ladder import AFTER, TELL, Rung
from qiao.core import settings
from qiao.core.actor import Actor, Forbidden
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.ladders import LadderSpec
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.staff.queries import chain_of, company_id, ids_by_number, organisation
from qiao.staff.queries.duty import active_among

CHANGE: Final = "core.configure"
SOURCE_LENGTH: Final = 300
MOST_RUNGS: Final = 12
MOST: Final = {"percent": 99, "due": 2_000, "waiting": 20_160}
PERSON: Final = "staff:"


class UnknownLadder(LookupError):  # noqa: N818 - names the finding
    """No enabled pack declares this ladder, or the type does not climb it."""


class LadderUnchanged(ValueError):  # noqa: N818 - a refusal
    """The same rungs hold there on that day already."""


class LadderBeforeToday(ValueError):  # noqa: N818 - a refusal
    """Who was told on days that are over is not rewritten."""


class NoRungs(ValueError):  # noqa: N818 - a refusal
    """Without rungs everything would be late in silence; too many deafen."""


class BadRung(ValueError):  # noqa: N818 - a refusal
    """A rung that cannot be; `place` counts from 0, `field` says which part of it."""

    def __init__(self, place: int, field: str) -> None:
        super().__init__(f"rung {place}: {field}")
        self.place = place
        self.field = field


@dataclass(frozen=True, slots=True)
class LadderChange:
    """Wanted rungs with their first day and reason, for a type (empty: all types of the ladder)
    and a unit (None: the company)."""

    key: str
    rungs: tuple[Rung, ...]
    valid_from: date
    source: str
    type_key: str = ""
    organisation_id: int | None = None


def ladder_spec(key: str) -> LadderSpec:
    """The declaration of a ladder. Raises `UnknownLadder`."""
    try:
        return catalogue().ladders[key]
    except KeyError:
        raise UnknownLadder(key) from None


def checked_ladder(change: LadderChange, *, now: datetime) -> LadderChange:
    """The change with clean words and rungs that can be.

    Raises `UnknownLadder`, `LadderBeforeToday`, `NoRungs`, `BadRung`, `LadderUnchanged`,
    `BadText`.
    """
    spec = ladder_spec(change.key)
    if change.type_key and change.type_key not in types_on(change.key):
        raise UnknownLadder(change.type_key)
    unit = organisation(change.organisation_id or company_id())
    if change.valid_from < now.astimezone(ZoneInfo(unit.timezone)).date():
        raise LadderBeforeToday(change.valid_from.isoformat())
    if not 0 < len(change.rungs) <= MOST_RUNGS:
        raise NoRungs(change.key)
    _check(change.rungs)
    source = clean(
        change.source, field="source", max_length=SOURCE_LENGTH, one_line=True, required=True
    )
    units = chain_of(change.organisation_id) if change.organisation_id else ()
    if ladder_at(spec, change.type_key, units, change.valid_from).rungs == change.rungs:
        raise LadderUnchanged(change.key)
    return replace(change, source=source)


def _check(rungs: Sequence[Rung]) -> None:
    seen: set[str] = set()
    for place, rung in enumerate(rungs):
        if rung.after not in AFTER:
            raise BadRung(place, "after")
        least = 0 if rung.after == "due" else 1
        if not least <= rung.figure <= MOST[rung.after]:
            raise BadRung(place, "figure")
        if rung.key in seen or not _can_be_told(rung.tell):
            raise BadRung(place, "tell")
        seen.add(rung.key)


def _can_be_told(tell: str) -> bool:
    if not tell.startswith(PERSON):
        return tell in TELL
    ids = ids_by_number([tell.removeprefix(PERSON)]).values()
    return bool(active_among(list(ids)))


def change_ladder(*, change: LadderChange, actor: Actor, now: datetime) -> None:
    """Let other rungs hold from a day on, in whole.

    Raises `Forbidden`, and as `checked_ladder`.
    """
    required()
    wanted = checked_ladder(change, now=now)
    if not actor.can_in(CHANGE, wanted.organisation_id or company_id()):
        raise Forbidden(CHANGE)
    settings.put(
        setting_key(wanted.key, wanted.type_key),
        [rung.data() for rung in wanted.rungs],
        valid_from=wanted.valid_from,
        source=wanted.source,
        actor=actor,
        now=now,
        organisation_id=wanted.organisation_id,
    )
