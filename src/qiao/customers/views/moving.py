"""Moving in and out: one guided page, a record that prints, and the way back."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.core.registry import registry
from qiao.core.rules.ids import read_id
from qiao.customers.forms.moving import MoveForm, UndoForm
from qiao.customers.models import Account, AccountParty, Customer
from qiao.customers.operations import (
    AlreadyOwned,
    BadPhone,
    BadText,
    Coming,
    CustomerRefusal,
    HandOver,
    NewPhone,
    NotYet,
    TooEarly,
    hand_over_account,
    register_customer,
    undo_move,
)
from qiao.customers.queries import (
    Likeness,
    NotVisible,
    account_for,
    find_likenesses,
    get_move_for,
)
from qiao.customers.queries.moves import PartLine, moved_by, parts_in, rests_on
from qiao.customers.views.box import METHODS, UNPROCESSABLE, box, posted
from qiao.customers.views.changes import EDIT
from qiao.customers.views.picking import picked
from qiao.customers.views.words import refusal_words
from qiao.staff.queries import names_of

VIEW = "customers.view"
MOST_MATTERS = 8
LEAVE_WITH = {
    "owner": ("owner", "occupant", "payer"),
    "occupant": ("occupant", "payer"),
}


@staff_view(EDIT, methods=METHODS)
def move_new(request: StaffRequest, account_id: int) -> HttpResponse:
    """Hand an account over: all that has to be said, in the order in which it is asked."""
    account = account_for(actor=request.actor, account_id=account_id)
    request.actor.require(EDIT, account.organisation_id)
    today = timezone.localdate(request.now)
    running = [p for p in parts_in(account_id=account.pk) if p.until is None or p.until > today]
    form = _form(request, running)
    alike: list[Likeness] = []
    if request.method == "POST" and form.is_valid():
        alike = _alike(request, form)
        if form.cleaned_data["someone_else"] or not any(each.is_strong for each in alike):
            number = _hand_over(request, account, form)
            if number is not None:
                return HttpResponseRedirect(reverse("customers:move", args=[number]))
    context = {
        "account": account,
        "premises": account.service_point.premises if account.service_point else None,
        "running": running,
        "form": form,
        "alike": alike,
        "must_choose": bool(alike) and not form.errors,
        "picked": picked(request, form["comer"]),
        "matters": _matters(request, account),
        "today": today,
    }
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "customers/moves/new.html", context, status=status)


def _form(request: StaffRequest, running: list[PartLine]) -> MoveForm:
    given = request.POST if request.method == "POST" else None
    kind = str(request.GET.get("kind", ""))
    kind = kind if kind in LEAVE_WITH else "owner"
    roles = dict(AccountParty.Role.choices)
    initial: dict[str, Any] = {"kind": kind, "day": timezone.localdate(request.now)}
    comer = read_id(request.GET.get("comer", ""))
    if comer is not None:
        initial["comer"] = comer
    return MoveForm(
        given,
        parties=[(p.party_id, f"{p.name} · {roles[p.role]}") for p in running],
        leaves=[p.party_id for p in running if p.role in LEAVE_WITH[kind]],
        initial=initial,
    )


def _alike(request: StaffRequest, form: MoveForm) -> list[Likeness]:
    data = form.cleaned_data
    if not data["new_name"]:
        return []
    return find_likenesses(actor=request.actor, name=data["new_name"], phone=data["new_phone"])


def _matters(request: StaffRequest, account: Account) -> list[tuple[Any, Any]]:
    told = [
        (
            source.label,
            source.load(actor=request.actor, account_id=account.pk, limit=MOST_MATTERS),
        )
        for source in registry.matters(request.actor)
    ]
    return [(label, hits) for label, hits in told if hits]


def _hand_over(request: StaffRequest, account: Account, form: MoveForm) -> int | None:
    """Hand over; None leaves the refusal in the form, and nothing is changed."""
    data = form.cleaned_data
    field: str | None = None
    try:
        coming = _coming(request, account, data)
        move = hand_over_account(
            actor=request.actor,
            now=request.now,
            account_id=account.pk,
            hand_over=HandOver(
                data["day"],
                tuple(data["leaving"]),
                coming,
                data["final_reading"],
                data["opening_reading"],
                data["forwarding_address"],
                data["forwarding_phone"],
                data["note"],
            ),
        )
    except TooEarly as refusal:
        field, text = "day", _too_early(refusal.began, data["day"])
    except NotYet as refusal:
        field, text = (
            "day",
            _("That is too far ahead; the latest day is {day}.").format(day=refusal.latest),
        )
    except AlreadyOwned as refusal:
        text = _("This part is taken from {day} on. Look at who leaves.").format(day=refusal)
    except (CustomerRefusal, BadText, BadPhone, NotVisible) as refusal:
        text = refusal_words(refusal)
    else:
        return move.pk
    form.add_error(field, text)
    return None


def _too_early(began: date | None, day: date) -> str:
    """Why a day is too early: before it began, or the very day on which it did."""
    if began is None or day < began:
        return _("This did not run yet on that day; it began on {day}.").format(day=began)
    return _(
        "Who leaves came on that very day and would have stayed none. Hand over on {day} or later;"
        " if the wrong person was entered, ask for a correction."
    ).format(day=began + timedelta(days=1))


def _coming(request: StaffRequest, account: Account, data: dict[str, Any]) -> tuple[Coming, ...]:
    """Who moves in with which parts: somebody held, or registered now."""
    roles = [data["kind"], *(["payer"] if data["pays"] == "newcomer" else [])]
    customer_id = data["comer"]
    if not customer_id and data["new_name"]:
        customer_id = register_customer(
            actor=request.actor,
            now=request.now,
            organisation_id=account.organisation_id,
            name=data["new_name"],
            kind=data["new_kind"] or Customer.Kind.PERSON,
            phones=[NewPhone(data["new_phone"])] if data["new_phone"] else (),
        ).pk
    return (Coming(customer_id, tuple(roles)),) if customer_id else ()


@staff_view(VIEW)
def move_page(request: StaffRequest, move_id: int) -> HttpResponse:
    """The record of a hand-over, made to be printed and signed."""
    move = get_move_for(actor=request.actor, move_id=move_id)
    people = moved_by(move_id=move.pk)
    names = names_of({pk for pk in (move.made_by_id, move.undone_by_id) if pk})
    point = move.account.service_point
    context = {
        "move": move,
        "point": point,
        "premises": point.premises if point else None,
        "left": [line for line in people if line.side == "left"],
        "came": [line for line in people if line.side == "came"],
        "made_by": names.get(move.made_by_id or 0, ""),
        "undone_by": names.get(move.undone_by_id or 0, ""),
        "may_undo": request.actor.can_in(EDIT, move.organisation_id) and not rests_on(move),
        "matters": _matters(request, move.account),
    }
    return render(request, "customers/moves/page.html", context)


@staff_view(EDIT, methods=METHODS)
def move_undo(request: StaffRequest, move_id: int) -> HttpResponse:
    """Take a hand-over back, with the reason."""
    move = get_move_for(actor=request.actor, move_id=move_id)

    def apply(data: dict[str, Any]) -> None:
        undo_move(actor=request.actor, now=request.now, move_id=move.pk, **data)

    return box(
        request, UndoForm(posted(request)), apply,
        (_("Take the hand-over back"), _("Take back"), _("The hand-over has been taken back.")),
        about=move.number, back=reverse("customers:move", args=[move.pk]),
    )  # fmt: skip
