"""Working on the contact at hand: who, what, and how it ends."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.contact import operations
from qiao.contact.forms import refuse, told, words_for
from qiao.contact.models import Interaction
from qiao.contact.queries import (
    cases_of,
    draft_of,
    find_customers_near,
    get_interaction_for,
)
from qiao.contact.rules.drafts import parse_seen
from qiao.contact.views import pane
from qiao.contact.views.answers import CHANGED, CLOSED, IDENTIFIED, LINKED, tell_page
from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.text import BadText
from qiao.core.toasts import add_toast
from qiao.customers.queries import NotVisible

VIEW, WORK = "interactions.view", "interactions.work"
POST = ("POST",)
UNPROCESSABLE = 422
DRAFT_FIELDS = ("reason", "subject", "outcome")


@staff_view(VIEW)
def show_pane(request: StaffRequest, interaction_id: int) -> HttpResponse:
    """The contact as the middle of the workspace."""
    found = get_interaction_for(actor=request.actor, interaction_id=interaction_id)
    return pane.render_pane(request, found)


@staff_view(VIEW)
def show_head(request: StaffRequest, interaction_id: int) -> HttpResponse:
    """Who it is and how they came, as it stands now; the whole middle, once a colleague has it."""
    found = get_interaction_for(actor=request.actor, interaction_id=interaction_id)
    if not found.is_at_hand or pane.is_mine(found, request.actor):
        return pane.render_head(request, found)
    response = pane.render_pane(request, found)
    response.headers["HX-Retarget"] = "#q-middle"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


@staff_view(WORK, methods=POST)
def keep_draft(request: StaffRequest, interaction_id: int) -> HttpResponse:
    """Keep what is being typed; says when another window holds other text."""
    data = request.POST
    try:
        draft = operations.autosave_draft(
            interaction_id=interaction_id,
            tab=data.get("tab", ""),
            seen=parse_seen(data.get("seen", "")),
            note=data.get("note", ""),
            fields=_typed(data),
            actor=request.actor,
            now=request.now,
        )
    except (Interaction.DoesNotExist, operations.InteractionRefusal, BadText) as refusal:
        return HttpResponse(str(refusal), status=409, content_type="text/plain")
    return HttpResponse("differs" if draft.differs else "", content_type="text/plain")


def _typed(data: QueryDict) -> dict[str, str]:
    """What somebody chose or typed; a matter that is only proposed may still be another one."""
    fields = {key: data.get(key, "") for key in DRAFT_FIELDS}
    if fields["reason"] == data.get("proposed", ""):
        fields["reason"] = ""
    return fields


@staff_view(WORK)
def find_person(request: StaffRequest, interaction_id: int) -> HttpResponse:
    """Customers that a typed text may mean, to choose from; near ones when there are none."""
    found = get_interaction_for(actor=request.actor, interaction_id=interaction_id)
    text = request.GET.get("q", "").strip()
    hits, near = find_customers_near(actor=request.actor, text=text)
    context = {
        "interaction": found,
        "hits": hits,
        "near": near,
        "text": text,
        "can_teach": bool(found.caller_phone) and request.actor.can("customers.edit"),
        "can_enrol": request.actor.can_in("customers.edit", found.organisation_id)
        and any(letter.isalpha() for letter in text),
    }
    return render(request, "contact/hits.html", context)


def _about_person(
    request: StaffRequest, interaction_id: int, act: Callable[..., Interaction], **given: Any
) -> HttpResponse:
    """Do something about who it is; the head is the answer, with the refusal if there is one."""
    get_interaction_for(actor=request.actor, interaction_id=interaction_id)
    try:
        with transaction.atomic():
            act(interaction_id=interaction_id, actor=request.actor, now=request.now, **given)
    except (operations.InteractionRefusal, operations.BadPhone, BadText, NotVisible) as refusal:
        error = " ".join(text for _field, text in told(refusal))
        found = get_interaction_for(actor=request.actor, interaction_id=interaction_id)
        return pane.render_head(request, found, error=error, status=UNPROCESSABLE)
    found = get_interaction_for(actor=request.actor, interaction_id=interaction_id)
    response = pane.render_head(request, found)
    return tell_page(response, CHANGED, IDENTIFIED, interaction_id=interaction_id)


@staff_view(WORK, methods=POST)
def identify(request: StaffRequest, interaction_id: int) -> HttpResponse:
    """Choose the customer."""
    data = request.POST
    account = data.get("account", "")
    return _about_person(
        request,
        interaction_id,
        operations.identify_customer,
        customer_id=_number(data.get("customer", "")),
        account_id=int(account) if account.isdecimal() else None,
        evidence="searched" if data.get("evidence") == "searched" else "chosen",
        teach_number=data.get("teach") == "on" and request.actor.can("customers.edit"),
    )


@staff_view(WORK, methods=POST)
def enrol(request: StaffRequest, interaction_id: int) -> HttpResponse:
    """Hold whoever calls as a new customer."""
    name = request.POST.get("name", "")
    return _about_person(request, interaction_id, operations.enrol_customer, name=name)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


@staff_view(WORK, methods=POST)
def unknown(request: StaffRequest, interaction_id: int) -> HttpResponse:
    """Nobody known: say why, or take the choice back."""
    reason = request.POST.get("reason", "")
    return _about_person(request, interaction_id, operations.mark_unknown, reason=reason)


@staff_view(WORK, methods=POST)
def describe(request: StaffRequest, interaction_id: int) -> HttpResponse:
    """Keep the name, number and place that the caller gives."""
    data = request.POST
    return _about_person(
        request,
        interaction_id,
        operations.describe_caller,
        caller_name=data.get("caller_name", ""),
        phone=data.get("phone", ""),
        place=data.get("place", ""),
    )


@staff_view(WORK)
def matter(request: StaffRequest, interaction_id: int) -> HttpResponse:
    """The matter that the note's words speak for, unless one was chosen by hand."""
    found = get_interaction_for(actor=request.actor, interaction_id=interaction_id)
    chosen, proposed = request.GET.get("reason", ""), request.GET.get("proposed", "")
    if chosen and chosen != proposed:
        return HttpResponse(status=204)
    proposal = pane.proposal_for(request.actor, found, request.GET.get("note", ""))
    if (proposal.key if proposal else "") == chosen:
        return HttpResponse(status=204)
    form = pane.wrap_up_form(found, initial={"reason": proposal.key if proposal else ""})
    context = {"interaction": found, "form": form, "proposal": proposal}
    return render(request, "contact/matter.html", context)


