"""Lists of customers that are taken away: written in the background, recorded, for a day."""

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qiao.core import exports
from qiao.core.models import Disclosure, Export
from qiao.core.retention import rule, run_rule
from qiao.core.sheets import open_sheet
from qiao.core.tests.deliveries import run_background
from qiao.customers import export_contributions
from qiao.customers.operations import merge_customers
from qiao.customers.queries import exporting as reading
from qiao.customers.queries.exporting import ExportFilters, export_rows
from qiao.customers.rules.export_columns import COLUMNS
from qiao.customers.showing import export_file as exporting_words
from qiao.customers.tests.factories import NOW, make_account, make_customer
from qiao.customers.tests.test_pages import browser
from qiao.staff.tests.cast import Company, make_company, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
EVERYTHING = list(COLUMNS)


@pytest.fixture
def world() -> Company:
    return make_company()


@pytest.fixture
def agent(world: Company) -> Client:
    return browser(world.agent_staff)


def ask(client: Client, query: str = "", **data: Any) -> Export:
    """Ask for a list on the page."""
    form = {"format": "csv", "columns": ["name", "phones"], "phones": "masked", "reason": "审计"}
    response = client.post(reverse("customers:export_new") + query, form | data)
    assert response.status_code == 302, response.content.decode()
    return Export.objects.latest("id")


