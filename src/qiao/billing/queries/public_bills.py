"""A bill as its customer reads it on a page, as it stands today."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from qiao.billing import showing
from qiao.billing import showing_bills as words
from qiao.billing.paper import bills_pdf
from qiao.billing.queries.bill_links import bill_of_token
from qiao.billing.queries.papers import bill_papers
from qiao.billing.queries.standings import open_of
from qiao.billing.showing_papers import Bar, BillPaper

HEIGHT: Final = 60
STEP: Final = 25
WIDTH: Final = 14


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """A bar in a drawing 300 wide and 82 high, a month below it."""

    x: int
    y: int
    height: int
    now: bool
    month: str
    title: str


@dataclass(frozen=True, slots=True)
class PublicBill:
    """A bill as it was issued, and how it stands now: what is still owed of it in words, empty for
    nothing, and its state with the tone of that."""

    paper: BillPaper
    due_date: date
    open: str
    state: str
    tone: str
    bars: tuple[DrawnBar, ...]


def public_bill(token: str, *, today: date, language: str) -> PublicBill | None:
    """The bill of an address in a language; None for an address that leads nowhere."""
    bill = bill_of_token(token, today=today)
    if bill is None:
        return None
    (paper,) = bill_papers([bill], language=language)
    minor = open_of(bill)
    state, tone = words.bill_state(bill, minor, today)
    return PublicBill(
        paper,
        bill.due_date,
        showing.money(minor, bill.currency) if minor > 0 else "",
        state,
        tone,
        tuple(_drawn(place, bar) for place, bar in enumerate(paper.bars)),
    )


def _drawn(place: int, bar: Bar) -> DrawnBar:
    height = round(HEIGHT * bar.share)
    return DrawnBar(
        place * STEP + (STEP - WIDTH) // 2,
        4 + HEIGHT - height,
        height,
        bar.now,
        bar.month,
        f"{bar.month} {bar.value}",
    )


def paper_file(bill: PublicBill) -> bytes:
    """It as a PDF. Raises `core.typesetting.NoFont`."""
    return bills_pdf([bill.paper])
