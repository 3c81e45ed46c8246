"""What a list reads, counted in buffers: as much beside a million closed cases as beside few."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection
from measuring.timing import Limits, Result

from qiao.cases.queries import VIEWS, Filters, list_cases
from qiao.core.actor import Actor
from qiao.staff.queries import actor_by_number
from spine_parts import world

TOLERANCE = 1.10
SLACK = 4  # buffers: catalogue and root pages of a list that reads next to nothing


@dataclass(frozen=True, slots=True)
class Read:
    """Buffers of a list, and how often an index was descended to find its rows."""

    buffers: int
    descents: Mapping[str, int]


def read_all(now: datetime) -> dict[str, dict[str, Any]]:
    """Buffers of every list in the database of this process."""
    people = {number: actor_by_number(number, day=now.date()) for number in ("1027", "1008")}
    found = {}
    for number, actor in people.items():
        for name, call in _lists(actor, now):
            read = explain(call)
            found[f"{name} {number}"] = {"buffers": read.buffers, "descents": dict(read.descents)}
    return found | {"heights": _heights()}


def compare(small: world.Size, large: world.Size) -> Iterator[Result]:
    """Every list in both worlds, each read by a process of its own.

    A descent of an index that grew a level reads one page more: that is how a search tree grows,
    not the list. It is taken off before the comparison and told beside it.
    """
    few, many = _read_in(small), _read_in(large)
    grown = {k: many["heights"].get(k, h) - h for k, h in few["heights"].items()}
    for name in few.keys() - {"heights"}:
        before, after = few[name]["buffers"], many[name]["buffers"]
        levels = sum(n * max(0, grown.get(k, 0)) for k, n in many[name]["descents"].items())
        level_free = max(0, after - levels)
        ratio = (level_free - SLACK) / before if before else 1.0
        yield Result(
            f"buffers {name}", level_free, level_free, before, Limits(),
            {"few": before, "many": after, "grown_levels": levels,
             "ok": ratio <= TOLERANCE},
        )  # fmt: skip


def _read_in(size: world.Size) -> dict[str, Any]:
    environment = world.environment_of(size) | {"QIAO_NO_POOL": "1"}
    done = subprocess.run(
        [sys.executable, str(world.SPINE), "--buffers"],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
    )
    return dict(json.loads(done.stdout))


def _lists(actor: Actor, now: datetime) -> Iterator[tuple[str, Callable[[], object]]]:
    for view in VIEWS:
        yield f"cases {view}", partial(list_cases, actor=actor, now=now, view=view)
    yield (
        "cases urgent type",
        lambda: list_cases(
            actor=actor, now=now, view="open", filters=Filters(priority=("urgent",))
        ),
    )


def explain(call: Callable[[], object]) -> Read:
    """The buffers of the statements that a call runs, by running each again under EXPLAIN."""
    statements: list[tuple[str, Any]] = []
    with _seen(statements):
        call()
    buffers = 0
    descents: dict[str, int] = {}
    for sql, values in statements:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {sql}", values)
            found = cursor.fetchone()[0]
        plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
        buffers += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        _count(plan, descents)
    return Read(buffers, descents)


def _count(plan: Mapping[str, Any], descents: dict[str, int]) -> None:
    index = plan.get("Index Name")
    if index:
        loops = int(plan["Actual Loops"])
        descents[index] = descents.get(index, 0) + loops
    for inner in plan.get("Plans", ()):
        _count(inner, descents)


@contextmanager
def _seen(statements: list[tuple[str, Any]]) -> Iterator[None]:
    def keep(execute: Any, sql: str, values: Any, many: Any, context: Any) -> Any:
        if sql.lstrip().upper().startswith(("SELECT", "WITH")):
            statements.append((sql, values))
        return execute(sql, values, many, context)

    connection.force_debug_cursor = True  # prepared statements are counted then
    try:
        with connection.execute_wrapper(keep):
            yield
    finally:
        connection.force_debug_cursor = False


def _heights() -> dict[str, int]:
    """Levels of each tree above its leaves, from its pages: 366 keys a page are usual."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, c.relpages FROM pg_class c JOIN pg_am m ON m.oid = c.relam"
            " WHERE m.amname = 'btree' AND c.relkind = 'i'"
        )
        found = cursor.fetchall()
    heights = {}
    for name, pages in found:
        levels, reach = 0, 1
        while reach < pages - 1:
            levels, reach = levels + 1, reach * 285
        heights[name] = levels
    return heights
