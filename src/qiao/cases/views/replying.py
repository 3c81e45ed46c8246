"""Answers that are sent: written, looked at, taken back, and read as the customer got them."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.cases import operations, queries
from qiao.cases.models import Case
from qiao.cases.showing.replies import REFUSALS, ReplyTo, reply_to, show_message
from qiao.cases.views.acting import attempt, done
from qiao.cases.views.page import detail_of
from qiao.cases.views.reply_box import sent_box
from qiao.core.downloads import shown_file
from qiao.core.http import StaffRequest, staff_view
from qiao.core.transactions import acting
from qiao.core.typesetting import NoFont
from qiao.messaging import operations as messages
from qiao.messaging.queries import (
    Letter,
    compose_pages,
    compose_pdf,
    file_names,
    letter_of,
    letters_for,
    message_about,
    message_states,
)

TEMPLATE = "cases/_reply.html"


def _values(form: Any) -> operations.Reply:
    given = form.cleaned_data
    return operations.Reply(
        channel=given["channel"],
        title=given["title"],
        text=given["text"],
        name=given["name"],
        address=given["address"],
        file_ids=tuple(given["enclosed"]),
    )


@staff_view("cases.work", methods=("POST",))
def reply(request: StaffRequest, case_id: int) -> HttpResponse:
    """Send an answer; with ``?shape`` only draw the box anew for another channel."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    box = sent_box(case, actor=request.actor, now=request.now, data=request.POST)
    if not box:
        return HttpResponse(status=403)
    form = box["reply_form"]
    if "shape" in request.GET:
        shaped = {key: form[key].value() for key in form.fields} | {
            "channel": box["reply"].chosen.key
        }
        form.is_bound, form.initial = False, shaped
        return _drawn(request, case_id, TEMPLATE, box)
    sent = _send(request, case_id, form) if form.is_valid() else None
    if sent is not None:
        words = {"name": box["reply"].name or _("the customer"), "way": box["reply"].chosen.label}
        return done(
            request,
            case,
            toast=_("Goes to %(name)s · %(way)s") % words,
            undo_url=reverse("cases:reply_undo", args=[case_id, sent.event_count]),
            slot=TEMPLATE,
        )
    template = TEMPLATE if request.htmx else "cases/box_page.html"
    return _drawn(request, case_id, template, box, status=422)


def _drawn(
    request: StaffRequest, case_id: int, template: str, box: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    detail = detail_of(request, case_id)
    context = {"d": detail, "case": detail.case, "box": TEMPLATE, **box}
    return render(request, template, context, status=status)


def _send(request: StaffRequest, case_id: int, form: Any) -> Case | None:
    """The case with the answer as the newest of its history; None where it was refused."""
    sent: list[Case] = []

    def send() -> None:
        case = operations.reply_to_customer(
            case_id=case_id, reply=_values(form), actor=request.actor, now=request.now
        )
        sent.append(case)

    try:
        attempt(form, send)
    except messages.Unreachable as refusal:
        form.add_error(None, str(REFUSALS[refusal.reason]))
    except messages.BadAddress:
        form.add_error("address", _("That is no email address."))
    return sent[0] if sent else None


@staff_view("cases.work", methods=("POST",))
def undo(request: StaffRequest, case_id: int, seq: int) -> HttpResponse:
    """Take an answer back that did not leave yet."""
    queries.get_case_for(actor=request.actor, case_id=case_id)
    try:
        operations.undo_reply(case_id=case_id, seq=seq, actor=request.actor, now=request.now)
    except operations.TooLate:
        return HttpResponse(status=409)
    return HttpResponse(status=204)


@staff_view("cases.work", methods=("POST",), opens=False)
def look(request: StaffRequest, case_id: int) -> HttpResponse:
    """Show what would be sent, as it would arrive; what was typed is kept as the draft."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    fields = ("channel", "name", "address", "title", "text")
    values = {key: request.POST.get(key, "")[:8_000] for key in fields}
    values["enclosed"] = request.POST.getlist("enclosed")  # type: ignore[assignment]
    with acting(request.actor):
        operations.keep_draft(
            case_id=case.pk, box="reply", values=values, actor=request.actor, now=request.now
        )
    to = reply_to(case, now=request.now, channel=values["channel"])
    pages, has_font = 0, True
    if to.chosen.key == "letter" and values["text"].strip():
        try:
            pages = len(compose_pages(_drafted(request, case, to)))
        except NoFont:
            has_font = False
    context = {
        "case": case,
        "reply": to,
        "values": values,
        "pages": range(1, pages + 1),
        "has_font": has_font,
        "stamp": int(request.now.timestamp()),
    }
    return render(request, "cases/_reply_look.html", context)


def _drafted(request: StaffRequest, case: Case, to: ReplyTo) -> Letter:
    """The draft as a letter."""
    values = queries.draft_of(actor=request.actor, case_id=case.pk, box="reply")
    known = operations.known_address(case=case, channel="letter", now=request.now)
    return letter_of(
        {
            "language": to.language,
            "name": values.get("name") or to.name,
            "address": values.get("address") or known,
            "title": values.get("title") or to.title,
            "body": values.get("text") or " ",
            "reference": case.number,
        },
        organisation_id=case.organisation_id,
        now=request.now,
    )


@staff_view("cases.work")
def draft_page(request: StaffRequest, case_id: int, page: int) -> HttpResponse:
    """One page of the letter as it is being written."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    found = compose_pages(_drafted(request, case, reply_to(case, now=request.now)))
    if not 1 <= page <= len(found):
        raise Http404(str(page))
    return shown_file(found[page - 1], content_type="image/png")


@staff_view("cases.work")
def draft_pdf(request: StaffRequest, case_id: int) -> HttpResponse:
    """The letter as it is being written."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    letter = _drafted(request, case, reply_to(case, now=request.now))
    return _pdf(lambda: compose_pdf([letter]))


def _pdf(compose: Callable[[], bytes]) -> HttpResponse:
    try:
        return shown_file(compose(), content_type="application/pdf")
    except NoFont:
        text = _("This machine has no font for Chinese: no letter can be set.")
        return HttpResponse(text, content_type="text/plain; charset=utf-8", status=409)


@staff_view("cases.view")
def sent(request: StaffRequest, case_id: int, message_id: int) -> HttpResponse:
    """What the customer got: the exact text, its files, and every attempt to bring it."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    found = message_about(subject_kind="case", subject_id=case.pk, message_id=message_id)
    if found is None:
        raise Http404(str(message_id))
    context = {
        "case": case,
        "message": found,
        "shown": show_message(message_states([found.pk])[found.pk]),
        "attempts": found.attempts.order_by("id"),
        "files": file_names(found.pk),
    }
    template = "cases/_message.html" if request.htmx else "cases/message_page.html"
    return render(request, template, context)


@staff_view("cases.view")
def sent_pdf(request: StaffRequest, case_id: int, message_id: int) -> HttpResponse:
    """A letter as the customer got it."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    found = message_about(subject_kind="case", subject_id=case.pk, message_id=message_id)
    if found is None or found.channel != "letter":
        raise Http404(str(message_id))
    return _pdf(lambda: compose_pdf(letters_for([found], now=request.now)))
