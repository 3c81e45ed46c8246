"""A pack's keys made unique among packs: ``leak`` of ``water`` becomes ``water.leak``."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from qiao.core.packs.causes import CauseSpec
from qiao.core.packs.house import with_house_promise
from qiao.core.packs.model import (
    CalendarSpec,
    CaseType,
    Named,
    Outcome,
    Pack,
    ProcessSource,
    Script,
)
from qiao.core.packs.queues import QueueSpec
from qiao.core.packs.reading import Table

Item = TypeVar("Item", CalendarSpec, Named, Outcome, Script)


def qualify(pack: str, key: str) -> str:
    """``leak`` of the pack ``water`` as ``water.leak``; an empty key stays empty."""
    return f"{pack}.{key}" if key else ""


def qualified(pack: Pack) -> Pack:
    """The pack with all keys and references that are its own written in full.

    Channels, roles, duties, services and tiers keep their bare keys, since packs share them. The
    data of processes becomes independent of the pack: limits in working days turn into seconds.
    """
    return replace(
        pack,
        case_types=tuple(_case_type(pack, item) for item in pack.case_types),
        processes=tuple(_process(pack, item) for item in pack.processes),
        calendars=_keyed(pack, pack.calendars),
        outcomes=_keyed(pack, pack.outcomes),
        skills=_keyed(pack, pack.skills),
        scripts=_keyed(pack, pack.scripts),
        causes=tuple(_cause(pack, item) for item in pack.causes),
        queues=tuple(_queue(pack, item) for item in pack.queues),
        ladders=tuple(
            replace(item, key=qualify(pack.key, item.key), hours=qualify(pack.key, item.hours))
            for item in pack.ladders
        ),
        demo=replace(
            pack.demo,
            types=_keys(pack, pack.demo.types),
            seasons=_keys(pack, pack.demo.seasons),
            phrases=_keys(pack, pack.demo.phrases),
            lines=tuple(
                replace(
                    line,
                    queue=qualify(pack.key, line.queue),
                    menu=qualify(pack.key, line.menu) if line.menu else "",
                )
                for line in pack.demo.lines
            ),
            scenes=tuple(
                replace(scene, queue=qualify(pack.key, scene.queue)) for scene in pack.demo.scenes
            ),
        ),
    )


def _keyed(pack: Pack, items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(replace(item, key=qualify(pack.key, item.key)) for item in items)


def _keys(pack: Pack, table: Mapping[str, Any]) -> dict[str, Any]:
    return {qualify(pack.key, key): value for key, value in table.items()}


def _case_type(pack: Pack, item: CaseType) -> CaseType:
    item = with_house_promise(pack, item)
    return replace(
        item,
        key=qualify(pack.key, item.key),
        process=qualify(pack.key, item.process),
        skill=qualify(pack.key, item.skill),
        scripts=tuple(qualify(pack.key, key) for key in item.scripts),
        promises=tuple(
            replace(promise, calendar=qualify(pack.key, promise.calendar))
            for promise in item.promises
        ),
    )


def _cause(pack: Pack, item: CauseSpec) -> CauseSpec:
    parent = qualify(pack.key, item.parent)
    return replace(item, key=qualify(pack.key, item.key), parent=parent)


def _queue(pack: Pack, item: QueueSpec) -> QueueSpec:
    return replace(
        item,
        key=qualify(pack.key, item.key),
        skill=qualify(pack.key, item.skill),
        reason=qualify(pack.key, item.reason),
        overflow=tuple(
            replace(
                each,
                queue=qualify(pack.key, each.queue),
                outside=qualify(pack.key, each.outside),
            )
            for each in item.overflow
        ),
    )


def _process(pack: Pack, source: ProcessSource) -> ProcessSource:
    data = dict(source.data)
    data["step"] = [_step(pack, source, step) for step in data.get("step", [])]
    return replace(source, key=qualify(pack.key, source.key), data=data)


def _step(pack: Pack, source: ProcessSource, step: Mapping[str, Any]) -> dict[str, Any]:
    if "time_limit" not in step:
        return dict(step)
    calendar = pack.calendar(step["calendar"])
    table = Table(step, file=source.file, place=source.place, problems=[])
    seconds = table.seconds("time_limit", day_seconds=calendar.day_seconds)
    own = qualify(pack.key, step["calendar"])
    return {**step, "calendar": own, "time_limit": f"{seconds}s"}
