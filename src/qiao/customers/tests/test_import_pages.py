"""From an uploaded file to its customers and back, through the pages."""

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from qiao.core import table_life
from qiao.core.models import Disclosure
from qiao.core.sheets import open_sheet
from qiao.core.tests.deliveries import run_background
from qiao.customers.models import Customer, CustomerImport, ImportFile, ServicePoint
from qiao.customers.tests.import_setting import HEADER, line
from qiao.customers.tests.test_pages import browser
from qiao.staff.tests.cast import Company, make_company, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
FAULTY = (
    "12,李娜,13805719999,江北区一路1号,,",
    "1002999002,赵敏,1234,江北区一路3号,,2019-13-01",
    "1002999003,=cmd|x,13805719998,江北区一路4号,,",
)


@pytest.fixture
def world() -> Company:
    return make_company()


@pytest.fixture
def agent(world: Company) -> Client:
    return browser(world.agent_staff)


def send(client: Client, world: Company, content: bytes | str, name: str = "用户.csv") -> str:
    """Upload a file; where its page is."""
    data = content if isinstance(content, bytes) else content.encode()
    response = client.post(
        reverse("customers:import_new"),
        {"organisation": world.lake.pk, "file": SimpleUploadedFile(name, data)},
    )
    assert response.status_code == 302, response.content.decode()
    return response["Location"]


def rows(*lines: str) -> str:
    return "\n".join([HEADER, *lines])


def columns(client: Client, url: str) -> dict[str, str]:
    """The fields that the page proposes."""
    html = client.get(url).content.decode()
    return {
        name: re.search(r'value="([^"]+)" selected', options)[1]  # type: ignore[index]
        for name, options in re.findall(
            r'<select[^>]*name="(column-\d+)"[^>]*>(.*?)</select>', html
        )
        if " selected" in options
    }


def check(client: Client, url: str) -> str:
    """Take the proposed columns; the page of what the check found."""
    response = client.post(f"{url}columns/", columns(client, url))
    assert response.status_code == 302
    assert "rows checked" in client.get(url).content.decode()
    run_background()
    return client.get(url).content.decode()


def take_in(client: Client, url: str) -> CustomerImport:
    check(client, url)
    return start(client, url)


def start(client: Client, url: str) -> CustomerImport:
    response = client.post(f"{url}start/")
    assert response.status_code == 302
    run_background()
    return CustomerImport.objects.latest("id")


def page(job: CustomerImport, name: str = "import", *more: str) -> str:
    return reverse(f"customers:{name}", args=[job.pk, *more])


