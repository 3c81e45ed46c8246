"""Columns of files find their fields by what companies call them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.rules.columns import fold, signature
from qiao.customers.rules.import_columns import FIELDS, KEYS, mapping_faults, propose


def fields_of(*headers: str) -> list[str]:
    return [proposal.field for proposal in propose(headers)]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (
            ("户号", "户名", "联系电话", "用水地址", "水表编号", "口径(mm)", "开户日期"),
            ("account_number", "name", "phone", "address", "meter_number", "meter_size",
             "opened_date"),
        ),
        (
            ("Account No.", "Customer Name", "Mobile", "Service Address", "Status"),
            ("account_number", "name", "phone", "address", "status"),
        ),
        (
            ("用戶編號", "客戶名稱", "手機號碼", "聯絡電話", "裝表地址"),
            ("account_number", "name", "phone", "phone", "address"),
        ),
        (("姓 名", "身份证号（18位）", "备注"), ("name", "id_number", "")),
        (("联系人姓名", "联系人电话"), ("name", "phone")),
        (("客户编号", "客户名称", "业主"), ("account_number", "name", "")),
        (("序号", "#2", ""), ("", "", "")),
    ],
)  # fmt: skip
def test_headers_of_real_files_are_understood(
    headers: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert fields_of(*headers) == list(expected)


def test_every_name_of_a_field_alone_means_that_field() -> None:
    for field in FIELDS:
        for name in field.names:
            assert fields_of(name) == [field.key], name


@given(st.lists(st.text(max_size=12), max_size=12))
def test_a_proposal_never_fails_and_gives_a_field_once(headers: list[str]) -> None:
    found = propose(headers)
    assert [proposal.column for proposal in found] == list(range(len(headers)))
    said = [proposal.field for proposal in found if proposal.field and proposal.field != "phone"]
    assert len(said) == len(set(said))
    assert {proposal.field for proposal in found} <= KEYS | {""}


def test_a_kind_of_file_is_known_again_in_another_order_and_writing() -> None:
    assert signature(["户号", "户名 ", "手机"]) == signature(["手机", "户 号", "户名"])
    assert signature(["户号", "户名"]) != signature(["户号", "姓名"])
    assert fold("口径（mm）") == fold("口径")


def test_a_mapping_is_told_what_it_lacks() -> None:
    assert mapping_faults({0: "name", 1: "phone", 2: "phone", 3: ""}) == []
    assert mapping_faults({0: "phone"}) == [("missing", "name")]
    assert mapping_faults({0: "name", 1: "name"}) == [("twice", "name")]
    assert mapping_faults({0: "name", 1: "shoe_size"}) == [("unknown", "shoe_size")]
