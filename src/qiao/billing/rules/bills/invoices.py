"""Invoices, pure: who buys, what a provider says of an issued one, and what a request becomes.

A taxpayer number (纳税人识别号) has 15 to 20 letters and digits; one of 18 is a unified social
credit code with its check character (GB 32100-2015). A fully digitalised invoice (数电票) has a
number of 20 digits; older kinds have 8 and more.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from unicodedata import normalize

from qiao.core.rules.identity import is_credit_code, normal_form
from qiao.core.rules.text import clean
from qiao.core.rules.web import is_web_address

TITLE_LENGTH: Final = 120
ADDRESS_LENGTH: Final = 200
EMAIL_LENGTH: Final = 254
URL_LENGTH: Final = 500
CREDIT_LENGTH: Final = 18
_TAX_NUMBER: Final = re.compile(r"[0-9A-Z]{15,20}")
_NUMBER: Final = re.compile(r"[0-9]{8,20}")
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")


class InvoiceFault(StrEnum):
    """Why something about an invoice is refused: an identifier for the caller's translation."""

    TAX_NUMBER = "tax-number"
    CHECK_CHARACTER = "check-character"
    EMAIL = "email"
    NUMBER = "number"
    DAY = "day"
    ADDRESS = "address"


class BadInvoice(ValueError):  # noqa: N818 - a refusal, not a fault
    """A value of another form than it has to be; `field` is its name."""

    def __init__(self, field: str, fault: InvoiceFault) -> None:
        super().__init__(f"{field}: {fault}")
        self.field, self.fault = field, fault


@dataclass(frozen=True, slots=True)
class Buyer:
    """Whose name an invoice has: the title (抬头), the taxpayer number where there is one, and
    where it goes."""

    title: str
    tax_number: str = ""
    address: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Issued:
    """What the tax platform says of an issued invoice: its number, its day, and where the file
    is, "" where that is not told (yet)."""

    number: str
    day: date
    url: str = ""


def read_buyer(buyer: Buyer) -> Buyer:
    """A buyer in the form that is kept. Raises `BadInvoice`, `BadText`."""
    email = clean(buyer.email, field="email", max_length=EMAIL_LENGTH, one_line=True)
    if email and not _EMAIL.fullmatch(email):
        raise BadInvoice("email", InvoiceFault.EMAIL)
    return Buyer(
        title=clean(
            buyer.title, field="title", max_length=TITLE_LENGTH, one_line=True, required=True
        ),
        tax_number=read_tax_number(buyer.tax_number),
        address=clean(buyer.address, field="address", max_length=ADDRESS_LENGTH, one_line=True),
        email=email,
    )


def read_tax_number(text: str) -> str:
    """A taxpayer number as it is written, in any width and spacing; "" for none.

    Raises `BadInvoice`.
    """
    number = normal_form(text)
    if not number and not text.strip():
        return ""
    if not _TAX_NUMBER.fullmatch(number):
        raise BadInvoice("tax_number", InvoiceFault.TAX_NUMBER)
    if len(number) == CREDIT_LENGTH and not is_credit_code(number):
        raise BadInvoice("tax_number", InvoiceFault.CHECK_CHARACTER)
    return number


def read_issued(issued: Issued, *, today: date) -> Issued:
    """What was told of an issued invoice, in the form that is kept. Raises `BadInvoice`,
    `BadText`."""
    number = "".join(normalize("NFKC", issued.number).split())
    if not _NUMBER.fullmatch(number):
        raise BadInvoice("number", InvoiceFault.NUMBER)
    if issued.day > today:
        raise BadInvoice("issued_date", InvoiceFault.DAY)
    url = clean(issued.url, field="url", max_length=URL_LENGTH, one_line=True)
    if url and not is_web_address(url):
        raise BadInvoice("url", InvoiceFault.ADDRESS)
    return Issued(number, issued.day, url)


def adds_to(known: Issued, told: Issued) -> bool:
    """Whether what is told of an issued invoice again adds where its file is, and changes
    nothing else. Raises `ValueError` where it says something else than what is known."""
    same = (known.number, known.day) == (told.number, told.day)
    if not same or (told.url and known.url and told.url != known.url):
        raise ValueError(known.number)
    return bool(told.url) and not known.url