def test_a_file_is_uploaded_mapped_checked_taken_in_and_taken_back(
    world: Company, agent: Client, media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    url = send(agent, world, rows(*(line(n) for n in range(40)), *FAULTY))
    html = agent.get(url).content.decode()
    assert "13805710000" in html
    assert len(columns(agent, url)) == 6
    found = check(agent, url)
    assert re.search(r"<b[^>]*>40</b>", found)
    assert "Telephone number is no number that is given out" in found
    assert "a day such as 2026-01-31" in found
    assert not Customer.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        job = start(agent, url)
    assert (job.state, job.created_count, job.refused_count) == ("done", 40, 3)
    assert not list(media.glob("imports/*")), "the file is not kept"
    assert ImportFile.objects.get().samples == []
    refused = agent.get(page(job)).content.decode()
    assert "Account number does not have the right form" in refused
    assert agent.get(url)["Location"] == page(job)
    created = agent.get(page(job), {"view": "created"}).content.decode()
    assert reverse("customers:page", args=[Customer.objects.get(name="王伟0").pk]) in created
    dialog = agent.get(page(job, "import_undo"), headers={"HX-Request": "true"}).content.decode()
    assert "<dialog" in dialog
    assert "40 rows were taken in" in dialog
    agent.post(page(job, "import_undo"))
    assert "of 40 rows taken back" in agent.get(page(job)).content.decode()
    run_background()
    assert not Customer.objects.exists()
    html = agent.get(page(job), {"view": "created"}).content.decode()
    assert html.count("Taken back") > 40


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_refused_rows_are_a_file_in_the_readers_language_and_that_is_recorded(
    world: Company, agent: Client, tmp_path: Path, form: str, language: str
) -> None:
    job = take_in(agent, send(agent, world, rows(line(1), *FAULTY)))
    agent.cookies["q-language"] = language
    response = agent.post(page(job, "import_refused", form))
    body = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert int(response["Content-Length"]) == len(body)
    path = tmp_path / "refused"
    path.write_bytes(body)
    sheet = open_sheet(path)
    told = [row.cells for row in sheet.rows()]
    assert [row[0] for row in told] == ["3", "4", "4", "5"]
    words = {
        "en": ("Field", "Telephone number", "is no number that is given out"),
        "zh-hans": ("字段", "电话号码", "不是有效号码"),
        "zh-hant": ("欄位", "電話號碼", "不是有效號碼"),
    }[language]
    assert (sheet.header[1], *told[1][1:3]) == words
    kept = Disclosure.objects.get()
    assert (kept.kind, kept.subject, kept.row_count) == ("export", "customers.import", 3)


def test_what_was_found_cannot_become_a_formula(world: Company, agent: Client) -> None:
    job = take_in(agent, send(agent, world, rows("=1+1,李娜,13805719999,,,", line(1))))
    body = b"".join(agent.post(page(job, "import_refused", "csv")).streaming_content)  # type: ignore[attr-defined]
    cells = [cell for row in csv.reader(io.StringIO(body.decode("utf-8-sig"))) for cell in row]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


REFUSED = {
    "empty": b"",
    "pdf": b"%PDF-1.7 hello",
    "cut workbook": b"PK\x03\x04 nothing more",
    "no header": b"13805712264,13805712265\n13805712266,13805712267\n",
    "half a character": "户名,电话\n王五,13700001111\n".encode("gb18030") + b"\xff\xff\n",
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_table_is_refused_with_the_reason(
    world: Company, agent: Client, media: Path, kind: str
) -> None:
    response = agent.post(
        reverse("customers:import_new"),
        {"organisation": world.lake.pk, "file": SimpleUploadedFile("x.csv", REFUSED[kind])},
    )
    assert response.status_code == 422
    assert "q-error" in response.content.decode()
    assert not ImportFile.objects.exists()
    assert not list(media.glob("imports/*"))


def test_a_large_file_is_read_by_the_worker(
    world: Company, agent: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_life, "READ_AT_ONCE", 10)
    url = send(agent, world, rows(line(1)))
    waiting = agent.get(url, headers={"HX-Request": "true"}).content.decode()
    assert 'hx-trigger="every 2s"' in waiting
    run_background()
    assert len(columns(agent, url)) == 6


def test_a_large_file_whose_reading_was_lost_is_read_again(
    world: Company, agent: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_life, "READ_AT_ONCE", 10)
    url = send(agent, world, rows(line(1)))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE queue_name = 'bulk'")
    assert "Read the columns again" in agent.get(url).content.decode()
    agent.post(f"{url}again/")
    run_background()
    assert len(columns(agent, url)) == 6


def test_a_missing_or_doubled_field_is_told_and_the_choice_is_kept(
    world: Company, agent: Client
) -> None:
    url = send(agent, world, rows(line(1)))
    response = agent.post(f"{url}columns/", {"column-0": "account_number", "column-1": ""})
    assert response.status_code == 422
    assert "which every customer needs" in response.content.decode()
    response = agent.post(f"{url}columns/", {"column-0": "name", "column-1": "name"})
    assert "Two columns are the field" in response.content.decode()


def test_the_columns_are_remembered_for_the_next_file(world: Company, agent: Client) -> None:
    url = send(agent, world, rows(line(1)))
    own = columns(agent, url) | {"column-4": ""}
    agent.post(f"{url}columns/", own)
    run_background()
    agent.post(f"{url}start/")
    run_background()
    url = send(agent, world, rows(line(2)))
    assert "was taken in before" in agent.get(url).content.decode()
    assert "column-4" not in columns(agent, url)


def test_the_same_file_again_leads_to_its_import(world: Company, agent: Client) -> None:
    text = rows(line(1), line(2))
    job = take_in(agent, send(agent, world, text))
    url = send(agent, world, text)
    assert "left as they are" in check(agent, url)
    assert agent.post(f"{url}start/")["Location"] == page(job)
    assert CustomerImport.objects.count() == 1


def test_going_back_to_the_columns_ends_the_check(world: Company, agent: Client) -> None:
    url = send(agent, world, rows(line(1)))
    agent.post(f"{url}columns/", columns(agent, url))
    agent.post(f"{url}back/")
    run_background()
    assert ImportFile.objects.get().state == "mapping"
    assert ImportFile.objects.get().findings == {}


def test_an_import_is_stopped_and_what_came_in_stays(world: Company, agent: Client) -> None:
    url = send(agent, world, rows(line(1)))
    check(agent, url)
    agent.post(f"{url}start/")
    job = CustomerImport.objects.get()
    head = agent.get(page(job), headers={"HX-Request": "true"}).content.decode()
    assert "Waits for a worker" in head
    agent.post(page(job, "import_cancel"))
    run_background()
    job.refresh_from_db()
    assert (job.state, job.read_count) == ("cancelled", 0)
    ended = agent.get(page(job), headers={"HX-Request": "true"})
    assert ended["HX-Refresh"] == "true"


def test_an_import_whose_file_was_lost_says_so_and_may_be_stopped(
    world: Company, agent: Client, media: Path
) -> None:
    url = send(agent, world, rows(line(1)))
    check(agent, url)
    agent.post(f"{url}start/")
    for path in media.glob("imports/*"):
        path.unlink()
    run_background()
    job = CustomerImport.objects.get()
    html = agent.get(page(job)).content.decode()
    assert "The file is no longer here" in html
    assert "Resume the import" in html
    assert agent.post(page(job, "import_resume")).status_code == 302
    assert agent.post(page(job, "import_cancel")).status_code == 302


def test_a_thrown_away_file_leaves_the_disk(
    world: Company, agent: Client, media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    url = send(agent, world, rows(line(1)))
    assert len(list(media.glob("imports/*"))) == 1
    with django_capture_on_commit_callbacks(execute=True):
        agent.post(f"{url}discard/")
    assert not list(media.glob("imports/*"))
    assert "was removed" in agent.get(url).content.decode()


def test_without_the_right_there_is_no_import(world: Company) -> None:
    reader = person(number="8", name="读者", branch=world.lake, permissions=("customers.view",))
    client = browser(reader)
    assert client.get(reverse("customers:imports")).status_code == 403
    assert client.get(reverse("customers:import_new")).status_code == 403
    assert "/imports/" not in client.get(reverse("customers:list")).content.decode()


def test_names_of_people_whom_the_reader_may_not_see_stay_out(world: Company) -> None:
    chief, agent = browser(world.chief_staff), browser(world.agent_staff)
    text = rows("90010001,陈慧敏,13805712264,江北区一路1号,,")
    response = chief.post(
        reverse("customers:import_new"),
        {"organisation": world.river.pk, "file": SimpleUploadedFile("a.csv", text.encode())},
    )
    take_in(chief, response["Location"])
    job = take_in(agent, send(agent, world, rows("90010001,陈慧敏,13805712264,江北区一路1号,,,")))
    html = agent.get(page(job), {"view": "known"}).content.decode()
    assert "Known already, left as it is" in html
    assert "陈慧敏" not in html
    assert "90010001" not in html


def test_the_list_and_the_rows_go_on_where_they_ended(world: Company, agent: Client) -> None:
    job = take_in(agent, send(agent, world, rows(*(line(n) for n in range(120)))))
    url, seen = page(job) + "?view=all", []
    while url:
        html = agent.get(url).content.decode()
        seen += [int(n) for n in re.findall(r'<td class="r num t3">(\d+)</td>', html)]
        found = re.search(r'rel="next" href="([^"]+)"', html)
        url = page(job) + found[1].replace("&amp;", "&") if found else ""
    assert seen == list(range(2, 122))


def test_pages_ask_as_much_for_many_rows_as_for_one(world: Company, agent: Client) -> None:
    def count(job: CustomerImport) -> int:
        agent.get(page(job), {"view": "all"})
        with CaptureQueriesContext(connection) as captured:
            agent.get(page(job), {"view": "all"})
            agent.get(reverse("customers:imports"))
        return len(captured)

    one = take_in(agent, send(agent, world, rows(line(1), FAULTY[1])))
    before = count(one)
    many = take_in(agent, send(agent, world, rows(*(line(n) for n in range(2, 40)), *FAULTY)))
    assert count(many) == before


def test_what_is_missing_is_added_and_what_differs_is_listed_beside_what_is_held(
    world: Company, agent: Client, tmp_path: Path
) -> None:
    take_in(agent, send(agent, world, rows(line(1), line(2))))
    url = send(
        agent, world, rows(line(1, phone="13805710001、13900001111"), "1002000002,王娜二,,,,")
    )
    agent.post(f"{url}columns/", {**columns(agent, url), "known": "add"})
    run_background()
    found = agent.get(url).content.decode()
    assert "1 of them gets what is missing" in found
    assert "Where the file says otherwise" not in found
    job = start(agent, url)
    assert (job.known, job.known_count, job.added_count, job.refused_count) == ("add", 1, 1, 1)
    added = agent.get(page(job), {"view": "added"}).content.decode()
    assert "Telephone number</span>" in added
    dialog = agent.get(page(job, "import_undo"), headers={"HX-Request": "true"}).content.decode()
    assert "1 row added to a customer who was known" in dialog

    other = send(agent, world, rows(line(1).replace("W-00000001", "W-7")))
    agent.post(f"{other}columns/", {**columns(agent, other), "known": "add"})
    run_background()
    assert "Meter number <span" in agent.get(other).content.decode()
    job = start(agent, other)
    listed = agent.get(page(job), {"view": "differs"}).content.decode()
    assert "W-00000001" in listed
    assert ">W-7<" in listed
    body = b"".join(agent.post(page(job, "import_differing", "csv")).streaming_content)  # type: ignore[attr-defined]
    told = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    assert told[1] == ["2", "王芳1", "1002000001", "Meter number", "W-00000001", "W-7", ""]
    kept = Disclosure.objects.get()
    assert (kept.kind, kept.row_count, kept.reason) == ("export", 1, "differing rows as csv")
    ServicePoint.objects.filter(meter_number="W-00000001").update(meter_number="W-7")
    assert "The same by now" in agent.get(page(job), {"view": "differs"}).content.decode()
