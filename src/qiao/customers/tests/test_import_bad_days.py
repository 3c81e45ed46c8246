"""Files as they really come, through the page: told by row, or refused whole with the reason."""

import resource
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from qiao.core.sheets import MOST_BYTES, MOST_PACKED_BYTES, most_bytes
from qiao.core.tests.sheet_files import pack_book, rows_of, write_xlsx
from qiao.core.uploads import NoRoom
from qiao.customers.models import (
    Account,
    Customer,
    CustomerImport,
    CustomerPhone,
    ImportFile,
    Premises,
)
from qiao.customers.operations.import_foreseeing import Foreseen, full_disk_told
from qiao.customers.operations.import_matching import Known
from qiao.customers.rules.import_rows import ImportedRow
from qiao.customers.tests.test_import_pages import send, take_in
from qiao.customers.tests.test_pages import browser
from qiao.staff.tests.cast import Company, make_company

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
HEADER = ("户号", "户名", "联系电话", "用水地址", "开户日期", "身份证号")
ID_NUMBER = "11010519491231002X"


@pytest.fixture
def world() -> Company:
    return make_company()


@pytest.fixture
def agent(world: Company) -> Client:
    return browser(world.agent_staff)


Fill = Callable[[Any, Any], None]


def take(agent: Client, world: Company, folder: Path, fill: Fill) -> CustomerImport:
    """Write a workbook, upload it, take the proposed columns, take it in."""

    def whole(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, HEADER)
        fill(book, sheet)

    path = write_xlsx(folder / "book.xlsx", whole)
    return take_in(agent, send(agent, world, path.read_bytes(), "book.xlsx"))


def told(job: CustomerImport) -> dict[int, set[tuple[str, str]]]:
    """Fields and codes by refused row."""
    refused = job.rows.filter(outcome="refused").values_list("row_number", "faults")
    return {n: {(fault["field"], fault["code"]) for fault in faults} for n, faults in refused}


def test_cells_that_a_spreadsheet_spoilt_are_told_by_row(
    world: Company, agent: Client, tmp_path: Path
) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(1, 0, ["10020001", "王芳", "13805710001", "一路1号", "2019-03-01"])
        sheet.write_row(2, 0, ["10020002", "李娜", "13805710002", "一路2号", "2019-03-01"])
        sheet.write_number(2, 5, 110105194912310020)  # 18 digits as a number: the last are lost
        sheet.write_string(3, 0, "10020003")
        sheet.write_string(3, 1, "=HYPERLINK(1)")
        sheet.write_row(3, 2, ["13805710003", "一路3号", "2019-03-01"])
        sheet.write_row(4, 0, [1.00288e20, "赵敏", "13805710004", "一路4号", "2019-03-01"])
        sheet.write_formula(5, 1, "=NA()", None, "#N/A")
        sheet.write_string(5, 0, "10020005")

    job = take(agent, world, tmp_path, fill)
    assert (job.created_count, job.refused_count) == (1, 4)
    assert told(job) == {
        3: {("id_number", "digits_lost"), ("id_number", "check-character")},
        4: {("name", "formula")},
        5: {("account_number", "shape"), ("account_number", "digits_lost")},
        6: {("name", "error_cell"), ("name", "empty")},
    }


