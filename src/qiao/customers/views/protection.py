"""Protections: claimed, confirmed with evidence, reminded of, ended; and their list of work."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from qiao.core.approvals import AlreadyPending
from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.ids import read_id
from qiao.customers.forms.protection import ClaimForm, EndForm, EvidenceForm, RemindForm
from qiao.customers.models import Customer, ProtectedFlag, Protection
from qiao.customers.operations.protecting import (
    claim_protection,
    confirm_protection,
    end_protection,
    remind_of_protection,
)
from qiao.customers.operations.refusals import (
    AlreadyProtected,
    BadPeriod,
    EvidenceMissing,
    WrongState,
)
from qiao.customers.queries import accounts_of, get_customer_for
from qiao.customers.queries.documents import RIGHT, documents_of
from qiao.customers.queries.protection import (
    PROTECT,
    get_protection_for,
    protection_counts,
    protection_work,
)
from qiao.customers.rules.protection import OF_PLACE, TWO_PEOPLE, WORK
from qiao.customers.views.box import METHODS, box, posted
from qiao.customers.views.words import refusal_words
from qiao.staff.queries import branches_among

PAGE_SIZE = 50


def _refusal(refusal: Exception) -> str:
    words: dict[type[Exception], Callable[[], str]] = {
        AlreadyProtected: lambda: _("This protection is in force there already."),
        EvidenceMissing: lambda: _("Choose a document, or say who issued a certificate."),
        WrongState: lambda: _("This protection has ended meanwhile."),
        AlreadyPending: lambda: _("A second person was asked already."),
        BadPeriod: lambda: _("Choose a day after today."),
    }
    found = words.get(type(refusal))
    return found() if found else refusal_words(refusal)


def _box(
    request: StaffRequest,
    customer: Customer,
    form: forms.Form,
    apply: Callable[[forms.Form], str],
    title: str,
    confirm: str,
    *,
    notice: str = "",
) -> HttpResponse:
    """A box about a protection; `apply` says what was done."""

    def done(_data: dict[str, Any]) -> None:
        messages.success(request, apply(form))

    return box(
        request, form, done, (title, confirm, ""), about=customer.name,
        back=reverse("customers:page", args=[customer.pk]), words=_refusal,
        more={"notice": notice},
    )  # fmt: skip


@staff_view("customers.edit", methods=METHODS)
def claim(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Protect a customer from now on."""
    customer = get_customer_for(actor=request.actor, customer_id=customer_id)
    places = {
        each.premises_id: each.address
        for each in accounts_of(actor=request.actor, customer_id=customer.pk)
        if each.premises_id
    }
    asked = request.GET.get("kind", "")
    initial = {"kind": asked if asked in ProtectedFlag.values else "", "premises": ""}
    if asked in OF_PLACE and places:
        initial["premises"] = str(next(iter(places)))
    form = ClaimForm(posted(request), places=list(places.items()), initial=initial)

    def apply(form: forms.Form) -> str:
        data = form.cleaned_data
        claim_protection(
            actor=request.actor,
            now=request.now,
            customer_id=customer.pk,
            kind=data["kind"],
            premises_id=data["premises"],
            reason=data["reason"],
            until=data["until"],
        )
        return _("The protection holds from now on. Evidence is awaited.")

    return _box(request, customer, form, apply, _("Protect this customer"), _("Protect now"))


def _found(request: StaffRequest, protection_id: int) -> tuple[Protection, Customer, str]:
    protection = get_protection_for(actor=request.actor, protection_id=protection_id)
    customer = get_customer_for(actor=request.actor, customer_id=protection.customer_id)
    return protection, customer, str(ProtectedFlag(protection.kind).label)


