"""Papers read again: the text that a PDF holds, without what lines and hyphens do to it."""

import io
import re

from pypdf import PdfReader

from qiao.billing.models import Bill
from qiao.billing.paper import bills_pdf
from qiao.billing.queries.papers import bill_papers
from qiao.billing.showing_papers import BillPaper


def text_of(content: bytes) -> str:
    """All text of a PDF, blanks and places to break a line left out."""
    pages = PdfReader(io.BytesIO(content)).pages
    return re.sub(r"[\s\u200b]", "", "".join(page.extract_text() for page in pages))


def plain(text: str) -> str:
    """A text as `text_of` has it."""
    return re.sub(r"[\s\u200b]", "", text)


def paper_of(bill: Bill, language: str = "en") -> BillPaper:
    """A bill as a paper."""
    (paper,) = bill_papers([bill], language=language)
    return paper


def printed(bill: Bill, language: str = "en") -> str:
    """The text of a bill as a PDF."""
    return text_of(bills_pdf([paper_of(bill, language)]))
