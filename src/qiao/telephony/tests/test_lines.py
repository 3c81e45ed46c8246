"""Lines as the company keeps them: added, changed, taken out of service, by whom it may."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from qiao.core.actor import Actor
from qiao.core.code_tables import CodeQuery, CodeRefused
from qiao.core.models import AuditEntry
from qiao.core.registry import registry
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, make_company, person
from qiao.telephony.models import Call, Line
from qiao.telephony.operations import Switchboard, install_menus
from qiao.telephony.rules import switch

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 27, 4, tzinfo=UTC)
BILLS = "water.billing"


@pytest.fixture
def world() -> Company:
    install_menus(NOW)
    return make_company()


def rows(actor: Actor, **more: Any) -> list[Any]:
    found = registry.code_table("telephony.lines")
    assert found is not None
    return list(found.load(actor, CodeQuery(now=NOW, language="en", **more)))


def act(action: str, actor: Actor, row_key: str = "", **values: Any) -> str:
    found = registry.code_table("telephony.lines")
    assert found is not None
    done = found.action(action)
    return str(done.apply(actor=actor, now=NOW, row_key=row_key, values=values))


def terms(world: Company, **more: Any) -> dict[str, Any]:
    usual = {
        "name": "热线", "unit": str(world.company.pk), "queue": BILLS, "menu": "water.hotline",
        "recorded": "yes", "emergency": "no",
    }  # fmt: skip
    return usual | more


def test_a_line_that_was_added_takes_the_next_call(world: Company) -> None:
    act("add", world.chief, number="9 6111", **terms(world, menu=""))
    board = Switchboard()
    board.hear(switch.Arrived(NOW, "c1", "13805712264", "96111"), now=NOW)
    board.hear(switch.Up(NOW, "c1"), now=NOW)
    call = Call.objects.get()
    assert call.line is not None
    assert (call.line.name, call.phase, call.queue) == ("热线", "waiting", BILLS)
    act("change", world.chief, "96111", **terms(world, name="总机", emergency="yes"))
    line = Line.objects.get()
    assert (line.name, line.menu, line.is_emergency) == ("总机", "water.hotline", True)
    board.hear(switch.Arrived(NOW, "c2", "13805712265", "96111"), now=NOW)
    board.hear(switch.Up(NOW, "c2"), now=NOW)
    assert Call.objects.get(channel="c2").phase == "menu"
    act("close", world.chief, "96111")
    assert rows(world.chief) == []
    assert [row.is_active for row in rows(world.chief, part="all")] == [False]
    act("reopen", world.chief, "96111")
    assert [row.key for row in rows(world.chief)] == ["96111"]
    assert AuditEntry.objects.filter(table_name="telephony_line").count() == 4


@pytest.mark.parametrize(
    ("number", "changed", "field"),
    [
        ("hotline", {}, "number"),
        ("9", {}, "number"),
        ("96111", {}, "number"),
        ("96112", {"queue": "water.nowhere"}, "queue"),
        ("96112", {"queue": "water.written"}, "queue"),
        ("96112", {"menu": "water.nothing"}, "menu"),
        ("96112", {"unit": "999999"}, "unit"),
        ("96112", {"name": " "}, "name"),
    ],
)
def test_what_cannot_be_a_line_is_refused_beside_its_field(
    world: Company, number: str, changed: dict[str, str], field: str
) -> None:
    act("add", world.chief, number="96111", **terms(world))
    with pytest.raises(CodeRefused) as refused:
        act("add", world.chief, number=number, **terms(world, **changed))
    assert refused.value.field == field
    assert Line.objects.count() == 1


def test_lines_of_other_units_are_neither_seen_nor_changed(world: Company) -> None:
    act("add", world.chief, number="96111", **terms(world))
    few = person(number="3001", name="线路", branch=world.river, permissions=("calls.lines",))
    actor = actor_for(few, day=TODAY)
    assert rows(actor) == []
    for action in ("change", "close"):
        with pytest.raises(CodeRefused):
            act(action, actor, "96111", **terms(world, unit=str(world.river.pk)))
    with pytest.raises(CodeRefused):
        act("add", actor, number="96112", **terms(world))


def test_the_page_shows_the_line_and_its_form(world: Company) -> None:
    act("add", world.chief, number="96111", **terms(world))
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(world.chief_staff)
    listed = client.get("/administration/codes/telephony.lines/")
    assert listed.status_code == 200
    assert "96111" in listed.content.decode()
    form = client.get("/administration/codes/telephony.lines/at/96111/change/")
    assert form.status_code == 200
    assert "热线" in form.content.decode()
