"""The bill or the summary that goes along with an e-mail, made when the e-mail is sent."""

from django.utils.translation import get_language, override

from qiao.billing.models import Bill, SummaryBill
from qiao.billing.paper import bills_pdf, summary_pdf
from qiao.billing.queries.addressing import addressees_of_bills
from qiao.billing.queries.papers import bill_papers
from qiao.billing.queries.summaries import Summary, summaries
from qiao.billing.showing_summaries import SummaryPaper, summary_paper
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


def enclosed_summary(summary_id: int, language: str) -> MadeFile | None:
    """A summary as a PDF in a language, as it stands; None for one that is not there any more.
    Raises `core.typesetting.NoFont`."""
    rows = summaries(SummaryBill.objects.select_related("customer").filter(pk=summary_id))
    if not rows:
        return None
    content = summary_pdf(summary_on_paper(rows[0], language))
    return MadeFile(f"{rows[0].row.number}.pdf", "application/pdf", content)


def summary_on_paper(found: Summary, language: str = "") -> SummaryPaper:
    """A summary as a paper in a language, else in its customer's; the caller has checked the
    right."""
    bills = Bill.objects.filter(pk__in=[each.bill_id for each in found.bills[:1]])
    (who,) = addressees_of_bills(list(bills))
    with override((language or who.language or get_language() or "en").lower()):
        return summary_paper(found, address=who.postal)
