"""Head-ends of remote meters, how the listener fares, and messages that were put aside."""

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiao.core import background
from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.text import BadText
from qiao.metering.forms import HeadEndForm
from qiao.metering.models import AsideMessage, HeadEnd
from qiao.metering.operations import head_ends
from qiao.metering.queries import heads as queries
from qiao.metering.rules.topics import BadFilter
from qiao.metering.showing import heads as showing
from qiao.metering.views.points import READ
from qiao.metering.views.worklist import UNPROCESSABLE, number_in
from qiao.staff.queries import names_of, organisation_names

MANAGE: Final = "metering.heads"
POST: Final = ("POST",)


def _get(request: StaffRequest, head_end_id: int) -> HeadEnd:
    try:
        return queries.head_end_for(actor=request.actor, head_end_id=head_end_id)
    except queries.HeadEndUnknown as unknown:
        raise Http404(f"head-end {head_end_id}") from unknown


def _message(request: StaffRequest, message_id: int) -> AsideMessage:
    try:
        return queries.aside_message_for(actor=request.actor, message_id=message_id)
    except queries.MessageUnknown as unknown:
        raise Http404(f"message {message_id}") from unknown


def _form(request: StaffRequest, data: Any = None) -> HeadEndForm:
    return HeadEndForm(data, actor=request.actor, language=get_language() or "en")


@staff_view(READ)
def heads(request: StaffRequest) -> HttpResponse:
    """The listener, all head-ends, and what waits; asked for by htmx, only the listener."""
    if request.htmx:
        return render(request, "metering/_listener.html", _listener(request))
    return _list(request, _form(request))


def _listener(request: StaffRequest) -> dict[str, Any]:
    found = queries.listening(request.now)
    return {
        "listener": found.said,
        "listening": found.state,
        "listening_words": showing.STATES[found.state],
        "listening_tone": showing.TONES[found.state],
    }


def _list(request: StaffRequest, form: HeadEndForm, status: int = 200) -> HttpResponse:
    lines = queries.list_head_ends(actor=request.actor)
    units = organisation_names({line.head_end.organisation_id for line in lines})
    page = queries.aside_messages(actor=request.actor, after=number_in(request, "after"))
    context = _listener(request) | {
        "lines": [(line, units.get(line.head_end.organisation_id, "")) for line in lines],
        "rows": showing.reasons_of(page.rows),
        "after": page.after,
        "form": form if request.actor.can(MANAGE) else None,
    }
    return render(request, "metering/heads.html", context, status=status)


@staff_view(MANAGE, methods=POST)
def add(request: StaffRequest) -> HttpResponse:
    """Name a head-end."""
    form = _form(request, request.POST)
    if form.is_valid():
        try:
            made = head_ends.add_head_end(
                actor=request.actor,
                now=request.now,
                organisation_id=form.cleaned_data["organisation"],
                name=form.cleaned_data["name"],
                topic=form.cleaned_data["topic"],
                form=form.cleaned_data["form"],
            )
        except BadFilter as bad:
            form.add_error("topic", showing.filter_words(bad.code))
        except head_ends.TopicTaken as taken:
            words = _("“%(name)s” has topics of these already.") % {"name": taken.name}
            form.add_error("topic", words)
        except BadText as bad:
            form.add_error("name", _(bad.message) % bad.params)
        else:
            messages.success(request, _("The listener asks for its topics from now on."))
            return redirect("metering:head", made.pk)
    return _list(request, form, UNPROCESSABLE)


@staff_view(READ)
def head(request: StaffRequest, head_end_id: int) -> HttpResponse:
    """A head-end: what it sent, and what of it waits."""
    row = _get(request, head_end_id)
    (line,) = queries.lines_of([row])
    page = queries.aside_messages(
        actor=request.actor, head_end_id=row.pk, after=number_in(request, "after")
    )
    context = _listener(request) | {
        "head": row,
        "line": line,
        "unit": organisation_names([row.organisation_id]).get(row.organisation_id, ""),
        "maker": names_of([row.created_by_id or 0]).get(row.created_by_id or 0, ""),
        "rows": showing.reasons_of(page.rows),
        "after": page.after,
        "is_trying": bool(background.state_of(head_ends.lock_of(row.pk))),
        "may_manage": request.actor.can(MANAGE),
    }
    return render(request, "metering/head.html", context)


@staff_view(MANAGE, methods=POST)
def switch(request: StaffRequest, head_end_id: int) -> HttpResponse:
    """Switch a head-end on or off."""
    row = _get(request, head_end_id)
    head_ends.switch_head_end(
        actor=request.actor, head_end_id=row.pk, is_active=request.POST.get("is_active") == "on"
    )
    return redirect("metering:head", row.pk)


@staff_view(READ, methods=POST)
def again(request: StaffRequest, head_end_id: int) -> HttpResponse:
    """Have a job try all messages of a head-end again."""
    row = _get(request, head_end_id)
    head_ends.ask_to_try(actor=request.actor, head_end_id=row.pk)
    messages.success(request, _("They are being tried again; this page shows what is left."))
    return redirect("metering:head", row.pk)


@staff_view(READ)
def message(request: StaffRequest, message_id: int) -> HttpResponse:
    """A message that was put aside: what is wrong with it, and what was sent."""
    row = _message(request, message_id)
    context = {
        "message": row,
        "reason": showing.reason_words(row.reason),
        "advice": showing.advice(row.reason),
        "lines": showing.fault_lines(row),
        "payload": showing.payload_text(row),
        "done_by": names_of([row.done_by_id or 0]).get(row.done_by_id or 0, ""),
    }
    return render(request, "metering/message.html", context)


@staff_view(READ, methods=POST)
def act(request: StaffRequest, message_id: int, action: str) -> HttpResponse:
    """Try a message again, or let it go."""
    row = _message(request, message_id)
    work = {"try": head_ends.try_message, "drop": head_ends.drop_message}.get(action)
    if work is None:
        raise Http404(action)
    try:
        done = work(actor=request.actor, message_id=row.pk, now=request.now)
    except head_ends.CannotTry as refusal:
        messages.warning(request, showing.refusal_words(refusal.code))
        return redirect("metering:message", row.pk)
    except BadText as bad:
        messages.warning(request, _(bad.message) % bad.params)
        return redirect("metering:message", row.pk)
    if action == "try" and done.state == AsideMessage.State.WAITING:
        messages.warning(request, _("It still cannot be taken in: see what is told below."))
    elif action == "try":
        messages.success(request, _("It was taken in."))
    return redirect("metering:message", row.pk)