@staff_view(WORK, methods=POST)
def end(request: StaffRequest, interaction_id: int) -> HttpResponse:
    """The other side has gone."""
    return _about_person(request, interaction_id, operations.end_interaction)


@staff_view(WORK, methods=POST)
def take(request: StaffRequest, interaction_id: int) -> HttpResponse:
    """Go on with a colleague's contact."""
    found = get_interaction_for(actor=request.actor, interaction_id=interaction_id)
    try:
        operations.take_over(interaction_id=interaction_id, actor=request.actor, now=request.now)
    except operations.WrongState as refusal:
        return _fail(request, found, refusal)
    found.refresh_from_db()
    response = pane.render_pane(request, found)
    return tell_page(response, CHANGED, interaction_id=interaction_id)


def _fail(request: StaffRequest, found: Interaction, refusal: Exception) -> HttpResponse:
    return pane.render_head(request, found, error=words_for(refusal), status=UNPROCESSABLE)


@staff_view(WORK, methods=POST)
def finish(request: StaffRequest, interaction_id: int) -> HttpResponse:
    """Close the contact; the form again, with what is missing said beside each field."""
    found = get_interaction_for(actor=request.actor, interaction_id=interaction_id)
    form = pane.wrap_up_form(found, request.POST)
    seen = parse_seen(request.POST.get("seen", ""))
    if form.is_valid():
        try:
            with transaction.atomic():
                operations.finish(
                    interaction_id=interaction_id,
                    subject=form.subject_words(),
                    reason=form.cleaned_data["reason"],
                    outcome=form.cleaned_data["outcome"],
                    note=form.cleaned_data["note"],
                    tab=request.POST.get("tab", ""),
                    seen=seen,
                    actor=request.actor,
                    now=request.now,
                )
        except operations.OtherTextKept as refusal:
            return _both_texts(request, found, refusal)
        except (operations.InteractionRefusal, BadText) as refusal:
            refuse(form, refusal)
    if form.errors:
        cases = list(cases_of(actor=request.actor, interaction_id=interaction_id))
        context = pane.wrap_context(request.actor, found, cases, form=form)
        context |= {"tab": request.POST.get("tab", ""), "seen": request.POST.get("seen", "")}
        return render(request, "contact/wrap.html", context, status=UNPROCESSABLE)
    response = tell_page(HttpResponse(), CHANGED, CLOSED, interaction_id=interaction_id)
    response.headers["HX-Reswap"] = "none"
    return add_toast(
        response,
        text=_("Contact %(number)s closed") % {"number": found.number},
        undo_url=reverse("contact:reopen", args=[interaction_id]),
    )


