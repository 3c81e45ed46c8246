"""Dialogs: somebody else pays for an account, and pays for it no more."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core.http import StaffRequest, staff_view
from qiao.customers.forms.payers import EndPayingForm, PayerForm
from qiao.customers.operations import AlreadyOwned
from qiao.customers.operations.payers import DayPassed, PaidByOther, end_paying, let_pay
from qiao.customers.queries import account_for
from qiao.customers.queries.payers import payer_part
from qiao.customers.views.box import METHODS, box, posted
from qiao.customers.views.changes import EDIT
from qiao.customers.views.picking import picked
from qiao.staff.queries import local_days


@staff_view(EDIT, methods=METHODS)
def payer_new(request: StaffRequest, account_id: int) -> HttpResponse:
    """Let somebody else pay for an account."""
    account = account_for(actor=request.actor, account_id=account_id)
    request.actor.require(EDIT, account.organisation_id)
    today = local_days(request.now)[account.organisation_id]
    form = PayerForm(posted(request), initial={"since": today})

    def apply(data: dict[str, Any]) -> str | None:
        try:
            let_pay(
                actor=request.actor, now=request.now, account_id=account.pk,
                customer_id=data["person"], from_date=data["since"], to_date=data["until"],
            )  # fmt: skip
        except DayPassed as refusal:
            form.add_error("since", _too_early(refusal))
        except PaidByOther as refusal:
            form.add_error(
                "person",
                _("%(name)s pays on some of these days; end that first.") % {"name": refusal.name},
            )
        except AlreadyOwned:
            form.add_error("person", _("They pay on some of these days already."))
        return _below(request)

    return box(
        request, form, apply,
        (_("Somebody else pays"), _("Let them pay"), _("From that day on bills go to them.")),
        about=" · ".join(each for each in (account.number, _place(account)) if each),
        back=reverse("customers:list"),
        more={
            "full": (),
            "picked": picked(request, form["person"]),
            "notice": _(
                "A landlord, an employer, an office: bills are addressed to them. Who uses the"
                " supply stays the customer, and sees that it is paid. Of readings the payer"
                " sees those on the bills."
            ),
        },
    )  # fmt: skip


@staff_view(EDIT, methods=METHODS)
def payer_end(request: StaffRequest, party_id: int) -> HttpResponse:
    """Let somebody pay no more."""
    part = payer_part(actor=request.actor, party_id=party_id)
    request.actor.require(EDIT, part.account.organisation_id)
    today = local_days(request.now)[part.account.organisation_id]
    form = EndPayingForm(posted(request), initial={"day": today})

    def apply(data: dict[str, Any]) -> str | None:
        try:
            end_paying(actor=request.actor, now=request.now, party_id=part.pk, day=data["day"])
        except DayPassed as refusal:
            form.add_error("day", _too_early(refusal))
        return _below(request)

    return box(
        request, form, apply,
        (
            _("They pay no more"),
            pgettext("payer", "End it"),
            _("From that day on they pay no more."),
        ),
        about=f"{part.customer.name} · {part.account.number}",
        back=reverse("customers:list"), more={"full": ()},
    )  # fmt: skip


def _place(account: Any) -> str:
    point = account.service_point
    return point.premises.full_text if point else ""


def _too_early(refusal: DayPassed) -> str:
    return _("Not before %(day)s: what was sent stays addressed as it was.") % {
        "day": refusal.day.isoformat()
    }


def _below(request: StaffRequest) -> str | None:
    """The page below the dialog, of whichever module; None without one."""
    below = urlsplit(request.headers.get("HX-Current-URL", ""))
    if not request.htmx or not below.path.startswith("/") or below.path.startswith("//"):
        return None
    return f"{below.path}?{below.query}" if below.query else below.path
