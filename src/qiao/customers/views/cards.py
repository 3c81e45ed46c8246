"""Cards of a customer: given out, and taken out of use when lost."""

from datetime import timedelta

from django.http import HttpResponse
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.customers.forms.cards import CardForm, EndCardForm
from qiao.customers.operations import BadPeriod, add_card, end_card
from qiao.customers.operations.access import local_day
from qiao.customers.queries import get_customer_for
from qiao.customers.queries.cards import get_card_of
from qiao.customers.views.box import METHODS
from qiao.customers.views.changes import EDIT, change_in_dialog
from qiao.customers.views.words import refusal_words


def _words(refusal: Exception) -> str:
    if isinstance(refusal, BadPeriod):
        return _("That day is not possible: it ended already, or ends before it begins.")
    return refusal_words(refusal)


@staff_view(EDIT, methods=METHODS)
def card_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Let a card lead to a customer from today on."""
    return change_in_dialog(
        request,
        customer_id,
        lambda _customer, data: CardForm(data),
        lambda customer, data: add_card(
            actor=request.actor, now=request.now, customer_id=customer.pk, **data
        ),
        (_("Add a card"), _("Add card"), _("The card now leads to this customer.")),
    )


@staff_view(EDIT, methods=METHODS)
def card_end(request: StaffRequest, customer_id: int, card_id: int) -> HttpResponse:
    """Take a lost card out of use; it was valid until then."""
    customer = get_customer_for(actor=request.actor, customer_id=customer_id)
    card = get_card_of(customer_id=customer.pk, card_id=card_id)
    today = local_day(organisation_id=request.actor.organisation_id, now=request.now)
    first = max(today, card.period.lower + timedelta(days=1))
    return change_in_dialog(
        request,
        customer_id,
        lambda _customer, data: EndCardForm(data, initial={"end_date": first}),
        lambda customer, data: end_card(
            actor=request.actor, now=request.now, customer_id=customer.pk, card_id=card.pk, **data
        ),
        (
            _("Take the card out of use"),
            _("Take out of use"),
            _("The card leads to nobody any more from that day on."),
        ),
        words=_words,
    )
