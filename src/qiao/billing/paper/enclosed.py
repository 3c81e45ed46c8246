"""The bill that goes along with an e-mail, made when the e-mail is sent."""

from django.utils.translation import override

from qiao.billing.models import Bill
from qiao.billing.paper import bills_pdf
from qiao.billing.queries.papers import bill_papers
from qiao.core.manifest import MadeFile


def enclosed_bill(bill_id: int, language: str) -> MadeFile | None:
    """A bill as a PDF in a language (``en``, ``zh-Hans``, ``zh-Hant``); None for one that is not
    there any more. Raises `core.typesetting.NoFont`."""
    bills = list(Bill.objects.filter(pk=bill_id))
    if not bills:
        return None
    with override(language.lower()):
        (paper,) = bill_papers(bills, language=language)
    return MadeFile(f"{paper.number}.pdf", "application/pdf", bills_pdf([paper]))