def _both_texts(request: StaffRequest, found: Interaction, refusal: Exception) -> HttpResponse:
    """The form with the texts of all windows below each other, this one's last."""
    kept = draft_of(found.pk)
    mine = request.POST.get("note", "").strip()
    note = kept.note if mine in kept.note else f"{kept.note}\n{mine}"
    data = request.POST.copy()
    data["note"] = note
    form = pane.wrap_up_form(found, data)
    form.is_valid()
    refuse(form, refusal)
    cases = list(cases_of(actor=request.actor, interaction_id=found.pk))
    context = pane.wrap_context(request.actor, found, cases, form=form, note=note, draft=kept)
    return render(request, "contact/wrap.html", context, status=UNPROCESSABLE)


@staff_view(WORK, methods=POST)
def abandon(request: StaffRequest, interaction_id: int) -> HttpResponse:
    """The contact was begun by mistake."""
    found = get_interaction_for(actor=request.actor, interaction_id=interaction_id)
    try:
        operations.abandon(interaction_id=interaction_id, actor=request.actor, now=request.now)
    except operations.InteractionRefusal as refusal:
        return _fail(request, found, refusal)
    response = tell_page(HttpResponse(), CHANGED, CLOSED, interaction_id=interaction_id)
    response.headers["HX-Reswap"] = "none"
    return add_toast(
        response,
        text=_("Contact discarded"),
        undo_url=reverse("contact:reopen", args=[interaction_id]),
    )


@staff_view(WORK, methods=POST)
def reopen(request: StaffRequest, interaction_id: int) -> HttpResponse:
    """Take back the closing; the contact is at hand again."""
    found = get_interaction_for(actor=request.actor, interaction_id=interaction_id)
    try:
        operations.reopen(interaction_id=interaction_id, actor=request.actor, now=request.now)
    except operations.InteractionRefusal as refusal:
        return _fail(request, found, refusal)
    response = HttpResponse(status=204)
    response.headers["HX-Redirect"] = f"{reverse('desk:workspace')}?open=contact:{interaction_id}"
    return response


@staff_view(WORK, methods=POST)
def continue_case(request: StaffRequest, interaction_id: int, case_id: int) -> HttpResponse:
    """The contact goes on with a case that is open already."""
    found = get_interaction_for(actor=request.actor, interaction_id=interaction_id)
    try:
        operations.link_case(
            interaction_id=interaction_id,
            case_id=case_id,
            kind="continued",
            actor=request.actor,
            now=request.now,
        )
    except operations.InteractionRefusal as refusal:
        return _fail(request, found, refusal)
    response = render(request, "contact/side.html", pane.side_context(request, found))
    return tell_page(response, CHANGED, LINKED, interaction_id=interaction_id)


@staff_view(WORK, methods=POST)
def refresh(request: StaffRequest, interaction_id: int) -> HttpResponse:
    """Keep what is typed and show the wrap-up anew, with what a case just linked speaks for."""
    found = get_interaction_for(actor=request.actor, interaction_id=interaction_id)
    data = request.POST
    try:
        draft = operations.autosave_draft(
            interaction_id=interaction_id,
            tab=data.get("tab", ""),
            seen=parse_seen(data.get("seen", "")),
            note=data.get("note", ""),
            actor=request.actor,
            now=request.now,
        )
    except (operations.InteractionRefusal, BadText) as refusal:
        return HttpResponse(str(refusal), status=409, content_type="text/plain")
    cases = list(cases_of(actor=request.actor, interaction_id=interaction_id))
    context = pane.wrap_context(request.actor, found, cases, draft=draft)
    return render(request, "contact/wrap.html", context)
