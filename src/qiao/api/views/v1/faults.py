"""What went wrong, said as a problem: exceptions of the house, of the framework and of fields."""

from collections.abc import Sequence
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja.errors import AuthenticationError, HttpError, ValidationError

from qiao.api.views.v1.problems import BY_STATUS, FieldError, Problem, answer
from qiao.billing.operations import feeds, invoices
from qiao.billing.operations.refusal_words import REFUSALS as BILLING
from qiao.billing.operations.refusal_words import refusal_words, term_faults
from qiao.billing.operations.terms import BadTerms
from qiao.cases import operations as cases
from qiao.contact import operations as contacts
from qiao.core.actor import Forbidden
from qiao.core.rules.phones import BadPhone
from qiao.core.rules.text import BadText
from qiao.core.wire import fault_of, fault_words
from qiao.customers import operations as customers

_PARTS: Final = {"body", "query", "path", "header"}
_INVOICE_FIELDS: Final = {"number": "invoice_number"}


def field_errors(errors: Sequence[dict[str, Any]]) -> list[FieldError]:
    """The parser's findings, each with its field, in the reader's language."""
    found = []
    for error in errors:
        place = [str(step) for step in error["loc"]]
        part = place[0] if place and place[0] in _PARTS else "body"
        steps = place[2:] if part == "body" else place[1:]
        fault = fault_of(error, steps)
        found.append(FieldError(fault.path, part, fault_words(fault.kind), fault.expected))
    return found


def conflict(field: str, detail: str, **members: Any) -> Problem:
    """A refusal of the house, with the field that it is about."""
    return Problem("conflict", detail, errors=[FieldError(field, "body", detail)], **members)


# Refusals of operations: which field, and what is said. Longer ones of a family come first.
_REFUSALS: Final[tuple[tuple[type[Exception], str, str], ...]] = (
    (BadPhone, "number", gettext_noop("No network has this telephone number.")),
    (customers.PhoneKnown, "number", gettext_noop("This customer already has this number.")),
    (customers.UnknownFlag, "flags", gettext_noop("There is no such reason for protection.")),
    (customers.UnknownTag, "add", gettext_noop("There is no such tag, or it is given no more.")),
    (customers.TooManyTags, "add", gettext_noop("A customer carries at most 30 tags.")),
    (customers.UnknownTier, "tier", gettext_noop("There is no such tier.")),
    (customers.AddressMissing, "address", gettext_noop("An address needs at least one part.")),
    (customers.PremisesKnown, "address", gettext_noop("This address is held already.")),
    (customers.AccountNumberTaken, "number", gettext_noop("Another account has this number.")),
    (customers.AlreadyOwned, "role", gettext_noop("Somebody plays this part at that time.")),
    (customers.BadPeriod, "until", gettext_noop("The end does not lie after the beginning.")),
    (customers.CustomerRefusal, "", gettext_noop("This change is not possible.")),
    (contacts.Unfinished, "caller_phone", gettext_noop(
        "Say who it was: a customer, a telephone number, a place, or why nobody is known.")),
    (contacts.UnknownChoice, "", gettext_noop("This is none of the choices.")),
    (contacts.BadMoment, "started_at", gettext_noop("This lies in the future, or before 1970.")),
    (contacts.InteractionRefusal, "", gettext_noop("This change is not possible.")),
    (cases.UnknownCaseType, "type", gettext_noop("There is no such case type.")),
    (cases.BadFact, "facts", gettext_noop("These facts do not fit the case type.")),
    (cases.EmptyText, "text", gettext_noop("The text is empty.")),
    (feeds.DeliveryKnown, "number", gettext_noop(
        "The delivery of this number is known, and it said something else.")),
    (feeds.NotStated, "totals", gettext_noop(
        "Say how many rows of each kind there are, and what they come to.")),
    (invoices.BadInvoice, "", gettext_noop("This value has another form.")),
    (invoices.NotInvoiced, "", gettext_noop(
        "No invoice is issued of this bill: it holds no more, or comes to nothing.")),
    (invoices.InvoiceStands, "title", gettext_noop(
        "There is an invoice of this bill with another buyer.")),
    (invoices.IssuedAlready, "", gettext_noop(
        "The invoice was told as issued before, and said something else.")),
    (invoices.NumberTaken, "invoice_number", gettext_noop(
        "Another invoice has this number.")),
    (cases.CaseClosedAlready, "", gettext_noop("The case is closed.")),
)  # fmt: skip


def _of_text(error: BadText) -> Problem:
    return conflict(error.field, _(error.message) % error.params)


def to_problem(error: Exception) -> Problem | None:
    """What an exception is to a program; None for a fault of ours."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, BadText):
        return _of_text(error)
    if isinstance(error, ValidationError):
        return Problem("invalid", errors=field_errors(error.errors))
    for family, field, words in _REFUSALS:
        if isinstance(error, family):
            return _refused(error, field, _(words))
    if isinstance(error, BadTerms):
        told = term_faults(error)
        return Problem("invalid", errors=[FieldError(f"given.{n}", "body", *w) for n, *w in told])
    if isinstance(error, BILLING):
        return conflict(*refusal_words(error))
    return _of_framework(error)


def _standing(invoice: Any) -> dict[str, str]:
    """What is known of an issued invoice."""
    day = invoice.issued_date.isoformat()
    return {
        "invoice_number": invoice.invoice_number, "issued_date": day, "url": invoice.url,
    }  # fmt: skip


def _refused(error: Exception, field: str, words: str) -> Problem:
    if isinstance(error, customers.PremisesKnown):
        return conflict(field, words, existing_id=error.premises_id)
    if isinstance(error, contacts.UnknownChoice):
        return conflict(error.field, words)
    if isinstance(error, feeds.DeliveryKnown):
        return conflict(field, words, existing_id=error.delivery_id)
    if isinstance(error, invoices.BadInvoice):
        return conflict(_INVOICE_FIELDS.get(error.field, error.field), invoices.fault_words(error))
    if isinstance(error, invoices.NumberTaken | invoices.InvoiceStands):
        return conflict(field, words, existing_id=error.invoice.pk)
    if isinstance(error, invoices.IssuedAlready):
        return conflict(field, words, **_standing(error.invoice))
    if isinstance(error, cases.BadFact):
        return conflict(field, f"{words} {error}")
    return conflict(field, words)


_KINDS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (Forbidden, "forbidden"),
    (Http404, "not-found"),
    (AuthenticationError, "no-key"),
    (RequestDataTooBig, "too-large"),
)


def _of_framework(error: Exception) -> Problem | None:
    for family, kind in _KINDS:
        if isinstance(error, family):
            return Problem(kind)
    if isinstance(error.__cause__, Problem):  # the parser's, wrapped by the framework
        return error.__cause__
    if isinstance(error, HttpError):
        return Problem(BY_STATUS.get(error.status_code, "malformed"))
    return None


def handle(request: HttpRequest, error: Exception) -> HttpResponse:  # noqa: ARG001 - its form
    """The framework's handler of every exception. Raises what is a fault of ours."""
    problem = to_problem(error)
    if problem is None:
        raise error
    return answer(problem)
