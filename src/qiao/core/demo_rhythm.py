"""When people call: the rhythm of a pack as tables from which set-based SQL draws.

A draw compares a random number with cumulated weights (``width_bucket``).
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from qiao.core.demo import World
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.model import CaseType, Pack

ZONE = ZoneInfo("Asia/Shanghai")
QUIETEST = 0.4
GROWTH = 0.15  # how much busier the last day of the history is than the first
LAST_DAYS = (1.2, 1.4)  # a cold night: yesterday and today bring more than their usual share

TABLES = (
    "CREATE TEMP TABLE demo_day (i int, day date, cum float8, passed float8) ON COMMIT DROP",
    "CREATE TEMP TABLE demo_weight (kind text, value text, cum float8) ON COMMIT DROP",
)


def fill(cursor: Any, table: str, rows: Iterator[tuple[Any, ...]]) -> None:
    """Write rows into a table by COPY."""
    ready = list(rows)  # drawn first: some read the database, which a running COPY holds
    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in ready:
            copy.write_row(row)


def fill_rhythm(cursor: Any, world: World, pack: Pack) -> None:
    """Make ``demo_day`` and ``demo_weight`` (kinds ``hour`` and ``channel``).

    ``demo_day.passed`` is the share of a day's hours, by weight, that has passed: a draw of an
    hour is multiplied with it, so that nothing of today is drawn that has not come yet.
    """
    for statement in TABLES:
        cursor.execute(statement)
    fill(cursor, "demo_day", _days(world, pack))
    fill(cursor, "demo_weight", _weights(pack))


def history_days(world: World) -> list[date]:
    """The days of the past that the world tells of, today last."""
    today = world.now.astimezone(ZONE).date()
    count = world.history_months * 30
    return [today - timedelta(days=count - 1 - offset) for offset in range(count)]


def type_weight(pack: Pack, item: CaseType, month: int) -> float:
    """How often a type is asked for in a month (1 to 12), in any unit."""
    weight = float(_of(pack.demo.types, item.key) or 1)
    seasons = _of(pack.demo.seasons, item.key)
    return weight * seasons[month - 1] / 100 if seasons else weight


def pulse(now: datetime, pack: Pack) -> float:
    """How busy the moment is, from `QUIETEST` to 1: the hour's weight in the busiest hour's."""
    hours = pack.demo.hourly or (1,) * 24
    return max(QUIETEST, hours[now.astimezone(ZONE).hour] / max(hours))


def moment_random(now: datetime, stage: str) -> Random:
    """Chance for one tick of one stage: the same moment gives the same morning."""
    return Random(f"{stage}:{now.timestamp()}")  # noqa: S311 - believable, not secret


def demo_packs() -> list[Pack]:
    """The enabled packs that say how their days go; the first one sets the rhythm."""
    return [pack for pack in catalogue().packs.values() if pack.demo.hourly]


def demo_pack() -> Pack | None:
    """The first enabled pack that says how its days go."""
    return next(iter(demo_packs()), None)


def phrases_of(pack: Pack, item: CaseType) -> list[str]:
    """What customers say about a type, as an agent would note it."""
    said = _of(pack.demo.phrases, item.key) or ()
    return [phrase.zh_hans for phrase in said] or [item.name.zh_hans]


def _of(table: Mapping[str, Any], key: str) -> Any:
    """A pack names its types with or without its own key before them."""
    return table.get(key.rpartition(".")[2]) or table.get(key)


def _days(world: World, pack: Pack) -> Iterator[tuple[Any, ...]]:
    """Days with cumulated weights: season, weekday, a slow growth; of today what has passed."""
    days = history_days(world)
    passed = _passed(world.now, pack)
    total = 0.0
    for offset, day in enumerate(days):
        weight: float = pack.demo.monthly[day.month - 1] * pack.demo.weekly[day.weekday()]
        weight *= 1 + GROWTH * offset / len(days)
        left = len(days) - offset
        share = passed if left == 1 else 1.0
        total += weight * (LAST_DAYS[-left] if left <= len(LAST_DAYS) else 1) * share
        yield offset + 1, day, total, share


def _passed(now: datetime, pack: Pack) -> float:
    """The share of today's hours, by weight, that has passed: never nothing."""
    local = now.astimezone(ZONE)
    hours = pack.demo.hourly
    whole = sum(hours[: local.hour]) + hours[local.hour] * local.minute / 60
    return max(whole, 1) / sum(hours)


def _weights(pack: Pack) -> Iterator[tuple[Any, ...]]:
    total = 0.0
    for hour, weight in enumerate(pack.demo.hourly):
        total += weight
        yield "hour", str(hour), total
    total = 0.0
    for channel, weight in pack.demo.channels.items():
        total += weight
        yield "channel", channel, total
