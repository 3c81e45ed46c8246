"""The outbox: what waits and what went wrong, one message, and what can be done about it."""

from collections.abc import Callable

from django.contrib import messages as said
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from qiao.core.downloads import shown_file
from qiao.core.http import StaffRequest, staff_view
from qiao.core.typesetting import NoFont
from qiao.messaging import operations
from qiao.messaging.channels.letters import compose_pdf
from qiao.messaging.models import Message
from qiao.messaging.queries import NotVisible, get_message_for
from qiao.messaging.queries.letters import letters_for
from qiao.messaging.queries.messages import VIEW, file_names
from qiao.messaging.queries.outbox import SHELVES, channel_health, outbox, shelf_counts
from qiao.messaging.rules.states import NEXT, TROUBLED
from qiao.messaging.words import SHELVES as NAMES
from qiao.staff.queries import company_id

MANAGE = "messages.manage"


@staff_view(VIEW)
def show(request: StaffRequest) -> HttpResponse:
    """Messages of one shelf, the newest first."""
    shelf = request.GET.get("shelf", "trouble")
    shelf = shelf if shelf in SHELVES else "trouble"
    channel = request.GET.get("channel", "")
    channel = channel if channel in Message.Channel.values else ""
    before = request.GET.get("before", "")
    lines, following = outbox(
        actor=request.actor,
        shelf=shelf,
        channel=channel,
        before=int(before) if before.isdecimal() and len(before) < 19 else None,
    )
    counts = shelf_counts(actor=request.actor)
    context = {
        "lines": lines,
        "following": following,
        "shelf": shelf,
        "channel": channel,
        "channels": Message.Channel.choices,
        "shelves": [(key, label, counts[key]) for key, label in NAMES.items()],
        "health": channel_health(now=request.now),
        "may_manage": request.actor.can(MANAGE),
        "may_retry": request.actor.can_in(MANAGE, company_id()),
    }
    return render(request, "messaging/outbox.html", context)


def _message(request: StaffRequest, message_id: int) -> Message:
    try:
        return get_message_for(actor=request.actor, message_id=message_id)
    except NotVisible as error:
        raise Http404(str(message_id)) from error


def subject_url(message: Message) -> str:
    """Where the subject of a message is shown, empty if it has no page."""
    try:
        return reverse(f"{message.subject_kind}s:detail", args=[message.subject_id])
    except NoReverseMatch:
        return ""


@staff_view(VIEW)
def message(request: StaffRequest, message_id: int) -> HttpResponse:
    """One message: its text, its way, and what can be done."""
    found = _message(request, message_id)
    can = NEXT[found.state]
    context = {
        "message": found,
        "attempts": found.attempts.order_by("id"),
        "files": file_names(found.pk),
        "subject_url": subject_url(found),
        "may_manage": request.actor.can_in(MANAGE, found.organisation_id),
        "may_cancel": "cancelled" in can and found.state != "printed",
        "may_repeat": bool(found.to_address) and found.state in TROUBLED,
        "may_say": "delivered" in can or found.state == "unknown",
    }
    return render(request, "messaging/message.html", context)


@staff_view(VIEW)
def letter_pdf(request: StaffRequest, message_id: int) -> HttpResponse:
    """A letter as it was or will be printed."""
    found = _message(request, message_id)
    if found.channel != Message.Channel.LETTER:
        raise Http404(str(message_id))
    try:
        content = compose_pdf(letters_for([found], now=request.now))
    except NoFont:
        said.error(request, _("This machine has no font for Chinese. Nothing was printed."))
        return HttpResponseRedirect(reverse("messaging:message", args=[message_id]))
    return shown_file(content, content_type="application/pdf")


def _do(
    request: StaffRequest, message_id: int, act: Callable[[], object], words: str
) -> HttpResponse:
    _message(request, message_id)
    try:
        act()
    except operations.WrongState:
        said.error(request, _("The message is in another state by now. Nothing was changed."))
    else:
        said.success(request, words)
    return HttpResponseRedirect(reverse("messaging:message", args=[message_id]))


@staff_view(MANAGE, methods=("POST",))
def again(request: StaffRequest, message_id: int) -> HttpResponse:
    """Send it once more."""
    return _do(
        request,
        message_id,
        lambda: operations.send_again(message_id=message_id, actor=request.actor, now=request.now),
        _("It is sent again."),
    )


@staff_view(MANAGE, methods=("POST",))
def cancel(request: StaffRequest, message_id: int) -> HttpResponse:
    """Do not send it."""
    return _do(
        request,
        message_id,
        lambda: operations.cancel_message(
            message_id=message_id, actor=request.actor, now=request.now
        ),
        _("It is not sent."),
    )


@staff_view(MANAGE, methods=("POST",))
def arrival(request: StaffRequest, message_id: int) -> HttpResponse:
    """Say that it arrived, or came back."""
    came_back = request.POST.get("what") == "returned"
    return _do(
        request,
        message_id,
        lambda: operations.note_arrival(
            message_id=message_id, came_back=came_back, actor=request.actor, now=request.now
        ),
        _("Noted."),
    )


@staff_view(MANAGE, methods=("POST",))
def try_again(request: StaffRequest) -> HttpResponse:
    """Try the mail server at once: somebody has mended it."""
    if not request.actor.can_in(MANAGE, company_id()):
        raise PermissionDenied(MANAGE)
    operations.try_again(channel=Message.Channel.EMAIL)
    operations.wake()
    said.success(request, _("The mail server is tried at once."))
    return HttpResponseRedirect(reverse("messaging:outbox"))
