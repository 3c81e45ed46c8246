"""Contact persons of organisations and who acts for whom: their page and their dialogs."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core.http import StaffRequest, staff_view
from qiao.customers.forms.relations import ActingForm, ContactPersonForm, EndForm
from qiao.customers.operations.speaking import (
    NewActing,
    NewContactPerson,
    add_contact_person,
    begin_acting,
    end_acting,
    end_contact_person,
    make_primary,
)
from qiao.customers.queries import get_customer_for
from qiao.customers.queries.documents import RIGHT as DOCUMENTS
from qiao.customers.queries.documents import documents_of
from qiao.customers.queries.relations import (
    acting_line,
    acting_lines_of,
    contact_lines_of,
    contact_person_for,
    stays_with,
)
from qiao.customers.views.box import METHODS
from qiao.customers.views.changes import EDIT
from qiao.customers.views.relation_box import relation_box

VIEW: Final = "customers.view"


def _relations_of(customer_id: int) -> str:
    """The tab of the customer's page that shows the change."""
    return reverse("customers:page", args=[customer_id]) + "?topic=customer.relations"


@staff_view(VIEW)
def relations(request: StaffRequest, customer_id: int) -> HttpResponse:
    """All relations of a customer, those that are over too."""
    customer = get_customer_for(actor=request.actor, customer_id=customer_id)
    told: dict[str, Any] = {"actor": request.actor, "customer_id": customer.pk}
    context = {
        "customer": customer,
        "stays": [each for each in stays_with(**told) if each.customer_id == customer.pk],
        "contacts": contact_lines_of(**told),
        "acting": acting_lines_of(**told),
        "today": timezone.localdate(request.now),
        "may_edit": request.actor.can(EDIT),
    }
    return render(request, "customers/relations/all.html", context)


@staff_view(EDIT, methods=METHODS)
def contact_person_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Let somebody speak for an organisation."""
    customer = get_customer_for(actor=request.actor, customer_id=customer_id)
    page = _relations_of(customer.pk)
    initial = {"since": timezone.localdate(request.now)}

    def apply(data: dict[str, Any]) -> str:
        days = {"since": data.pop("since"), "until": data.pop("until")}
        add_contact_person(
            actor=request.actor,
            now=request.now,
            customer_id=customer.pk,
            told=NewContactPerson(person_id=data.pop("person"), **data),
            **days,
        )
        return page

    return relation_box(
        request,
        ContactPersonForm(request.POST or None, initial=initial),
        apply,
        (_("New contact person"), _("Add contact person"), _("The contact person is known now.")),
        about=customer.name,
        back=page,
        more={"pick_kind": "person"},
    )


@staff_view(EDIT, methods=METHODS)
def contact_person_end(request: StaffRequest, contact_person_id: int) -> HttpResponse:
    """Let somebody no longer speak for an organisation."""
    row, customer = contact_person_for(actor=request.actor, contact_person_id=contact_person_id)
    page = _relations_of(customer.pk)

    def apply(data: dict[str, Any]) -> str:
        end_contact_person(
            actor=request.actor, now=request.now, contact_person_id=row.pk, day=data["day"]
        )
        return page

    return relation_box(
        request,
        EndForm(request.POST or None, initial={"day": timezone.localdate(request.now)}),
        apply,
        (
            _("End the contact person"),
            _("Let end"),
            _("They no longer speak for it from that day on."),
        ),
        about=f"{row.person.name if row.person else row.name} · {customer.name}",
        back=page,
    )


@staff_view(EDIT, methods=("POST",))
def contact_person_primary(request: StaffRequest, contact_person_id: int) -> HttpResponse:
    """Let a contact person be the first to ask."""
    row, customer = contact_person_for(actor=request.actor, contact_person_id=contact_person_id)
    make_primary(actor=request.actor, now=request.now, contact_person_id=row.pk)
    messages.success(request, _("This one is the first to ask now."))
    return HttpResponseRedirect(_relations_of(customer.pk))


@staff_view(EDIT, methods=METHODS)
def acting_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Let a customer act for another one, or be represented."""
    customer = get_customer_for(actor=request.actor, customer_id=customer_id)
    page = _relations_of(customer.pk)
    papers = (
        documents_of(actor=request.actor, customer_id=customer.pk)
        if request.actor.can(DOCUMENTS)
        else []
    )
    form = ActingForm(
        request.POST or None,
        name=customer.name,
        initial={"since": timezone.localdate(request.now)},
        choices={"document": [(each.pk, f"{each.title} {each.dated}") for each in papers]},
    )
    if not papers:
        del form.fields["document"]

    def apply(data: dict[str, Any]) -> str:
        pair = (customer.pk, data["person"])
        agent, principal = pair if data["side"] == "for" else pair[::-1]
        begin_acting(
            actor=request.actor,
            now=request.now,
            agent_id=agent,
            principal_id=principal,
            told=NewActing(
                data["basis"], tuple(data["scope"]), data["proof"], data.get("document")
            ),
            since=data["since"],
            until=data["until"],
        )
        return page

    return relation_box(
        request,
        form,
        apply,
        (_("Acting for another"), pgettext("relations", "Keep"), _("Both pages tell of it now.")),
        about=customer.name,
        back=page,
    )


@staff_view(EDIT, methods=METHODS)
def acting_end(request: StaffRequest, acting_id: int) -> HttpResponse:
    """Let one act for another no longer."""
    line = acting_line(actor=request.actor, acting_id=acting_id)

    def apply(data: dict[str, Any]) -> None:
        end_acting(actor=request.actor, now=request.now, acting_id=acting_id, day=data["day"])

    return relation_box(
        request,
        EndForm(request.POST or None, initial={"day": timezone.localdate(request.now)}),
        apply,
        (_("End acting"), _("Let end"), _("They act for them no longer from that day on.")),
        about=_("{agent} acts for {principal}").format(agent=line.agent, principal=line.principal),
        back=_relations_of(line.agent_id),
    )
