"""Notes, wishes and consents of a customer: dialogs over the page, and pages of all of them."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.ids import read_id
from qiao.customers.forms.care import ConsentForm, NoteForm, NoteTextForm, PreferenceForm
from qiao.customers.models import Customer
from qiao.customers.operations.care import (
    add_note,
    edit_note,
    pin_note,
    record_consent,
    set_preferences,
)
from qiao.customers.queries import get_customer_for
from qiao.customers.queries.care import EDIT_WINDOW, consents_of, note_of, notes_of, preferences_of
from qiao.customers.views.box import METHODS
from qiao.customers.views.changes import change_in_dialog

EDIT = "customers.edit"
PAGE_SIZE = 50


@staff_view(EDIT, methods=METHODS)
def note_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Write something down about a customer."""
    return change_in_dialog(
        request,
        customer_id,
        lambda _customer, data: NoteForm(data),
        lambda customer, data: add_note(
            actor=request.actor, now=request.now, customer_id=customer.pk, **data
        ),
        (_("New note"), _("Save note"), _("The note has been kept.")),
    )


@staff_view(EDIT, methods=METHODS)
def note_edit(request: StaffRequest, customer_id: int, note_id: int) -> HttpResponse:
    """Correct an own note while it is fresh."""

    def build(customer: Customer, data: Any) -> NoteTextForm:
        note = note_of(customer_id=customer.pk, note_id=note_id)
        return NoteTextForm(data, initial={"text": note.text})

    return change_in_dialog(
        request,
        customer_id,
        build,
        lambda customer, data: edit_note(
            actor=request.actor,
            now=request.now,
            customer_id=customer.pk,
            note_id=note_id,
            **data,
        ),
        (_("Correct the note"), _("Save note"), _("The note has been kept.")),
    )


@staff_view(EDIT, methods=("POST",))
def note_pin(request: StaffRequest, customer_id: int, note_id: int) -> HttpResponse:
    """Keep a note on top, or no longer."""
    pin_note(
        actor=request.actor,
        customer_id=customer_id,
        note_id=note_id,
        is_pinned=request.POST.get("pinned") == "yes",
    )
    return HttpResponseRedirect(reverse("customers:notes", args=[customer_id]))


@staff_view("customers.view")
def notes(request: StaffRequest, customer_id: int) -> HttpResponse:
    """All notes of a customer."""
    customer = get_customer_for(actor=request.actor, customer_id=customer_id)
    rows = notes_of(
        actor=request.actor,
        customer_id=customer.pk,
        after=read_id(request.GET.get("after", "")),
        limit=PAGE_SIZE,
    )
    context = {
        "customer": customer,
        "rows": rows,
        "fresh_since": request.now - EDIT_WINDOW,
        "after": rows[-1].pk if len(rows) == PAGE_SIZE else None,
        "may_edit": request.actor.can(EDIT),
    }
    return render(request, "customers/care/notes.html", context)


@staff_view(EDIT, methods=METHODS)
def preferences(request: StaffRequest, customer_id: int) -> HttpResponse:
    """How a customer wishes to be served."""

    def build(customer: Customer, data: Any) -> PreferenceForm:
        wishes = preferences_of(customer.pk)
        liked = (*wishes.channels, "", "")
        initial = {
            "first_channel": liked[0],
            "second_channel": liked[1],
            "language": wishes.language,
            "quiet_from": wishes.quiet_from,
            "quiet_until": wishes.quiet_until,
            "needs": wishes.needs,
            "needs_text": wishes.needs_text,
        }
        return PreferenceForm(data, initial=initial)

    return change_in_dialog(
        request,
        customer_id,
        build,
        lambda customer, data: set_preferences(
            actor=request.actor, now=request.now, customer_id=customer.pk, **data
        ),
        (_("Wishes of the customer"), _("Save wishes"), _("The wishes have been kept.")),
    )


@staff_view(EDIT, methods=METHODS)
def consent(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Keep a customer's word on one purpose."""
    return change_in_dialog(
        request,
        customer_id,
        lambda _customer, data: ConsentForm(data, initial=request.GET.dict()),
        lambda customer, data: record_consent(
            actor=request.actor, now=request.now, customer_id=customer.pk, **data
        ),
        (_("Consent of the customer"), _("Save consent"), _("The customer's word has been kept.")),
    )


@staff_view("customers.view")
def consents(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Every word of a customer on consent, with its proof."""
    customer = get_customer_for(actor=request.actor, customer_id=customer_id)
    rows = consents_of(actor=request.actor, customer_id=customer.pk)
    return render(request, "customers/care/consents.html", {"customer": customer, "rows": rows})
