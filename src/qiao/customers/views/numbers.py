"""Numbers that may lead to nobody: the work to be done, and what is known of one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.customers.forms.numbers import ASKED, REPLACE, NumberForm
from qiao.customers.models import FormerPhone, PhoneAttempt
from qiao.customers.operations.numbers import replace_number, retire_number, say_of_number
from qiao.customers.queries.numbers import flagged_numbers, phone_of
from qiao.customers.views.box import METHODS, box, posted
from qiao.customers.views.changes import EDIT

REASONS = ("wrong_person", "not_in_service", "no_answer")


@staff_view(EDIT)
def number_list(request: StaffRequest) -> HttpResponse:
    """Numbers that are doubtful or wrong, the latest first."""
    reason = request.GET.get("reason", "")
    reason = reason if reason in REASONS else ""
    after = request.GET.get("after", "")[:60]
    context = {
        "page": flagged_numbers(actor=request.actor, reason=reason, after=after),
        "reason": reason,
        "reasons": [(key, PhoneAttempt.Outcome(key).label) for key in REASONS],
        "is_first": not after,
    }
    return render(request, "customers/numbers/list.html", context)


@staff_view(EDIT, methods=METHODS)
def number_change(request: StaffRequest, customer_id: int, phone_id: int) -> HttpResponse:
    """Say what is known of a number."""
    customer, phone = phone_of(actor=request.actor, customer_id=customer_id, phone_id=phone_id)

    def apply(data: dict[str, Any]) -> None:
        messages.success(request, _apply(request, customer.pk, phone.pk, data))

    return box(
        request, NumberForm(posted(request)), apply, (_("Verify this number"), _("Keep"), ""),
        about=customer.name, back=reverse("customers:page", args=[customer.pk]),
    )  # fmt: skip


def _apply(request: StaffRequest, customer_id: int, phone_id: int, data: dict[str, Any]) -> str:
    whose: dict[str, Any] = {
        "actor": request.actor,
        "now": request.now,
        "customer_id": customer_id,
        "phone_id": phone_id,
    }
    if data["what"] == REPLACE:
        replace_number(**whose, number=data["number"])
        return _("The new number leads to this customer; the old one is kept as a former one.")
    if data["what"] == ASKED:
        retire_number(**whose, reason=FormerPhone.Reason.ASKED)
        return _("The number is kept as a former one and no longer called.")
    say_of_number(**whose, outcome=data["what"])
    if data["what"] == "confirmed":
        return _("The number is good again.")
    return _("The number is marked as wrong and waits to be put right.")
