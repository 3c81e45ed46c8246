"""A bill on its customer's phone, behind the address that stands on it; no sign-in, no script."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from qiao.billing.queries.public_bills import PublicBill, paper_file, public_bill
from qiao.core.downloads import pdf_file
from qiao.core.typesetting import NoFont
from qiao.core.wording import from_names
from qiao.portal.visitors import is_too_much
from qiao.staff.queries import company_id, local_days, organisation


def _page(
    request: HttpRequest, template: str, context: dict[str, object], status: int = 200
) -> HttpResponse:
    unit = organisation(company_id())
    context |= {"house": from_names(unit.names, unit.name)}
    response = render(request, f"portal/{template}.html", context, status=status)
    response["Referrer-Policy"] = "same-origin"  # the address is a secret
    response["X-Robots-Tag"] = "noindex"
    return response


def _end(request: HttpRequest, title: str, text: str, status: int) -> HttpResponse:
    return _page(request, "bill_end", {"title": title, "text": text}, status)


def _found(token: str) -> PublicBill | None:
    today = local_days(timezone.now())[company_id()]
    return public_bill(token, today=today, language=get_language() or "en")


def _missed(request: HttpRequest) -> HttpResponse:
    if is_too_much(request, "bill_link"):
        return _too_much(request)
    text = _("Perhaps it was cut off, or the bill is older than a year. Please ask us.")
    return _end(request, _("This link leads to no bill"), text, 404)


def _too_much(request: HttpRequest) -> HttpResponse:
    return _end(request, _("Too many at once"), _("Please try again in an hour."), 429)


@never_cache
@require_safe
def show(request: HttpRequest, token: str) -> HttpResponse:
    """What the bill came to and why, what it is made of, and how it stands today."""
    found = _found(token)
    if found is None:
        return _missed(request)
    return _page(request, "bill", {"one": found, "paper": found.paper, "token": token})


@never_cache
@require_safe
def paper(request: HttpRequest, token: str) -> HttpResponse:
    """The bill as a PDF, in the language of the page."""
    found = _found(token)
    if found is None:
        return _missed(request)
    if is_too_much(request, "bill_paper"):
        return _too_much(request)
    try:
        content = paper_file(found)
    except NoFont:
        raise Http404("no font") from None
    return pdf_file(content, name=found.paper.number)
