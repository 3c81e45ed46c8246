"""What the house promises where nothing else does: no case is open without a clock.

Every case type has this promise beside its own. Its clock runs only while no other one does: of a
type that promises nothing, between steps without a limit, after the customer was answered. A pack
that declares a promise which starts on ``unclocked`` has it in place of this one, and the company
sets other figures for it from a day on, as for any promise.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from qiao.core.packs.model import ANY_PRIORITY, PRIORITIES, CaseType, Pack, PromiseSpec
from qiao.core.rules.texts import Text

UNCLOCKED: Final = "unclocked"
HOUSE: Final = "house"
NAME: Final = Text("Closed at the latest", "最迟办结", "最遲辦結")
SOURCE: Final = Text(
    "Default of the product, until the company states its own",
    "系统默认时限，企业自行规定后从其规定",
    "系統預設時限，企業自行規定後從其規定",
)
WORKING_DAYS: Final[Mapping[str, int]] = {
    "enquiry": 5,
    "request": 10,
    "fault": 5,
    "complaint": 10,
    "suggestion": 15,
    "follow_up": 5,
    "internal": 10,
}
"""Working days by the group of the case type."""
OTHERWISE: Final = 10
OFFICE: Final = "office"


def house_promise(group: str, calendar: str, day_seconds: int) -> PromiseSpec:
    """The promise for case types of a group, in a calendar whose days have so many seconds."""
    return PromiseSpec(
        key=HOUSE,
        name=NAME,
        starts_on=(UNCLOCKED,),
        stops_on=("closed",),
        targets={ANY_PRIORITY: WORKING_DAYS.get(group, OTHERWISE) * day_seconds},
        calendar=calendar,
        source=SOURCE,
    )


def with_house_promise(pack: Pack, item: CaseType) -> CaseType:
    """The case type with the house's promise, unless it has one of this kind itself."""
    if not pack.calendars or any(UNCLOCKED in each.starts_on for each in item.promises):
        return item
    calendar = pack.calendar(house_calendar([each.key for each in pack.calendars]))
    promise = house_promise(item.group, calendar.key, calendar.day_seconds)
    return replace(item, promises=(*item.promises, promise))


def house_calendar(keys: Collection[str]) -> str:
    """The calendar that it counts in: office hours where there are such, else the first.

    Raises `StopIteration` where there is none.
    """
    office = (key for key in keys if key.rpartition(".")[2] == OFFICE)
    return next(office, None) or next(iter(keys))


def holds_always(targets: Mapping[str, int]) -> bool:
    """Whether every case is owed something by these targets, whatever its priority."""
    return ANY_PRIORITY in targets or all(key in targets for key in PRIORITIES)