def fetch(client: Client, export: Export) -> bytes:
    response = client.get(reverse("staff:file", args=[export.pk]))
    assert response.status_code == 200
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def table(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_list_is_written_fetched_and_recorded(world: Company, agent: Client) -> None:
    make_customer(world.agent, name="陈慧敏", phones=["13805712264"])
    make_customer(world.outsider, name="外人", phones=["13900000001"])
    export = ask(agent)
    waiting = agent.get(reverse("staff:files")).content.decode()
    assert 'hx-trigger="every 2s"' in waiting
    run_background()
    assert table(fetch(agent, export)) == [
        ["Name", "Telephone numbers"],
        ["陈慧敏", "138 **** 2264"],
    ]
    kept = Disclosure.objects.get()
    assert (kept.kind, kept.subject, kept.row_count, kept.reason) == (
        "export", "customers.customer", 1, "审计",
    )  # fmt: skip
    assert "All customers of your units" in agent.get(reverse("staff:files")).content.decode()


def test_full_numbers_need_the_right_to_reveal_and_say_so_in_the_record(
    world: Company, agent: Client
) -> None:
    make_customer(world.agent, phones=["13805712264"])
    export = ask(agent, phones="full")
    run_background()
    assert table(fetch(agent, export))[1][1] == "138 0571 2264"
    assert "phones in full" in Disclosure.objects.get().fields
    rights = ("customers.view", "customers.export")
    other = browser(person(number="8", name="读者", branch=world.lake, permissions=rights))
    assert 'value="full"' not in other.get(reverse("customers:export_new")).content.decode()
    export = ask(other, phones="full")
    run_background()
    assert table(fetch(other, export))[1][1] == "138 **** 2264"


def test_filters_of_the_page_hold_for_the_file(world: Company, agent: Client) -> None:
    make_customer(world.agent, name="甲", flags=["infant"])
    make_customer(world.agent, name="乙")
    for query, names in (("?flag=infant", ["甲"]), ("?q=乙", ["乙"]), ("?tier=A", [])):
        export = ask(agent, query)
        run_background()
        assert [row[0] for row in table(fetch(agent, export))[1:]] == names


def test_a_row_holds_all_that_is_known_and_merged_records_count_as_one(
    world: Company, agent: Client, tmp_path: Path
) -> None:
    customer = make_customer(world.agent, name="陈慧敏", phones=["13805712264"])
    make_account(world.agent, owner=customer, number="10028834561")
    twin = make_customer(world.agent, name="陈惠敏", phones=["13577778888"])
    make_account(world.agent, owner=twin, number="10028834562")
    merge_customers(actor=world.agent, now=NOW, customer_id=customer.pk, merged_id=twin.pk)
    export = ask(agent, format="xlsx", columns=EVERYTHING)
    run_background()
    path = tmp_path / "list.xlsx"
    path.write_bytes(fetch(agent, export))
    (row,) = open_sheet(path).rows()
    told = dict(zip(COLUMNS, row.cells, strict=True))
    assert told["phones"] == "138 **** 2264; 135 **** 8888"
    assert told["accounts"] == "10028834561; 10028834562"
    assert (told["services"], told["opened_date"]) == ("Water", "2017-05-01")
    assert told["addresses"].count("翠湖花园") == 2


def test_chunks_neither_lose_nor_double_anybody(
    world: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CHUNK", 7)
    made = [make_customer(world.agent, name=f"客户{n}").pk for n in range(21)]
    chunks = export_rows(actor=world.agent, organisations=[world.lake.pk], filters=ExportFilters())
    assert [row.customer_id for chunk in chunks for row in chunk] == made


def test_a_name_that_would_be_a_formula_stays_a_name(world: Company, agent: Client) -> None:
    make_customer(world.agent, name="=1+1")
    export = ask(agent)
    run_background()
    assert table(fetch(agent, export))[1][0] == "'=1+1"


def test_only_who_asked_may_fetch_it_and_only_for_a_day(
    world: Company, agent: Client, media: Path
) -> None:
    export = ask(agent)
    run_background()
    url = reverse("staff:file", args=[export.pk])
    assert browser(world.colleague_staff).get(url).status_code == 404
    assert browser(world.chief_staff).get(url).status_code == 404
    assert len(list(media.glob("exports/*"))) == 1
    export.refresh_from_db()
    assert export.expires_at is not None
    Export.objects.update(expires_at=export.expires_at - timedelta(days=2))
    assert agent.get(url).status_code == 404
    run_rule(rule("core.exports"), clock=timezone.now)
    assert not list(media.glob("exports/*"))
    assert "Removed" in agent.get(reverse("staff:files")).content.decode()


def test_a_cancelled_list_leaves_nothing(world: Company, agent: Client, media: Path) -> None:
    export = ask(agent)
    agent.post(reverse("staff:file_cancel", args=[export.pk]))
    run_background()
    export.refresh_from_db()
    assert export.state == "cancelled"
    assert not list(media.glob("exports/*"))
    assert not Disclosure.objects.exists()


def test_cancelling_in_the_middle_ends_the_writing(
    world: Company, agent: Client, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CHUNK", 2)
    for n in range(6):
        make_customer(world.agent, name=f"客户{n}")
    export = ask(agent)

    real = exporting_words.cells

    def cells(columns: list[str], *, full_phones: bool) -> Any:
        in_words = real(columns, full_phones=full_phones)

        def of_row(row: Any) -> list[object]:
            if row.name == "客户3":
                Export.objects.update(state="cancelled")
            return in_words(row)

        return of_row

    monkeypatch.setattr(export_contributions, "cells", cells)
    done = exports.write_export(
        actor=world.agent, export_id=export.pk, clock=lambda: NOW, tell=lambda *_told: None
    )
    assert (done.state, done.row_count) == ("cancelled", 2)
    assert not list(media.glob("exports/*"))


@pytest.mark.parametrize("data", [{"reason": ""}, {"columns": []}, {"format": "exe"}])
def test_a_list_without_reason_or_columns_is_not_written(
    world: Company, agent: Client, data: dict[str, Any]
) -> None:
    form = {"format": "csv", "columns": ["name"], "phones": "masked", "reason": "x"} | data
    assert agent.post(reverse("customers:export_new"), form).status_code == 422
    assert not Export.objects.exists()


def test_without_the_right_nothing_is_taken_away(world: Company) -> None:
    reader = person(number="8", name="读者", branch=world.lake, permissions=("customers.view",))
    client = browser(reader)
    assert client.get(reverse("customers:export_new")).status_code == 403
    assert "exports" not in client.get(reverse("customers:list")).content.decode()
