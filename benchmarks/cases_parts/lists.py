"""Lists of cases in every order, filters, kept views and full-text search, closed cases too.

The world holds `--cases` cases, at most fifty thousand of them open. The floor of an order is its
index read bare: the ids of one page of one unit.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from django.db import connection
from django.utils import timezone
from measuring.databases import administration, connected_to, create, exists, run
from measuring.timing import Limits, Result
from measuring.timing import measure as timed

from qiao.cases.queries import Filters, count_listed, find_cases, kept_counts, list_cases
from qiao.cases.queries.saved import COUNTED_TO, saved_views
from qiao.cases.queries.sorting import ARCHIVE_SORTS, OPEN_SORTS, Order, Sort
from qiao.core.actor import Actor
from qiao.staff.queries import actor_by_number

BUILDER = Path(__file__).with_name("archive.py")
READ = Limits(p95=50)
ROUNDS = 60
DEEP = 60
WORDS = (
    "漏水",
    "水费",
    "没水",
    "水压低",
    "翠湖花园",
    "抄表",
    "不存在",
    "彗星撞上",
    "1380",
    "王芳",
)
_FLOOR = """
SELECT c.id FROM cases_case c WHERE c.organisation_id = %s {only}
 ORDER BY {keys} LIMIT 31
"""


def ensure(cases: int) -> str:
    """Build the archive unless it is there; the name of its database. One that was left half built
    has another name, and is begun anew."""
    name = f"cases_archive_{cases}"
    with administration() as owner:
        stands = exists(owner, name)
    if stands:
        create(name)
        return name
    building = f"{name}_building"
    environment = create(building, anew=True)
    rights = environment | {"DATABASE_URL": environment["DATABASE_OWNER_URL"], "QIAO_NO_POOL": "1"}
    run([sys.executable, str(BUILDER), str(cases)], rights)
    with administration() as owner:
        owner.execute(f"ALTER DATABASE {building} RENAME TO {name}")
    return name


def measure(cases: int) -> Iterator[Result]:
    """Measure what an agent and a supervisor of the whole company read."""
    with connected_to(ensure(cases)):
        for number in ("1027", "1008"):
            actor = actor_by_number(number, day=timezone.localdate())
            yield from _orders(actor)
            yield from _narrowed(actor)
            yield from _searched(actor)


def _orders(actor: Actor) -> Iterator[Result]:
    now = timezone.now()
    for view, sorts in (("open", OPEN_SORTS), ("all", ARCHIVE_SORTS)):
        for sort in sorts.values():
            order, cursor = Order(sort), None
            for _ in range(DEEP):
                page = list_cases(actor=actor, now=now, view=view, cursor=cursor, order=order)
                if page.following is None:
                    break
                cursor = page.following
            for name, place in (("first", None), ("deep", cursor)):
                yield timed(
                    f"list-{name}",
                    lambda _n, p=place, v=view, o=order: list_cases(  # type: ignore[misc]
                        actor=actor, now=now, view=v, cursor=p, order=o
                    ),
                    lambda _n, v=view, s=sort: _bare(actor, v, s),  # type: ignore[misc]
                    rounds=ROUNDS, limits=READ, view=view, order=sort.key, person=actor.number,
                )  # fmt: skip


def _bare(actor: Actor, view: str, sort: Sort) -> object:
    way = " DESC" if sort.descending else ""
    keys = ", ".join(f"{key.sql}{way}" for key in sort.keys)
    only = "AND c.closed_at IS NULL" if view == "open" else ""
    unit = actor.organisations("cases.view")[-1]
    with connection.cursor() as cursor:
        cursor.execute(_FLOOR.format(only=only, keys=f"{keys}, c.id{way}"), [unit])
        return cursor.fetchall()


def _narrowed(actor: Actor) -> Iterator[Result]:
    now = timezone.now()
    narrowed = {
        "complaints": Filters(group=("complaint",)),
        "urgent by letter": Filters(priority=("urgent",), channel=("letter",)),
        "tier A": Filters(tier=("A",)),
    }
    for name, filters in narrowed.items():
        for view in ("open", "all"):
            yield timed(
                "list-filtered",
                lambda _n, v=view, f=filters: list_cases(  # type: ignore[misc]
                    actor=actor, now=now, view=v, filters=f
                ),
                rounds=ROUNDS, limits=READ, view=view, filter=name, person=actor.number,
            )  # fmt: skip
        yield timed(
            "own-view-count",
            lambda _n, f=filters: count_listed(  # type: ignore[misc]
                actor=actor, now=now, view="open", filters=f, limit=COUNTED_TO
            ),
            rounds=ROUNDS, limits=READ, filter=name, person=actor.number,
        )  # fmt: skip
    yield timed(
        "counts-and-views",
        lambda _n: (kept_counts(actor=actor), saved_views(actor=actor)),
        rounds=ROUNDS, limits=READ, person=actor.number,
    )  # fmt: skip


def _searched(actor: Actor) -> Iterator[Result]:
    now = timezone.now()
    for word in WORDS:
        for view in ("open", "all"):
            filters = Filters(text=word)
            rows = len(list_cases(actor=actor, now=now, view=view, filters=filters).rows)
            yield timed(
                "search-list",
                lambda _n, v=view, f=filters: list_cases(  # type: ignore[misc]
                    actor=actor, now=now, view=v, filters=f
                ),
                rounds=ROUNDS, limits=READ, view=view, word=word, rows=rows,
                person=actor.number,
            )  # fmt: skip
        yield timed(
            "search-palette",
            lambda _n, w=word: find_cases(actor=actor, text=w, now=now),  # type: ignore[misc]
            rounds=ROUNDS, limits=READ, word=word, person=actor.number,
        )  # fmt: skip
