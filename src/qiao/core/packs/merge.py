"""Packs side by side: what belongs to one industry is qualified, what all share must agree."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeVar

from qiao.core.packs.causes import CauseSpec
from qiao.core.packs.ladders import LadderSpec
from qiao.core.packs.model import (
    CalendarSpec,
    CaseType,
    Channel,
    Named,
    Outcome,
    Pack,
    Script,
    Tier,
)
from qiao.core.packs.qualify import qualified
from qiao.core.packs.queues import QueueSpec
from qiao.core.packs.reading import PackInvalid, PackProblem
from qiao.core.packs.segments import SegmentSpec
from qiao.core.packs.tier_rules import TierRuleSpec

Item = TypeVar(
    "Item",
    CalendarSpec,
    CaseType,
    CauseSpec,
    Channel,
    LadderSpec,
    Named,
    Outcome,
    QueueSpec,
    Script,
)
Shared = TypeVar("Shared")
_FILE: Final = {
    "channel": "pack.toml",
    "role": "pack.toml",
    "duty": "pack.toml",
    "language": "pack.toml",
    "service": "pack.toml",
    "tier": "tiers.toml",
    "rule": "tier_rules.toml",
    "segment": "segments.toml",
}


@dataclass(frozen=True)
class Catalogue:
    """Everything that the enabled packs bring.

    `case_types`, `calendars`, `queues`, `skills`, `outcomes`, `scripts` and `causes` are keyed
    ``water.leak``, and refer to each other by such keys. Channels, roles, duties, languages (that
    customers speak with agents), services and tiers are shared by all packs under their bare keys
    (tiers under their letters). The rules that grade are those of the first pack that brings any,
    by their versions: a customer of several services has one tier, by one rule.
    """

    packs: Mapping[str, Pack]
    case_types: Mapping[str, CaseType]
    calendars: Mapping[str, CalendarSpec]
    queues: Mapping[str, QueueSpec]
    ladders: Mapping[str, LadderSpec]
    skills: Mapping[str, Named]
    outcomes: Mapping[str, Outcome]
    scripts: Mapping[str, Script]
    channels: Mapping[str, Channel]
    roles: Mapping[str, Named]
    duties: Mapping[str, Named]
    languages: Mapping[str, Named]
    services: Mapping[str, Named]
    tiers: Mapping[str, Tier]
    tier_rules: Mapping[str, TierRuleSpec]
    segments: Mapping[str, SegmentSpec]
    causes: Mapping[str, CauseSpec]


def merge(packs: Iterable[Pack]) -> Catalogue:
    """Put packs side by side.

    Raises:
        PackInvalid: two packs have one key, or give one shared channel, role, duty, service or
            tier two meanings.
    """
    listed = [qualified(pack) for pack in packs]
    problems: list[PackProblem] = []
    by_key: dict[str, Pack] = {}
    for pack in listed:
        if pack.key in by_key:
            text = f"two packs have the key {pack.key}"
            problems.append(PackProblem(f"{pack.key}/pack.toml", "pack.key", text))
        by_key[pack.key] = pack
    catalogue = Catalogue(
        packs=MappingProxyType(by_key),
        case_types=_by_key(item for pack in listed for item in pack.case_types),
        calendars=_by_key(item for pack in listed for item in pack.calendars),
        queues=_by_key(item for pack in listed for item in pack.queues),
        ladders=_by_key(item for pack in listed for item in pack.ladders),
        skills=_by_key(item for pack in listed for item in pack.skills),
        outcomes=_by_key(item for pack in listed for item in pack.outcomes),
        scripts=_by_key(item for pack in listed for item in pack.scripts),
        causes=_by_key(item for pack in listed for item in pack.causes),
        channels=_shared(listed, "channel", lambda pack: _by_key(pack.channels), problems),
        roles=_shared(listed, "role", lambda pack: _by_key(pack.roles), problems),
        duties=_shared(listed, "duty", lambda pack: _by_key(pack.duties), problems),
        languages=_shared(listed, "language", lambda pack: _by_key(pack.languages), problems),
        services=_shared(listed, "service", lambda pack: _by_key(pack.services), problems),
        tiers=_shared(listed, "tier", lambda pack: {i.letter: i for i in pack.tiers}, problems),
        tier_rules=_of_one(listed, problems),
        segments=_shared(
            listed, "segment", lambda pack: {i.key: i for i in pack.segments}, problems
        ),
    )
    if problems:
        raise PackInvalid(problems)
    return catalogue


def _by_key(items: Iterable[Item]) -> dict[str, Item]:
    return {item.key: item for item in items}


def _of_one(packs: Iterable[Pack], problems: list[PackProblem]) -> dict[str, TierRuleSpec]:
    """The versions of the first pack that grades; no version may stand for two rules."""
    _shared(packs, "rule", lambda pack: {i.version: i for i in pack.tier_rules}, problems)
    return next(({i.version: i for i in pack.tier_rules} for pack in packs if pack.tier_rules), {})


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
