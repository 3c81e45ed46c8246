"""Packs side by side: what belongs to one industry is qualified, what all share must agree."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, TypeVar

from qiao.core.packs.model import (
    CalendarSpec,
    CaseType,
    Channel,
    Named,
    Outcome,
    Pack,
    PromiseSpec,
    QueueSpec,
    Script,
    Tier,
)
from qiao.core.packs.reading import PackInvalid, PackProblem

Item = TypeVar("Item", CalendarSpec, Channel, Named, Outcome, Script)
Shared = TypeVar("Shared")
_FILE: Final = {
    "channel": "pack.toml",
    "role": "pack.toml",
    "duty": "pack.toml",
    "service": "pack.toml",
    "tier": "tiers.toml",
}


@dataclass(frozen=True)
class Catalogue:
    """Everything that the enabled packs bring.

    `case_types`, `calendars`, `queues`, `skills`, `outcomes` and `scripts` are keyed
    ``water.leak``, and refer to each other by such keys. Channels, roles, duties, services and
    tiers are shared by all packs under their bare keys (tiers under their letters).
    """

    packs: Mapping[str, Pack]
    case_types: Mapping[str, CaseType]
    calendars: Mapping[str, CalendarSpec]
    queues: Mapping[str, QueueSpec]
    skills: Mapping[str, Named]
    outcomes: Mapping[str, Outcome]
    scripts: Mapping[str, Script]
    channels: Mapping[str, Channel]
    roles: Mapping[str, Named]
    duties: Mapping[str, Named]
    services: Mapping[str, Named]
    tiers: Mapping[str, Tier]


def qualify(pack: str, key: str) -> str:
    """``leak`` of the pack ``water`` as ``water.leak``; an empty key stays empty."""
    return f"{pack}.{key}" if key else ""


def merge(packs: Iterable[Pack]) -> Catalogue:
    """Put packs side by side.

    Raises:
        PackInvalid: two packs have one key, or give one shared channel, role, duty, service or
            tier two meanings.
    """
    listed = list(packs)
    problems: list[PackProblem] = []
    by_key: dict[str, Pack] = {}
    for pack in listed:
        if pack.key in by_key:
            text = f"two packs have the key {pack.key}"
            problems.append(PackProblem(f"{pack.key}/pack.toml", "pack.key", text))
        by_key[pack.key] = pack
    catalogue = Catalogue(
        packs=MappingProxyType(by_key),
        case_types={item.key: item for pack in listed for item in _case_types(pack)},
        calendars={item.key: item for pack in listed for item in _plain(pack, pack.calendars)},
        queues={item.key: item for pack in listed for item in _queues(pack)},
        skills={item.key: item for pack in listed for item in _plain(pack, pack.skills)},
        outcomes={item.key: item for pack in listed for item in _plain(pack, pack.outcomes)},
        scripts={item.key: item for pack in listed for item in _plain(pack, pack.scripts)},
        channels=_shared(listed, "channel", lambda pack: _by_key(pack.channels), problems),
        roles=_shared(listed, "role", lambda pack: _by_key(pack.roles), problems),
        duties=_shared(listed, "duty", lambda pack: _by_key(pack.duties), problems),
        services=_shared(listed, "service", lambda pack: _by_key(pack.services), problems),
        tiers=_shared(listed, "tier", lambda pack: {i.letter: i for i in pack.tiers}, problems),
    )
    if problems:
        raise PackInvalid(problems)
    return catalogue


def _plain(pack: Pack, items: Iterable[Item]) -> list[Item]:
    return [replace(item, key=qualify(pack.key, item.key)) for item in items]


def _case_types(pack: Pack) -> list[CaseType]:
    return [
        replace(
            item,
            key=qualify(pack.key, item.key),
            process=qualify(pack.key, item.process),
            skill=qualify(pack.key, item.skill),
            scripts=tuple(qualify(pack.key, key) for key in item.scripts),
            promises=tuple(_promise(pack, promise) for promise in item.promises),
        )
        for item in pack.case_types
    ]


def _promise(pack: Pack, promise: PromiseSpec) -> PromiseSpec:
    return replace(promise, calendar=qualify(pack.key, promise.calendar))


def _queues(pack: Pack) -> list[QueueSpec]:
    return [
        replace(item, key=qualify(pack.key, item.key), skill=qualify(pack.key, item.skill))
        for item in pack.queues
    ]


def _by_key(items: Iterable[Item]) -> dict[str, Item]:
    return {item.key: item for item in items}


def _shared(
    packs: Iterable[Pack],
    section: str,
    items: Callable[[Pack], Mapping[str, Shared]],
    problems: list[PackProblem],
) -> dict[str, Shared]:
    found: dict[str, Shared] = {}
    owner: dict[str, str] = {}
    for pack in packs:
        for key, item in items(pack).items():
            if found.setdefault(key, item) != item:
                text = f"expected the same {section} as in pack {owner[key]}, found another"
                problems.append(
                    PackProblem(f"{pack.key}/{_FILE[section]}", f"{section}[{key}]", text)
                )
            owner.setdefault(key, pack.key)
    return found
