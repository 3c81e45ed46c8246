"""Bills and receipts as PDF: made before the transaction that keeps who took them."""

from django.conf import settings
from django.contrib import messages as said
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from qiao.billing.paper import bills_pdf, receipt_pdf
from qiao.billing.queries.bills import VIEW, BillMissing, bill_for
from qiao.billing.queries.papers import bill_papers
from qiao.billing.queries.receipts import receipt_of
from qiao.billing.queries.shifts import TAKE
from qiao.billing.showing_receipts import receipt_paper
from qiao.core import disclosure
from qiao.core.downloads import pdf_file
from qiao.core.http import StaffRequest, staff_view
from qiao.core.transactions import acting
from qiao.core.typesetting import NoFont
from qiao.customers.queries import NotVisible, account_record


@staff_view(VIEW, methods=("POST",), opens=False)
def bill(request: StaffRequest, bill_id: int) -> HttpResponse:
    """A bill in its customer's language, or in another that is asked for."""
    try:
        found = bill_for(actor=request.actor, bill_id=bill_id)
        account_record(actor=request.actor, account_id=found.account_id)
    except (BillMissing, NotVisible):
        raise Http404 from None
    (paper,) = bill_papers([found], language=asked_language(request))
    try:
        content = bills_pdf([paper])
    except NoFont:
        return no_font(request, reverse("billing:bill", args=[bill_id]))
    keep_taken(request, "billing.bill", found.pk, found.organisation_id)
    return pdf_file(content, name=found.number)


@staff_view("", methods=("POST",), opens=False)
def receipt(request: StaffRequest, payment_id: int) -> HttpResponse:
    """A receipt in its customer's language, or in another that is asked for."""
    if not request.actor.can(TAKE):
        request.actor.require(VIEW)
    found = receipt_of(actor=request.actor, payment_id=payment_id)
    payment = found.payment
    language = asked_language(request) or found.language or translation.get_language() or "en"
    with translation.override(language):
        paper = receipt_paper(found)
    try:
        content = receipt_pdf(paper)
    except NoFont:
        return no_font(request, reverse("billing:receipt", args=[payment_id]))
    keep_taken(request, "billing.payment", payment.pk, payment.organisation_id)
    return pdf_file(content, name=payment.number)


def asked_language(request: StaffRequest) -> str:
    """The language that is asked for; empty for the customer's own."""
    asked = request.POST.get("language", "")
    return asked if asked in dict(settings.LANGUAGES) else ""


def no_font(request: StaffRequest, page: str) -> HttpResponse:
    """Back to a page: nothing can be printed here."""
    said.error(request, _("This machine has no font for Chinese. Nothing was printed."))
    return HttpResponseRedirect(page)


def keep_taken(request: StaffRequest, subject: str, subject_id: int, organisation_id: int) -> None:
    """Keep who took a paper."""
    with acting(request.actor):
        disclosure.record(
            kind="export",
            subject=subject,
            subject_id=subject_id,
            organisation_id=organisation_id,
            actor=request.actor,
            now=request.now,
            reason="pdf",
        )
