"""Lists of cases as files: written in the background, equal to the list, recorded."""

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from qiao.cases import operations
from qiao.cases.models import Case
from qiao.cases.queries import list_cases, list_pages
from qiao.cases.showing import list_file, listing
from qiao.cases.tests.browsing import HTMX, client_of, text_of
from qiao.cases.tests.world import NOW, a_case
from qiao.core import exports
from qiao.core.models import Disclosure, Export
from qiao.core.sheets import open_sheet
from qiao.core.tests.deliveries import run_background
from qiao.staff.models import Notice
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, person

pytestmark = pytest.mark.usefixtures("media")


def ask(client: Client, query: str = "view=open", form: str = "csv") -> Export:
    answer = client.post(
        f"{reverse('cases:export')}?{query}", {"format": form, "reason": "月度核查"}
    )
    assert answer.status_code == 302, text_of(answer)
    return Export.objects.latest("id")


def content(client: Client, export: Export) -> bytes:
    answer = client.get(reverse("staff:file", args=[export.pk]))
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_file_holds_the_list_in_its_order_cell_by_cell(
    company: Company, agent: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setattr(list_pages, "PAGE", 2)
    for n in range(5):
        a_case(company, title=f"第{n}件", now=NOW - timedelta(hours=n))
    operations.change_priority(
        case_id=Case.objects.latest("id").pk, priority="urgent", actor=company.agent, now=NOW
    )
    export = ask(agent, "view=open&sort=opened", form)
    run_background()
    place = list_file.place_of(export.terms)
    listed = list_cases(
        actor=company.agent, now=NOW, view=place.view, filters=place.filters, order=place.order
    )
    wanted = [[str(cell) for cell in list_file.cells(s)] for s in listing.show_rows(listed.rows)]
    path = tmp_path / f"cases.{form}"
    path.write_bytes(content(agent, export))
    if form == "csv":
        head, *found = csv.reader(io.StringIO(path.read_text("utf-8-sig")))
    else:
        sheet = open_sheet(path)
        head, found = list(sheet.header), [list(row.cells) for row in sheet.rows()]
    assert len(head) == len(list_file.heads())
    assert len(wanted) == 5
    assert [row[:8] for row in found] == [row[:8] for row in wanted]
    assert [[c or "" for c in row] for row in found] == wanted
    page = text_of(agent.get(f"{reverse('cases:list')}?view=open&sort=opened"))
    places = [page.index(row[0]) for row in found]
    assert places == sorted(places), "the order of the screen"


def test_it_is_recorded_with_its_reason_and_told_by_the_bell(
    company: Company, agent: Client
) -> None:
    a_case(company, title="=HYPERLINK(1)")
    export = ask(agent)
    assert export.expected_rows == 1
    run_background()
    assert "'=HYPERLINK(1)" in content(agent, export).decode()
    kept = Disclosure.objects.get()
    assert (kept.subject, kept.row_count, kept.reason) == ("cases.case", 1, "月度核查")
    assert Notice.objects.get(staff=company.agent_staff).subject_id == export.pk
    assert "月度核查" in text_of(agent.get(reverse("staff:notices")))


def test_a_job_that_is_killed_and_run_again_makes_one_file(
    company: Company, agent: Client, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_case(company)
    export = ask(agent)

    def killed(_shown: Any) -> list[object]:
        raise SystemExit

    told: dict[str, Any] = {
        "export_id": export.pk, "actor": company.agent, "clock": lambda: NOW,
        "tell": lambda *_: None,
    }  # fmt: skip
    with monkeypatch.context() as broken:
        broken.setattr(list_file, "cells", killed)
        with pytest.raises(SystemExit):
            exports.write_export(**told)
    export.refresh_from_db()
    assert export.state == "running"
    run_background()
    export.refresh_from_db()
    assert (export.state, export.row_count) == ("done", 1)
    assert [path.name for path in media.glob("exports/*")] == [f"{export.pk}.csv"]
    assert Disclosure.objects.count() == 1
    assert exports.write_export(**told).state == "done"
    assert Disclosure.objects.count() == 1


def test_whoever_lost_the_right_meanwhile_gets_no_file(company: Company, media: Path) -> None:
    a_case(company)
    rights = ("cases.view", "cases.export")
    staff = person(number="1900", name="离岗", branch=company.lake, permissions=rights)
    client = client_of(staff)
    export, ready = ask(client), ask(client)
    exports.write_export(
        export_id=ready.pk,
        actor=actor_for(staff, day=TODAY),
        clock=lambda: NOW,
        tell=lambda *_: None,
    )
    poor = person(number="1901", name="在岗", branch=company.lake, permissions=("cases.view",))
    done = exports.write_export(
        export_id=export.pk,
        actor=actor_for(poor, day=TODAY),
        clock=lambda: NOW,
        tell=lambda *_: None,
    )
    assert done.state == "refused"
    assert not (media / "exports" / f"{export.pk}.csv").exists()
    ready.refresh_from_db()
    assert not exports.is_ready(ready, actor=actor_for(poor, day=TODAY), now=NOW)


def test_the_dialog_says_which_list_and_how_many(company: Company, agent: Client) -> None:
    a_case(company)
    told = text_of(agent.get(f"{reverse('cases:export')}?view=open&escalated=1", headers=HTMX))
    assert 'name="reason"' in told
    answer = agent.post(f"{reverse('cases:export')}?view=open", {"format": "csv", "reason": " "})
    assert answer.status_code == 422
    assert not Export.objects.exists()
