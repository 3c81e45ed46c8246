"""What an invoice needs is held to its form: taxpayer numbers, numbers of invoices, addresses."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.billing.rules.bills.invoices import (
    BadInvoice,
    Buyer,
    InvoiceFault,
    Issued,
    adds_to,
    read_buyer,
    read_issued,
    read_tax_number,
)
from qiao.billing.rules.bills.lines import contained_taxes
from qiao.billing.rules.money.allocation import Allocated, Debt, Order, allocate, paid_in_full
from qiao.billing.rules.tariffs.reading import read_tariff
from qiao.billing.tests.lives import definition
from qiao.core.rules.identity import credit_check_character
from qiao.core.rules.text import BadText
from qiao.core.rules.web import is_web_address

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
DAY = date(2026, 11, 22)
ISSUED = Issued("26332000000000000017", DAY, "https://invoices.example/17.pdf")
bodies = st.builds(
    "{}{}{}".format,
    st.text(ALPHABET, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=9, max_size=9),
)


@given(bodies, st.sampled_from(ALPHABET), st.sampled_from(["", " ", "-"]))
def test_a_credit_code_is_taken_with_its_own_check_character_alone(
    body: str, last: str, between: str
) -> None:
    right = credit_check_character(body)
    written = between.join([body[:8].lower(), body[8:], last])
    if last == right:
        assert read_tax_number(written) == body + right
        return
    with pytest.raises(BadInvoice) as refusal:
        read_tax_number(written)
    assert refusal.value.fault == InvoiceFault.CHECK_CHARACTER


@given(st.text("0123456789ABCXYZ", max_size=30))
def test_other_numbers_have_fifteen_to_twenty_signs(text: str) -> None:
    if not text:
        assert read_tax_number(text) == ""
    elif 15 <= len(text) <= 20 and len(text) != 18:
        assert read_tax_number(text) == text
    elif len(text) != 18:
        with pytest.raises(BadInvoice) as refusal:
            read_tax_number(text)
        assert refusal.value.field == "tax_number"


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_or_refused_and_read_again_as_it_is(text: str) -> None:
    try:
        found = read_tax_number(text)
    except BadInvoice:
        return
    assert read_tax_number(found) == found
    assert found == "" or 15 <= len(found) <= 20


@pytest.mark.parametrize("text", ["-", "…", "()"])
def test_signs_alone_are_no_number(text: str) -> None:
    with pytest.raises(BadInvoice):
        read_tax_number(text)


def test_a_buyer_is_cleaned_and_needs_a_title() -> None:
    found = read_buyer(Buyer(" 临江\u200b造纸厂 ", "", "", " mill@example.com "))
    assert found == Buyer("临江造纸厂", "", "", "mill@example.com")
    for bad in (Buyer(""), Buyer("x" * 121), Buyer("x\ny")):
        with pytest.raises(BadText):
            read_buyer(bad)
    for email in ("mill", "mill@", "@example.com", "a b@example.com", "mill@example"):
        with pytest.raises(BadInvoice) as refusal:
            read_buyer(Buyer("x", email=email))
        assert refusal.value.field == "email"


@pytest.mark.parametrize("number", ["12345678", "2633200000000000001７", "1234 5678 9012"])
def test_numbers_of_invoices_are_digits(number: str) -> None:
    found = read_issued(replace(ISSUED, number=number), today=DAY).number
    assert found.isdecimal()
    assert found.isascii()
    assert 8 <= len(found) <= 20


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"number": "1234567"}, "number"),
        ({"number": "1" * 21}, "number"),
        ({"number": "26332000A0000000017"}, "number"),
        ({"day": DAY + timedelta(days=1)}, "issued_date"),
        ({"url": "http://invoices.example/17.pdf"}, "url"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "https://me:secret@invoices.example/17.pdf"}, "url"),
    ],
)
def test_what_is_told_wrongly_names_its_field(change: dict[str, object], field: str) -> None:
    with pytest.raises(BadInvoice) as refusal:
        read_issued(replace(ISSUED, **change), today=DAY)  # type: ignore[arg-type]
    assert refusal.value.field == field


def test_only_secure_addresses_with_a_host_are_addresses() -> None:
    assert is_web_address("https://a.example/x?y=1")
    for text in ("", "https://", "https:///x", "https://a.example:0/", "https://[::1", "//a"):
        assert not is_web_address(text), text
    assert not is_web_address("https://a.example/#x")
    assert not is_web_address("https://a.example/文")
    assert is_web_address("http://a.example", schemes={"http"})


def test_what_is_told_again_may_add_where_the_file_is_and_nothing_else() -> None:
    bare = replace(ISSUED, url="")
    assert adds_to(bare, ISSUED)
    assert not adds_to(ISSUED, ISSUED)
    assert not adds_to(ISSUED, bare)
    for other in (
        replace(ISSUED, number="26332000000000000018"),
        replace(ISSUED, day=DAY - timedelta(days=1)),
        replace(ISSUED, url="https://invoices.example/18.pdf"),
    ):
        with pytest.raises(ValueError, match="26332"):
            adds_to(ISSUED, other)


@given(st.integers(1, 10**9), st.integers(0, 10**9))
def test_a_contained_tax_is_shared_out_to_the_last_coin(water: int, tax: int) -> None:
    tariff = read_tariff(definition("2.00", "3.00"))
    amounts = {"water": water, "sewage": 95, "tax": tax}
    found = contained_taxes(amounts, tariff.charges)
    assert found["water"] == tax
    assert sum(found.values()) == tax


@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(1, 500)), min_size=1, max_size=8),
    st.integers(1, 2_000),
)
def test_bills_are_paid_in_full_when_nothing_is_left_of_them(
    rows: list[tuple[int, int]], minor: int
) -> None:
    debts = [
        Debt(bill, DAY + timedelta(days=bill), "principal", f"owner{place}", owed)
        for place, (bill, owed) in enumerate(rows)
    ]
    paid, _left = allocate(minor, debts, order=Order())
    whole = paid_in_full(debts, paid)
    for bill in {bill for bill, _owed in rows}:
        owed = sum(debt.minor for debt in debts if debt.bill == bill)
        got = sum(each.minor for each in paid if each.debt.bill == bill)
        assert (bill in whole) == (owed == got)
    assert not paid_in_full(debts, [Allocated(debts[0], 0)]) - {debts[0].bill}