@staff_view(PROTECT, methods=METHODS)
def confirm(request: StaffRequest, protection_id: int) -> HttpResponse:
    """Take down evidence; of a confirmed protection, that it goes on."""
    protection, customer, label = _found(request, protection_id)
    today = timezone.localdate(request.now)
    papers = (
        documents_of(actor=request.actor, customer_id=customer.pk)
        if request.actor.can(RIGHT)
        else []
    )
    form = EvidenceForm(
        posted(request),
        documents=[(each.pk, f"{each.title} · {each.dated}") for each in papers],
        today=today,
        initial={
            "seen_date": today,
            "document": protection.document_id or "",
            "issuer": protection.issuer,
        },
    )

    def apply(form: forms.Form) -> str:
        assert isinstance(form, EvidenceForm)
        confirm_protection(
            actor=request.actor, now=request.now, protection_id=protection.pk, **form.told()
        )
        if protection.is_proven:
            return _("The protection goes on.")
        return _("The protection is confirmed.")

    title = _("Extend: {what}") if protection.is_proven else _("Evidence: {what}")
    return _box(request, customer, form, apply, title.format(what=label), _("Seen and confirmed"))


@staff_view("customers.edit", methods=METHODS)
def remind(request: StaffRequest, protection_id: int) -> HttpResponse:
    """Take down that the customer was reminded to bring evidence."""
    protection, customer, label = _found(request, protection_id)

    def apply(form: forms.Form) -> str:
        remind_of_protection(
            actor=request.actor,
            now=request.now,
            protection_id=protection.pk,
            words=form.cleaned_data["words"],
        )
        return _("Noted. The customer was reminded.")

    form = RemindForm(posted(request))
    title = _("Reminded: {what}").format(what=label)
    return _box(request, customer, form, apply, title, _("Note it"))


@staff_view(PROTECT, methods=METHODS)
def end(request: StaffRequest, protection_id: int) -> HttpResponse:
    """End a protection, or ask a second person to."""
    protection, customer, label = _found(request, protection_id)
    needs_two = protection.kind in TWO_PEOPLE

    def apply(form: forms.Form) -> str:
        asked = end_protection(
            actor=request.actor,
            now=request.now,
            protection_id=protection.pk,
            reason=form.cleaned_data["reason"],
        )
        if asked is None:
            return _("The protection has ended.")
        return _("A second person was asked. Until then the protection holds.")

    notice = _(
        "This protection ends only when two people agree. It holds until the second one has"
        " decided."
    )
    return _box(
        request, customer, EndForm(posted(request)), apply, _("End: {what}").format(what=label),
        _("Ask a second person") if needs_two else _("End the protection"),
        notice=notice if needs_two else "",
    )  # fmt: skip


@staff_view(PROTECT)
def work(request: StaffRequest) -> HttpResponse:
    """Protections that somebody has to look at, the longest due first."""
    stage, kind = request.GET.get("stage", ""), request.GET.get("kind", "")
    stage = stage if stage in WORK else ""
    kind = kind if kind in ProtectedFlag.values else ""
    branches = branches_among(request.actor.organisations(PROTECT))
    branch = read_id(request.GET.get("branch", ""))
    branch = branch if branch in branches else None
    rows, after = protection_work(
        actor=request.actor,
        kind=kind,
        stage=stage,
        branch=branch,
        after=_after(request.GET.get("after", "")),
        limit=PAGE_SIZE,
    )
    counts = protection_counts(actor=request.actor, kind=kind, branch=branch)
    context = {
        "rows": rows,
        "after": f"{after[0].isoformat()}_{after[1]}" if after else "",
        "stage": stage,
        "kind": kind,
        "branch": branch,
        "stages": [(key, Protection.Stage(key).label, counts.get(key, 0)) for key in WORK],
        "total": sum(counts.values()),
        "kinds": ProtectedFlag.choices,
        "branches": branches.items(),
        "today": timezone.localdate(request.now),
    }
    return render(request, "customers/protection/work.html", context)


def _after(text: str) -> tuple[date, int]:
    day, _sign, number = text.partition("_")
    try:
        return date.fromisoformat(day), read_id(number) or 0
    except ValueError:
        return date.min, 0
