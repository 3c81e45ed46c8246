"""Papers of billing as PDF; what varies is data to the typesetter, never code."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import segno

from qiao.billing.showing_papers import BillPaper
from qiao.billing.showing_receipts import ReceiptPaper
from qiao.billing.showing_summaries import SummaryPaper
from qiao.core.typesetting import breakable, draw_pages, look_of, typeset

RECEIPT: Final = Path(__file__).with_name("receipt.typ")
BILL: Final = Path(__file__).with_name("bill.typ")
SUMMARY: Final = Path(__file__).with_name("summary.typ")
PPI: Final = 96


def bills_pdf(papers: Sequence[BillPaper], *, tagged: bool = True) -> bytes:
    """One PDF of bills, each beginning on a page of its own; `tagged` for screen readers, which
    doubles its size and more. Outside a transaction. Raises `core.typesetting.NoFont`."""
    return typeset(BILL, _data(papers), tagged=tagged)


def bill_pages(paper: BillPaper) -> list[bytes]:
    """The pages of a bill as PNG, to be looked at; outside a transaction. Raises
    `core.typesetting.NoFont`."""
    return draw_pages(BILL, _data([paper]), ppi=PPI)


def receipt_pdf(paper: ReceiptPaper) -> bytes:
    """A receipt as a PDF; outside a transaction. Raises `core.typesetting.NoFont`."""
    look = look_of(paper.language)
    data = asdict(paper) | {"fonts": look.fonts, "lang": look.lang, "region": look.region}
    return typeset(RECEIPT, {"title": f"{paper.title} {paper.number}", "paper": data})


def summary_pdf(paper: SummaryPaper) -> bytes:
    """A summary as a PDF; outside a transaction. Raises `core.typesetting.NoFont`."""
    look = look_of(paper.language)
    data = asdict(paper) | {
        "fonts": look.fonts,
        "lang": look.lang,
        "region": look.region,
        "name": breakable(paper.name),
        "address": breakable(paper.address),
    }
    return typeset(SUMMARY, {"title": f"{paper.title} {paper.number}", "paper": data})


def _data(papers: Sequence[BillPaper]) -> dict[str, Any]:
    first = papers[0]
    title = f"{first.title} {first.number}" if len(papers) == 1 else first.house.name
    return {"title": title, "papers": [_told(paper) for paper in papers]}


def _told(paper: BillPaper) -> dict[str, Any]:
    look = look_of(paper.language)
    return asdict(paper) | {
        "fonts": look.fonts,
        "lang": look.lang,
        "region": look.region,
        "name": breakable(paper.name),
        "address": breakable(paper.address),
        "qr": square_code(paper.qr),
    }


@lru_cache(maxsize=16)
def square_code(payload: str) -> str:
    """A square code (ISO/IEC 18004) as an SVG, which still reads with 15 % of it lost; empty for
    nothing."""
    if not payload:
        return ""
    drawn = BytesIO()
    segno.make_qr(payload, error="m").save(drawn, kind="svg", border=0, xmldecl=False)
    return drawn.getvalue().decode()
