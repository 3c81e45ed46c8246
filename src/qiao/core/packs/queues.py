"""Waiting lines of a pack (``queues.toml``): whom they serve, who is asked, and what is promised.

How contacts are given out is decided by `qiao.contact.rules.routing`; here is only what a pack
says about it, and the definition of the service level, without which no two figures compare.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from qiao.core.packs.reading import PackProblem, Table
from qiao.core.rules.service_level import COUNTS, LevelTerms
from qiao.core.rules.texts import Text

if TYPE_CHECKING:
    from qiao.core.packs.model import Pack

FILE: Final = "queues.toml"
STRATEGIES: Final = ("longest_idle", "least_occupied", "best_skill")
HIGHEST_LEVEL: Final = 5
RING_SECONDS: Final = 20
WRAP_UP_SECONDS: Final = 60
SHORT_ABANDON_SECONDS: Final = 5
LANGUAGE_RELAX_AFTER: Final = (20, 40)  # seconds; a queue that says nothing else
_RING: Final = (5, 120)


@dataclass(frozen=True, slots=True)
class OverflowSpec:
    """From when agents of another queue help out: after so many seconds, while more than
    `longer_than` wait, or while the calendar `outside` has no working time; of several given, one
    is enough."""

    queue: str
    after_seconds: int | None = None
    longer_than: int | None = None
    outside: str = ""


@dataclass(frozen=True, slots=True)
class QueueSpec:
    """A waiting line: which channels and skill it serves, how soon it should answer, who is asked.

    `share_percent` of its calls should be answered within `answer_seconds`; how those count that
    gave up says `level_counts` (see `qiao.core.rules.service_level`), and who gave up within
    `short_abandon_seconds` gave up at once. `skill_level` is asked of agents and is one lower
    after each of `relax_after` seconds, down to `least_level`. The customer's language is asked of
    them at a level lower after each of `language_relax_after` seconds; after the last of them it
    is not asked for any more. Points rank its contacts against those of others: of the queue, of
    the customer's tier, and per minute waited. A contact waits `last_agent_seconds` for whom the
    customer spoke to last. Agents are rung for `ring_seconds` and have `wrap_up_seconds` after a
    contact. `reason` is the case type that most of its contacts are about: proposed where nothing
    else speaks. Recordings of its calls are kept for `keep_recordings_days`; None: as long as the
    company keeps recordings.
    """

    key: str
    name: Text
    channels: tuple[str, ...]
    skill: str
    answer_seconds: int
    share_percent: int
    short_abandon_seconds: int = SHORT_ABANDON_SECONDS
    level_counts: str = "without_short"
    strategy: str = "longest_idle"
    skill_level: int = 1
    relax_after: tuple[int, ...] = ()
    least_level: int = 1
    language_relax_after: tuple[int, ...] = LANGUAGE_RELAX_AFTER
    points: int = 0
    tier_points: Mapping[str, int] = field(default_factory=dict)
    points_per_minute: int = 1
    overflow: tuple[OverflowSpec, ...] = ()
    last_agent_seconds: int = 0
    ring_seconds: int = RING_SECONDS
    wrap_up_seconds: int = WRAP_UP_SECONDS
    keep_recordings_days: int | None = None
    reason: str = ""

    @property
    def level_terms(self) -> LevelTerms:
        """How the service level of this queue is counted."""
        return LevelTerms(
            self.answer_seconds, self.share_percent, self.short_abandon_seconds, self.level_counts
        )


def read_queue(table: Table) -> QueueSpec:
    """A waiting line."""
    tiers = table.table("tier_points")
    queue = QueueSpec(
        key=table.key(),
        name=table.text("name"),
        channels=table.strings("channels", required=True),
        skill=table.string("skill", ""),
        answer_seconds=table.seconds("answer_within", day_seconds=0),
        share_percent=table.integer("share_percent", 80, least=1),
        short_abandon_seconds=_seconds(table, "short_abandon", SHORT_ABANDON_SECONDS),
        level_counts=table.choice("level_counts", COUNTS, "without_short"),
        strategy=table.choice("strategy", STRATEGIES, "longest_idle"),
        skill_level=table.integer("skill_level", 1, least=1),
        relax_after=table.durations("relax_after"),
        least_level=table.integer("least_level", 1),
        language_relax_after=table.durations("language_relax_after") or LANGUAGE_RELAX_AFTER,
        points=table.integer("points", 0),
        tier_points={letter: tiers.integer(letter) for letter in tiers.data},
        points_per_minute=table.integer("points_per_minute", 1),
        overflow=tuple(_overflow(item) for item in table.tables("overflow")),
        last_agent_seconds=_seconds(table, "last_agent", 0),
        ring_seconds=_seconds(table, "ring", RING_SECONDS),
        wrap_up_seconds=_seconds(table, "wrap_up", WRAP_UP_SECONDS),
        keep_recordings_days=(
            table.integer("keep_recordings_days", least=1)
            if table.has("keep_recordings_days")
            else None
        ),
        reason=table.string("reason", ""),
    )
    _check_figures(table, queue)
    table.finish()
    return queue


def check_queues(pack: "Pack") -> Iterator[PackProblem]:
    """Every reference of a queue leads somewhere."""
    channels, skills = _keys(pack.channels), _keys(pack.skills)
    types, calendars = _keys(pack.case_types), _keys(pack.calendars)
    tiers, queues = {tier.letter for tier in pack.tiers}, _keys(pack.queues)
    for queue in pack.queues:
        place = f"queue[{queue.key}]"
        yield from _known(f"{place}.channels", queue.channels, channels)
        yield from _known(f"{place}.skill", [queue.skill] if queue.skill else [], skills)
        yield from _known(f"{place}.reason", [queue.reason] if queue.reason else [], types)
        yield from _known(f"{place}.tier_points", queue.tier_points, tiers)
        helpers = [each.queue for each in queue.overflow]
        yield from _known(f"{place}.overflow", helpers, queues - {queue.key})
        hours = [each.outside for each in queue.overflow if each.outside]
        yield from _known(f"{place}.overflow.outside", hours, calendars)


def _overflow(table: Table) -> OverflowSpec:
    found = OverflowSpec(
        queue=table.key("queue"),
        after_seconds=table.seconds("after", day_seconds=0) if table.has("after") else None,
        longer_than=table.integer("longer_than", least=1) if table.has("longer_than") else None,
        outside=table.string("outside", ""),
    )
    if found.after_seconds is None and found.longer_than is None and not found.outside:
        table.report("after", "missing; expected a duration, longer_than or outside")
    table.finish()
    return found


def _check_figures(table: Table, queue: QueueSpec) -> None:
    if queue.share_percent > 100:
        table.report("share_percent", f"expected at most 100, found {queue.share_percent}")
    least, most = _RING
    if not least <= queue.ring_seconds <= most:
        table.report("ring", f"expected {least}s to {most}s, found {table.raw('ring')!r}")
    if not queue.skill:
        for key in ("skill_level", "relax_after", "least_level"):
            if table.has(key):
                table.report(key, "expected only beside a skill")
    _check_levels(table, queue)


def _check_levels(table: Table, queue: QueueSpec) -> None:
    if queue.skill_level > HIGHEST_LEVEL:
        table.report("skill_level", f"expected at most {HIGHEST_LEVEL}, found {queue.skill_level}")
    if queue.least_level > queue.skill_level:
        expected = f"expected at most skill_level ({queue.skill_level})"
        table.report("least_level", f"{expected}, found {queue.least_level}")
    for key, steps in (
        ("relax_after", queue.relax_after),
        ("language_relax_after", queue.language_relax_after),
    ):
        if list(steps) != sorted(set(steps)):
            table.report(key, f"expected rising durations, found {table.raw(key)}")


def _seconds(table: Table, key: str, default: int) -> int:
    return table.seconds(key, day_seconds=0) if table.has(key) else default


def _keys(items: Collection[object]) -> set[str]:
    return {str(getattr(item, "key", "")) for item in items}


def _known(place: str, found: Collection[str], known: Collection[str]) -> Iterator[PackProblem]:
    for key in found:
        if key not in known:
            expected = ", ".join(sorted(known)) or "none"
            yield PackProblem(FILE, place, f"expected one of {expected}, found {key!r}")
