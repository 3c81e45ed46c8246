"""The results of lists: the file that is taken away, and how long each call is kept."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import Error, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qiao.core.models import Disclosure, Export
from qiao.core.retention import rule, run_rule
from qiao.core.sheets import open_sheet
from qiao.core.tests.deliveries import run_background
from qiao.customers.models import Hold
from qiao.customers.operations import merge_customers
from qiao.customers.tests.factories import make_customer
from qiao.staff.models import Staff
from qiao.staff.tests.cast import Company, person
from qiao.telephony.models import CallList, CallListTry
from qiao.telephony.operations import call_entry_later, code_entry
from qiao.telephony.queries import list_results
from qiao.telephony.tests.listed import NOON, people, running, taken, world_of

RULE = "telephony.list_tries"
HEADS = [
    "Customer", "Customer number", "State", "Result", "Attempts", "Last call", "By", "Note",
]  # fmt: skip


@pytest.fixture
def world(db: None) -> Company:
    del db
    return world_of()


def browser(staff: Staff) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(staff)
    return client


def file_of(found: CallList, staff: Staff, folder: Path) -> list[list[str]]:
    """Ask for the results on the page, and read what is fetched."""
    client = browser(staff)
    answer = client.post(
        reverse("telephony:take_call_list", args=[found.pk]), {"reason": "月度复盘"}
    )
    assert answer.status_code == 302, answer.content.decode()
    run_background()
    export = Export.objects.latest("id")
    path = folder / "results.xlsx"
    got = client.get(reverse("staff:file", args=[export.pk]))
    path.write_bytes(b"".join(got.streaming_content))  # type: ignore[attr-defined]
    sheet = open_sheet(path)
    return [list(sheet.header), *(list(row.cells) for row in sheet.rows())]


def worked(world: Company) -> CallList:
    """Four people: done, called again later, left out, still waiting."""
    members = people(world, 4)
    members[2].phones.all().delete()
    found = running(world, members)
    first = taken(list_id=found.pk, actor=world.agent)
    code_entry(entry_id=first.pk, code="done", note="已约周三", actor=world.agent, now=NOON)
    second = taken(list_id=found.pk, actor=world.agent)
    call_entry_later(
        entry_id=second.pk, at=NOON + timedelta(hours=2), note="下午", actor=world.agent, now=NOON
    )
    return found


def test_the_file_tells_who_stands_in_the_list_and_what_came_of_it(
    world: Company, media: Path, tmp_path: Path
) -> None:
    del media
    found = worked(world)
    at = timezone.localtime(NOON).replace(tzinfo=None).isoformat(sep=" ")
    rows = file_of(found, world.agent_staff, tmp_path)
    assert rows[0] == HEADS
    numbers = list(found.entries.order_by("pk").values_list("customer__number", flat=True))
    agent = world.agent_staff.name
    assert [row[:1] + row[2:5] + row[6:] for row in rows[1:]] == [
        ["客户0", "Done", "Done", "1", agent, "已约周三"],
        ["客户1", "To be called", "At an agreed time", "0", agent, "下午"],
        ["客户2", "Left out", "No number that can be called", "0", "", ""],
        ["客户3", "To be called", "", "0", "", ""],
    ]
    assert [row[1] for row in rows[1:]] == numbers
    assert [row[5] for row in rows[1:]] == [at, at, "", ""]
    kept = Disclosure.objects.get()
    assert (kept.kind, kept.subject, kept.row_count, kept.reason, kept.organisation_id) == (
        "export", "telephony.call_list", 4, "月度复盘", world.lake.pk,
    )  # fmt: skip
    assert list(kept.fields) == HEADS
    assert kept.actor_id == world.agent.person_id


def test_the_file_tells_nothing_of_whom_the_reader_may_not_see(
    world: Company, media: Path, tmp_path: Path
) -> None:
    del media
    found = worked(world)
    leader = person(
        number="7002", name="组长", branch=world.lake, permissions=("calls.lists", "calls.dial")
    )
    rows = file_of(found, leader, tmp_path)
    assert [row[:2] for row in rows[1:]] == [["—", "—"]] * 4
    assert [row[3] for row in rows[1:3]] == ["Done", "At an agreed time"]
    assert not any("已约" in cell or "客户" in cell for row in rows[1:] for cell in row)
    caller = person(number="7003", name="呼", branch=world.lake, permissions=("calls.dial",))
    url = reverse("telephony:take_call_list", args=[found.pk])
    assert browser(caller).post(url, {"reason": "x"}).status_code == 403
    assert browser(leader).post(url, {"reason": " "}).status_code == 422


def called(world: Company, name: str, at: datetime) -> CallListTry:
    """Somebody was called by a list then."""
    customer = make_customer(world.agent, name=name, phones=[])
    found = CallList.objects.first() or running(world, people(world, 1))
    entry = found.entries.create(customer=customer, next_at=at)
    return CallListTry.objects.create(
        entry=entry, call_list=found, customer=customer, staff_id=world.agent.person_id, at=at,
        result="done", kind="reached", note="n",
    )  # fmt: skip


def test_old_calls_go_stay_counted_and_those_of_a_customer_under_a_hold_stay(
    world: Company,
) -> None:
    now = timezone.now()
    old = called(world, "旧", now - timedelta(days=731))
    young = called(world, "新", now - timedelta(days=729))
    held = called(world, "留", now - timedelta(days=900))
    survivor = make_customer(world.agent, name="合并")
    merge_customers(
        actor=world.chief, now=now, customer_id=survivor.pk, merged_id=held.customer_id
    )
    Hold.objects.create(
        customer=survivor, reason="诉讼", placed_at=now, placed_by_id=world.agent.person_id
    )
    before = list_results(old.call_list)
    assert run_rule(rule(RULE), clock=lambda: now).removed == 1
    assert set(CallListTry.objects.values_list("pk", flat=True)) == {young.pk, held.pk}
    assert (before.calls, list_results(old.call_list)) == (3, before)
    recent = called(world, "近", now - timedelta(days=364))
    with (
        pytest.raises(Error, match="younger"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT telephony_expire_tries(%s)", [[recent.pk]])
