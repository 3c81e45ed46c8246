"""Lists cost the same for one row and for thirty; templates ask the database nothing."""

import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.template import base
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from qiao.contact.operations import finish, start_interaction
from qiao.customers.operations import NewPhone, register_customer
from tests.walker.browsers import Browsers
from tests.world import World, follow_up, open_leak, work_order

MORE = 29
LISTS: dict[str, Callable[[World, int], Any]] = {
    "cases:list": lambda world, n: open_leak(world, f"row {n}"),
    "customers:list": lambda world, n: register_customer(
        actor=world.company.agent,
        now=world.now,
        organisation_id=world.company.lake.pk,
        name=f"王{n}",
        phones=[NewPhone(f"1370000{n:04d}")],
    ),
    "contact:list": lambda world, _n: _a_contact(world),
    "feedback:list": lambda world, n: follow_up(world, f"row {n}"),
    "dispatch:board": lambda world, n: work_order(world, f"row {n}"),
    "dispatch:today": lambda world, n: work_order(world, f"row {n}"),
    "desk:workspace": lambda world, _n: _a_contact(world, closed=False),
}
QUERY = {"cases:list": "view=all", "feedback:list": "view=open"}
PAGES = (
    "cases:detail",
    "cases:list",
    "contact:detail",
    "contact:list",
    "customers:list",
    "customers:page",
    "desk:overview",
    "desk:workspace",
    "dispatch:board",
    "dispatch:detail",
    "dispatch:today",
    "feedback:detail",
    "feedback:list",
)
# Lazy on purpose: fragments show neither rail nor bell and count nothing.
RAIL = ("qiao/core/context.py", "qiao/staff/context.py", "qiao/desk/context.py")
ID_OF = {
    "cases": "case",
    "contact": "closed",
    "customers": "customer",
    "dispatch": "order",
    "feedback": "follow_up",
}


def _a_contact(world: World, *, closed: bool = True) -> None:
    told: dict[str, Any] = {"actor": world.company.agent, "now": world.now}
    begun = start_interaction(channel="phone", phone="13700000000", **told)
    if closed:
        finish(interaction_id=begun.pk, subject="x", outcome="water.answered", **told)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_as_often_for_one_row_as_for_thirty(
    name: str, world: World, browsers: Browsers
) -> None:
    def ask() -> list[str]:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page = browsers.of("agent").get(f"{reverse(name)}?{QUERY.get(name, '')}")
        assert page.status_code == 200
        return [query["sql"] for query in asked.captured_queries]

    with transaction.atomic():
        LISTS[name](world, MORE)
        ask()
        few = ask()
        for n in range(MORE):
            LISTS[name](world, n)
        many = ask()
        assert len(few) == len(many), "\n".join(sorted(set(many) - set(few)))[:2000]
        transaction.set_rollback(True)


@pytest.fixture
def asked_while_rendering(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Statements that were sent while a template was being rendered."""
    found: list[str] = []
    render: Any = base.Template._render  # type: ignore[attr-defined] # noqa: SLF001 - the one place all rendering passes

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        frames = [frame.filename for frame in traceback.extract_stack()]
        if not any(name.endswith(RAIL) for name in frames):
            ours = next((n for n in reversed(frames) if "/qiao/" in n), "?")
            found.append(f"{ours}: {sql}")
        return execute(sql, params, many, context)

    def watched(self: Any, context: Any) -> Any:
        with connection.execute_wrapper(note):
            return render(self, context)

    monkeypatch.setattr(base.Template, "_render", watched)
    return found


def _addresses(world: World) -> Iterator[tuple[str, str]]:
    for name in PAGES:
        space, _colon, page = name.partition(":")
        args = [world.ids[ID_OF[space]]] if page in {"detail", "page"} else []
        yield name, reverse(name, args=args)


def test_templates_ask_the_database_nothing(
    world: World, browsers: Browsers, asked_while_rendering: list[str]
) -> None:
    faults = []
    for name, address in _addresses(world):
        asked_while_rendering.clear()
        assert browsers.of("agent").get(address).status_code == 200
        if asked_while_rendering:  # what the process keeps is read by the first visit
            asked_while_rendering.clear()
            browsers.of("agent").get(address)
        faults += [f"{name}: {sql[-260:]}" for sql in asked_while_rendering]
    assert faults == []