def test_odd_but_right_cells_are_read_as_they_are_meant(
    world: Company, agent: Client, tmp_path: Path
) -> None:
    def fill(book: Any, sheet: Any) -> None:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        wide = "１００２０００１"
        sheet.write_row(1, 0, [wide, "古丽·买买提", "１３８０５７１０００１", "一路１号"])
        sheet.write_datetime(1, 4, date(2019, 3, 1), day)
        sheet.write_string(1, 5, ID_NUMBER.lower())
        sheet.write_row(
            2, 0, ["'0012345678", "𠮷田㐂一", "138 0571 0002", "二路", "民国108年3月1日"]
        )
        sheet.write_row(3, 0, [10020003, "李 娜", 13805710003, "三路", "2019年3月1日"])
        sheet.merge_range(4, 3, 5, 3, "共用的地址5号")
        sheet.write_row(4, 0, ["10020005", "赵敏", "13805710005"])
        sheet.write_row(5, 0, ["10020006", "赵强", "13805710006"])

    job = take(agent, world, tmp_path, fill)
    assert told(job) == {}
    assert job.created_count == 5
    assert set(Account.objects.values_list("number", flat=True)) >= {
        "10020001", "0012345678", "10020003",
    }  # fmt: skip
    assert Customer.objects.filter(name="𠮷田㐂一").exists()
    assert Customer.objects.filter(name="古丽·买买提", identities__kind="id_card").exists()
    assert CustomerPhone.objects.filter(number="+8613805710001").exists()
    opened = Account.objects.filter(opened_date=date(2019, 3, 1))
    assert opened.count() == 3
    shared = Premises.objects.get(full_text="共用的地址5号")
    assert Account.objects.filter(service_point__premises=shared).count() == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_the_encodings_of_old_systems_are_read(
    world: Company, agent: Client, encoding: str
) -> None:
    text = "户号,户名,电话\n10020001,镕基·㐂,13805710001\n"
    take_in(agent, send(agent, world, text.encode(encoding)))
    assert Customer.objects.get().name == "镕基·㐂"


def test_a_zip_bomb_is_refused_with_its_reason(
    world: Company, agent: Client, tmp_path: Path
) -> None:
    path = pack_book(tmp_path / "bomb.xlsx", rows_of() + " " * 60_000_000)
    upload = SimpleUploadedFile("bomb.xlsx", path.read_bytes())
    response = agent.post(
        reverse("customers:import_new"), {"organisation": world.lake.pk, "file": upload}
    )
    assert response.status_code == 422
    assert "unpacks to more than a workbook can hold" in response.content.decode()


@contextmanager
def files_of_at_most(size_bytes: int) -> Iterator[None]:
    """Let the system refuse this process larger files, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [1_500_000, 6_000_000])
def test_a_full_disk_is_told_and_nothing_of_the_file_stays(
    world: Company, agent: Client, media: Path, size: int
) -> None:
    upload = SimpleUploadedFile("large.csv", b"a,b\n" + b"x,y\n" * (size // 4))
    with files_of_at_most(1_000_000):
        response = agent.post(
            reverse("customers:import_new"), {"organisation": world.lake.pk, "file": upload}
        )
    assert response.status_code == 422
    html = response.content.decode()
    assert "disk has no room for this file" in html
    assert "This field is required" not in html
    assert not ImportFile.objects.exists()
    assert not list(media.rglob("*.upload"))


def foresee(rows: int) -> None:
    """Let a dry run keep so many people beside the database."""
    with closing(Foreseen()) as foreseen, full_disk_told():
        for n in range(rows):
            row = ImportedRow(name=f"王芳{n}" * 16, phones=("+8613805710001",))
            foreseen.write(row, Known(), None, None)


def test_a_full_disk_during_a_check_is_told() -> None:
    with files_of_at_most(200_000), pytest.raises(NoRoom):
        foresee(20_000)


def test_a_sheet_with_more_rows_than_a_workbook_has_is_refused(
    world: Company, agent: Client, tmp_path: Path
) -> None:
    path = pack_book(
        tmp_path / "long.xlsx", rows_of('<x:row r="1048577"><x:c t="inlineStr"/></x:row>')
    )
    upload = SimpleUploadedFile("long.xlsx", path.read_bytes())
    response = agent.post(
        reverse("customers:import_new"), {"organisation": world.lake.pk, "file": upload}
    )
    assert response.status_code == 422
    assert "This file is damaged" in response.content.decode()


def test_the_page_says_how_large_a_file_may_be(agent: Client) -> None:
    html = agent.get(reverse("customers:import_new")).content.decode()
    assert f'data-most-bytes="{MOST_BYTES}"' in html
    assert f'data-most-workbook="{MOST_PACKED_BYTES}"' in html
    assert most_bytes("Register.XLSX") == most_bytes("a.xls") == MOST_PACKED_BYTES
    assert most_bytes("register.csv") == most_bytes("") == MOST_BYTES
    assert "a workbook may have 200 MB, a CSV 2 GB" in html
