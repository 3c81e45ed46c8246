"""Bills of a run as files: whole or not there, gone on with, and never mixed with others."""

import io
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from qiao.billing import operations as ops
from qiao.billing.models import Bill
from qiao.billing.paper import batch as batches
from qiao.billing.paper.batch import (
    OtherFiles,
    Wanted,
    Written,
    batches_of,
    bills_wanted,
    is_whole,
    write_batches,
)
from qiao.billing.tests.lives import NOW, a_bill, a_tariff, an_account, issue
from qiao.customers.models import Account
from qiao.staff.tests.cast import Company


@pytest.fixture
def bills(company: Company) -> list[Bill]:
    """Five bills of one day."""
    tariff = a_tariff()
    return issue(*(a_bill(an_account(company, tariff), 0, str(n)) for n in range(1, 6)))


def _pages(file: Path) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(file.read_bytes())).pages]


def test_files_hold_all_bills_in_order_and_a_second_call_makes_none(
    bills: list[Bill], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "TOGETHER", 2)
    planned = batches_of([(bill.pk, bill.number) for bill in bills], each=False)
    told: list[Written] = []
    written = write_batches(planned, tmp_path, language="en", progress=told.append)
    assert written == Written(5, 0)
    assert told[-1] == written
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == [
        f"{bills[0].number}-{bills[1].number}.pdf",
        f"{bills[2].number}-{bills[3].number}.pdf",
        f"{bills[4].number}.pdf",
    ]
    pages = [text for file in files for text in _pages(file)]
    assert [bill.number in text for bill, text in zip(bills, pages, strict=True)] == [True] * 5
    assert write_batches(planned, tmp_path, language="en") == Written(0, 5)


def test_a_file_that_was_cut_short_is_made_again(bills: list[Bill], tmp_path: Path) -> None:
    planned = batches_of([(bill.pk, bill.number) for bill in bills], each=True)
    write_batches(planned, tmp_path)
    cut = tmp_path / planned[2].name
    cut.write_bytes(cut.read_bytes()[:2_000])
    (tmp_path / planned[3].name).unlink()
    (tmp_path / "x.part").write_bytes(b"left by one that was killed")
    assert not is_whole(cut)
    assert write_batches(planned, tmp_path) == Written(2, 3)
    assert is_whole(cut)


def test_a_folder_with_other_bills_is_refused(bills: list[Bill], tmp_path: Path) -> None:
    (tmp_path / "ZD1.pdf").write_bytes(b"%PDF")
    planned = batches_of([(bill.pk, bill.number) for bill in bills], each=True)
    with pytest.raises(OtherFiles) as refused:
        write_batches(planned, tmp_path)
    assert refused.value.name == "ZD1.pdf"


def test_bills_are_found_by_day_account_and_number_within_the_right(
    company: Company, bills: list[Bill]
) -> None:
    def numbers(wanted: Wanted, who: str = "agent") -> list[str]:
        found = bills_wanted(actor=getattr(company, who), wanted=wanted)
        return [number for _pk, number in found]

    everything = [bill.number for bill in bills]
    day = Wanted(issued=bills[0].issued_date)
    assert numbers(day) == everything
    assert numbers(Wanted(issued=date(2020, 1, 1))) == []
    assert numbers(day, "outsider") == []
    assert numbers(day, "chief") == everything
    assert numbers(Wanted(issued=bills[0].issued_date, unit_ids=(company.river.pk,))) == []
    account = Account.objects.get(pk=bills[3].account_id)
    assert numbers(Wanted(accounts=(account.number,))) == [bills[3].number]
    ops.reverse_bill(bill_id=bills[1].pk, day=date(2026, 11, 22), reason="x", actor=None, now=NOW)
    assert bills[1].number not in numbers(day)
    assert numbers(Wanted(bills=(bills[1].number,))) == [bills[1].number]
