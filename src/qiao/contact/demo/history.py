"""Two years of contacts, made by set-based SQL in portions: five millions in minutes.

Every case has the contact that it came from; some were asked about again while they were open;
all others were answered at once. Channels, hours, weekdays and seasons follow the pack.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import connection

from qiao.contact.demo import statements
from qiao.contact.operations.starting import PREFIX
from qiao.core.demo import World
from qiao.core.demo_bulk import bulk_load, pass_over_ids
from qiao.core.demo_numbers import numbered, pass_over, prepare_numbers
from qiao.core.demo_rhythm import fill, fill_rhythm, history_days, phrases_of, type_weight
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.model import CaseType, Pack
from qiao.core.packs.qualify import qualify

CONTACTS_A_CUSTOMER = 5
PORTION = 500_000
TALKS_A_PHRASE = 40
CHASE_SHARE = 0.1
UNKNOWN_SHARE = 0.05
# Of those who ask, so many are answered at once; of those who report a fault, far fewer.
ANSWERED_SHARE = {"enquiry": 1.0}
ANSWERED_OTHERWISE = 0.2
TABLES = ("contact_interaction", "contact_interactioncase", "contact_interactionevent")
# Days whose contacts carry their history line by line; older ones were only counted.
TOLD_DAYS = 90

# How enquiries end on the line, of a hundred, and what the agent noted.
OUTCOMES = {
    "answered": (74, "已查询系统并向客户说明，客户认可。"),
    "done_on_line": (11, "已在线办结，告知客户生效时间。"),
    "call_later": (3, "客户要求晚些时候回电，已记录方便时间。"),
    "transferred": (4, "转专席处理。"),
    "not_ours": (3, "不属本企业业务，已告知对应单位电话。"),
    "broken_off": (3, "通话中断，回拨未接通。"),
    "wrong_number": (2, "错拨。"),
}


def build(world: World) -> None:
    """Fill contacts, their links to cases, their history and counts."""
    pack = catalogue().packs[world.pack]
    wanted = world.interactions
    if wanted is None:
        wanted = CONTACTS_A_CUSTOMER * world.customers
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(%s)", [(world.seed % 983) / 1000])
        parameters = _prepare(cursor, world, pack)
        with bulk_load(cursor, *TABLES, rows=wanted):
            writer = _Writer(cursor, parameters)
            writer.write(statements.OF_CASES)
            while writer.written < wanted:
                parameters["portion"] = min(PORTION, wanted - writer.written)
                writer.write(statements.ANSWERED)
        pass_over(cursor, most_a_day=writer.serials)
        pass_over_ids(cursor, TABLES[0], rows=writer.written)
        cursor.execute("SELECT contact_fold_counts()")
        cursor.execute(statements.LAST)


def _prepare(cursor: Any, world: World, pack: Pack) -> dict[str, Any]:
    for statement in statements.TEMPORARY:
        cursor.execute(statement)
    fill_rhythm(cursor, world, pack)
    fill(cursor, "demo_mix", _mix(pack))
    fill(cursor, "demo_talk", _talks(world, pack))
    cursor.execute(statements.MONTHS)
    days = history_days(world)
    prepare_numbers(cursor, kind=PREFIX, days=[days[0] - timedelta(days=i) for i in (1, 2)] + days)
    parameters: dict[str, Any] = {
        "now": world.now,
        "chase_share": CHASE_SHARE,
        "unknown": UNKNOWN_SHARE,
        "services": [service.key for service in pack.services],
        "opened": ".case_opened",
        "chased": ".case_chased",
        "told_from": world.now - timedelta(days=TOLD_DAYS),
    }
    for statement in statements.DRAW:
        cursor.execute(statement, parameters)
    cursor.execute(
        "SELECT (SELECT count(*) FROM demo_place), (SELECT count(*) FROM demo_taker),"
        " (SELECT coalesce(max(id), 0) FROM contact_interaction)"
    )
    parameters["places"], parameters["takers"], parameters["base"] = cursor.fetchone()
    return parameters


class _Writer:
    """Writes one portion after the other; numbers go on where the last portion ended."""

    def __init__(self, cursor: Any, parameters: dict[str, Any]) -> None:
        self.cursor, self.parameters = cursor, parameters
        self.written = self.serials = 0

    def write(self, made: str) -> None:
        """Draw contacts by `made` and write them with their links and history."""
        cursor = self.cursor
        cursor.execute(made, self.parameters)
        select = numbered("demo_contact", key="n", day="started_date", after=self.serials)
        cursor.execute("CREATE TEMP TABLE demo_number ON COMMIT DROP AS " + select)
        cursor.execute("ANALYZE demo_contact, demo_number")
        for statement in statements.WRITE:
            cursor.execute(statement, self.parameters)
        cursor.execute(
            "SELECT coalesce(max(n), 0), coalesce(sum(n), 0) FROM ("
            " SELECT count(*) AS n FROM demo_contact GROUP BY started_date) d"
        )
        most, written = cursor.fetchone()
        self.serials += most
        self.written += int(written)
        self.parameters["base"] += int(written)
        cursor.execute("DROP TABLE demo_contact, demo_number")


def _mix(pack: Pack) -> Iterator[tuple[Any, ...]]:
    """For each month what is asked and answered at once, with cumulated weights."""
    for month in range(1, 13):
        total = 0.0
        for kind, item in enumerate(pack.case_types):
            share = ANSWERED_SHARE.get(item.group, ANSWERED_OTHERWISE)
            total += share * type_weight(pack, item, month)
            yield month, kind, TALKS_A_PHRASE * len(phrases_of(pack, item)), total


def _talks(world: World, pack: Pack) -> Iterator[tuple[Any, ...]]:
    """What enquiries were about and how they ended, many for each case type."""
    known = {outcome.key: outcome.resolved for outcome in pack.outcomes}
    ends = [key for key in OUTCOMES if qualify(pack.key, key) in known]
    weights = [OUTCOMES[key][0] for key in ends]
    for kind, item in enumerate(pack.case_types):
        rng = world.random(f"talks:{item.key}")
        said = phrases_of(pack, item)
        count = TALKS_A_PHRASE * len(said)
        for place in range(count):
            end = rng.choices(ends, weights)[0]
            words, outcome = said[place % len(said)], qualify(pack.key, end)
            yield (kind, item.key, place, count, _subject(item, words), words + OUTCOMES[end][1],
                   outcome, known[outcome])  # fmt: skip


def _subject(item: CaseType, words: str) -> str:
    """The type's name and the first words of what was said."""
    first = words.rstrip("。").replace("。", "，").split("，")[0][:40]
    return first if item.name.zh_hans in first else f"{item.name.zh_hans}：{first}"
