"""Rows of customer files: what they become, and what is wrong with them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.rules.identity import resident_check_character
from qiao.customers.rules.import_rows import Defaults, ImportedRow, read_row

TODAY = date(2026, 11, 22)
FLAGS = {"独居老人": "elderly_alone", "elderly_alone": "elderly_alone"}
HEADER = (
    "account_number", "name", "phone", "phone", "id_number", "address", "meter_number",
    "opened_date", "use", "status", "flags",
)  # fmt: skip
MAPPING = dict(enumerate(HEADER))
BODY = "33010619870514201"
ID_CARD = BODY + resident_check_character(BODY)


def read(**cells: str) -> ImportedRow:
    """A row of `HEADER`; ``phone2`` fills the second telephone column."""
    row = [cells.get(key, "") for key in HEADER]
    row[3] = cells.get("phone2", "")
    return read_row(
        row, MAPPING, defaults=Defaults(area_code="571"), flag_words=FLAGS, today=TODAY
    )


def codes(row: ImportedRow) -> set[tuple[str, str]]:
    return {(fault.field, fault.code) for fault in row.faults}


def test_a_whole_row_becomes_what_is_stored() -> None:
    row = read(
        account_number="1002 8834-561", name="陈慧敏", phone="138 0571 2264", phone2="8888 1234",
        id_number=ID_CARD, address="滨湖区柳荫路88号翠湖花园6幢1203室", meter_number="W-30218876",
        opened_date="2017-05-04T00:00:00", use="居民生活", status="正常", flags="独居老人",
    )  # fmt: skip
    assert row.faults == []
    assert (row.account_number, row.name, row.kind) == ("10028834561", "陈慧敏", "person")
    assert row.phones == ("+8613805712264", "+8657188881234")
    assert (row.id_kind, row.id_number) == ("id_card", ID_CARD)
    assert (row.opened_date, row.use, row.status) == (date(2017, 5, 4), "household", "active")
    assert row.flags == ("elderly_alone",)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("临江精工理发店", "organisation"),
        ("杭州西子物业管理有限公司", "organisation"),
        ("Riverside Holdings Ltd.", "organisation"),
        ("买买提·阿不都拉", "person"),
        ("𠮷田 惠子", "person"),
        ("公孙大娘", "person"),
    ],
)
def test_the_kind_of_a_customer_is_read_from_the_name(name: str, kind: str) -> None:
    assert read(name=name, phone="13805712264").kind == kind


def test_several_numbers_in_a_cell_are_taken_apart_and_held_once() -> None:
    row = read(name="王伟", phone="13805712264、0571-88881234", phone2="13805712264")
    assert row.phones == ("+8613805712264", "+8657188881234")


def test_every_fault_of_a_row_is_told_with_its_field() -> None:
    row = read(
        account_number="12", phone="1234", id_number=ID_CARD[:-1] + "?", meter_number="W1",
        opened_date="2031-01-01", use="moon", flags="独居老人，飞行员",
    )  # fmt: skip
    assert codes(row) == {
        ("name", "empty"),
        ("phone", "unknown"),
        ("id_number", "shape"),
        ("account_number", "shape"),
        ("address", "missing"),
        ("opened_date", "date"),
        ("use", "unknown"),
        ("flags", "unknown"),
    }
    told = next(fault for fault in row.faults if fault.field == "use")
    assert "household" in told.expected
    secret = next(fault for fault in row.faults if fault.field == "id_number")
    assert secret.found == "", "an identity number stands in no error file"


def test_a_name_alone_cannot_be_known_again() -> None:
    assert codes(read(name="王伟")) == {("name", "unknowable")}


@given(st.lists(st.text(max_size=40), min_size=11, max_size=11))
def test_whatever_stands_in_the_cells_the_answer_is_a_row_or_faults(cells: list[str]) -> None:
    row = read_row(cells, MAPPING, defaults=Defaults(), flag_words=FLAGS, today=TODAY)
    assert row.faults or (row.name and (row.phones or row.id_number or row.account_number))
    assert all(phone.startswith("+") for phone in row.phones)
