"""New contacts: by phone or at the counter now, or a letter, e-mail or visit afterwards."""

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from qiao.contact import operations
from qiao.contact.forms import AFTERWARDS, EntryForm, refuse
from qiao.contact.models import Interaction
from qiao.contact.views.answers import CHANGED, go, tell_page
from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.text import BadText
from qiao.customers.queries import NotVisible

WORK = "interactions.work"
UNPROCESSABLE = 422


@staff_view(WORK, methods=("GET", "HEAD", "POST"))
def new(request: StaffRequest, channel: str) -> HttpResponse:
    """Ask for what begins a contact, and begin it."""
    if request.method != "POST":
        if not request.htmx:
            return HttpResponseRedirect(f"{reverse('desk:workspace')}?new={channel}")
        return _form(request, channel, EntryForm(channel, request.now, initial=request.GET.dict()))
    form = EntryForm(channel, request.now, request.POST)
    if not form.is_valid():
        return _form(request, channel, form)
    try:
        with transaction.atomic():
            interaction = _begin(request, form)
    except (operations.InteractionRefusal, operations.BadPhone, BadText) as refusal:
        refuse(form, refusal)
        return _form(request, channel, form)
    address = f"{reverse('desk:workspace')}?open=contact:{interaction.pk}"
    if not request.htmx:
        return HttpResponseRedirect(address)
    return tell_page(go(address), CHANGED, interaction_id=interaction.pk)


def _form(request: StaffRequest, channel: str, form: EntryForm) -> HttpResponse:
    context = {
        "form": form,
        "channel": channel,
        "afterwards": channel in AFTERWARDS,
        "label": Interaction.Channel(channel).label,
        "customer": _customer(request),
    }
    return render(
        request, "contact/new.html", context, status=UNPROCESSABLE if form.errors else 200
    )


def _begin(request: StaffRequest, form: EntryForm) -> Interaction:
    data = form.cleaned_data
    interaction = operations.start_interaction(
        channel=form.channel,
        phone=data["phone"],
        caller_name=data["caller_name"],
        place=data["place"],
        started_at=form.started_at(request.actor.timezone),
        actor=request.actor,
        now=request.now,
    )
    customer = _customer(request)
    if customer:
        identify(request, interaction, int(customer), "chosen")
    else:
        operations.recognise(interaction=interaction, actor=request.actor, now=request.now)
    return interaction


def _customer(request: StaffRequest) -> str:
    """The id of the customer for whom the contact is begun, if somebody was chosen before."""
    data = request.POST if request.method == "POST" else request.GET
    text = data.get("customer", "")
    return text if text.isdecimal() and len(text) < 19 else ""


def identify(
    request: StaffRequest, interaction: Interaction, customer_id: int, evidence: str
) -> None:
    """Name the customer if the actor may see them; a wrong id is left out."""
    try:
        with transaction.atomic():
            operations.identify_customer(
                interaction_id=interaction.pk,
                customer_id=customer_id,
                evidence=evidence,
                actor=request.actor,
                now=request.now,
            )
    except NotVisible:
        return
