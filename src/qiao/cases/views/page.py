"""The page of one case, and the parts of it that renew themselves."""

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.cases import operations, queries
from qiao.cases.forms import AnswerForm, WordsForm, read_place
from qiao.cases.journal import known_calendars
from qiao.cases.models import Case
from qiao.cases.operations import setting_aside as aside_operations
from qiao.cases.queries.aside import aside_of
from qiao.cases.queries.clock_states import clock_state
from qiao.cases.queries.page import SIDES
from qiao.cases.showing import history, listing
from qiao.cases.showing.alike import show_alike
from qiao.cases.showing.clock_explained import explain
from qiao.cases.showing.detail import Detail, show_case, speech_for
from qiao.cases.showing.setting_aside import aside_mark
from qiao.cases.showing.why_next import why_next
from qiao.cases.views.reply_box import reply_box
from qiao.core.http import StaffRequest, staff_view
from qiao.core.packs.enabled import catalogue
from qiao.core.panels import load_place
from qiao.core.toasts import add_toast
from qiao.core.wording import said

BOXES = ("note", "answer", "reply", "edit")
DRAFT_LENGTH = 100_000


def detail_of(request: StaffRequest, case_id: int) -> Detail:
    """The case of a request in words. Raises `NotVisible`."""
    page = queries.case_page(actor=request.actor, case_id=case_id, now=request.now)
    together = queries.with_merged(page.history, actor=request.actor, case=page.case)
    page = replace(page, history=together)
    return show_case(page, actor=request.actor, now=request.now)


SIDE = "case_side"


@staff_view("cases.view")
def show(request: StaffRequest, case_id: int) -> HttpResponse:
    """The whole page; of a merged case, that of the one that stands for it."""
    detail = detail_of(request, case_id)
    if detail.case.merged_into_id is not None and "own" not in request.GET:
        survivor = queries.get_survivor_for(actor=request.actor, case_id=case_id)
        if survivor.pk != case_id:
            told = _("%(number)s was merged into this case.") % {"number": detail.case.number}
            messages.info(request, told)
            return HttpResponseRedirect(reverse("cases:detail", args=[survivor.pk]))
    aside = aside_of(actor=request.actor, case_id=case_id)
    context = {"trail": _trail(request, detail.case), "aside": aside_mark(aside)}
    return render(request, "cases/page.html", page_context(request, detail) | context)


@dataclass(frozen=True, slots=True)
class Trail:
    """The list through which the reader goes: its name and its query."""

    name: str
    query: str
    why: str = ""


def _trail(request: StaffRequest, case: Case | None = None) -> Trail | None:
    if "view" not in request.GET:
        return None
    place = read_place(request.GET, "open")
    why = why_next(case, place, request.now) if case else ""
    return Trail(str(listing.VIEW_NAMES[place.view]), place.query(), why)


@staff_view("cases.view")
def beside(request: StaffRequest, case_id: int, way: str) -> HttpResponse:
    """Go to the next or previous case of the list that the query tells; stay at its end."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    trail = _trail(request)
    if trail is None or way not in ("next", "previous"):
        raise Http404
    backwards = way == "previous"
    place = read_place(request.GET, "open")
    found = queries.case_beside(
        actor=request.actor,
        now=request.now,
        view=place.view,
        filters=place.filters,
        case=case,
        backwards=backwards,
        order=place.order,
    )
    if found is None:
        end = _("The list begins here.") if backwards else _("The list ends here.")
        messages.info(request, end)
    there = reverse("cases:detail", args=[found or case.pk])
    return HttpResponseRedirect(f"{there}?{trail.query}")


def page_context(request: StaffRequest, detail: Detail) -> dict[str, Any]:
    """Everything that the page's templates name."""
    case = detail.case
    return {
        "d": detail,
        "case": case,
        "panels": _panels(request, detail),
        "note_form": note_form(detail),
        "answer_form": answer_form(detail),
        **reply_box(detail, now=request.now),
        "side": "",
        "sides": SIDES,
        "back_url": reverse("cases:list"),
        "merged": queries.merged_cases(actor=request.actor, case=case),
        "alike": show_alike(case, actor=request.actor, now=request.now),
    }


def _panels(request: StaffRequest, detail: Detail) -> dict[str, list[tuple[Any, Any]]]:
    """The panels of the page, ``main`` and ``side``."""
    case = detail.case
    loaded = load_place(
        request.actor,
        "case",
        {
            "case_id": case.pk,
            "customer_id": case.customer_id,
            "customer_ids": [case.customer_id] if case.customer_id else [],
            "now": request.now,
        },
    )
    columns: dict[str, list[tuple[Any, Any]]] = {"main": [], "side": []}
    for panel, data in loaded:
        columns["side" if SIDE in panel.places else "main"].append((panel, data))
    return columns


def note_form(detail: Detail, data: Any = None) -> WordsForm:
    """The box for colleagues, with the draft in it."""
    draft = detail.drafts.get("note", {}).get("values", {})
    return WordsForm(data, initial=draft, auto_id="note-%s")


def answer_form(detail: Detail, data: Any = None) -> AnswerForm:
    """The box for what the customer was told, with the draft in it."""
    draft = detail.drafts.get("answer", {}).get("values", {})
    channels = [(key, said(item.name)) for key, item in catalogue().channels.items()]
    used = detail.case.channel
    initial = {"channel": used, **draft}
    return AnswerForm(
        data, initial=initial, channels=channels or [(used, used)], auto_id="answer-%s"
    )


@staff_view("cases.view")
def live(request: StaffRequest, case_id: int) -> HttpResponse:
    """The parts that change by themselves, each to be put in its place."""
    detail = detail_of(request, case_id)
    return render(request, "cases/_live.html", live_context(request, detail))


def live_context(request: StaffRequest, detail: Detail) -> dict[str, Any]:
    """What `_live.html` needs."""
    sent = request.POST if request.method == "POST" else request.GET
    return {
        "d": detail,
        "case": detail.case,
        "side": "",
        "panels": _panels(request, detail),
        "merged": queries.merged_cases(actor=request.actor, case=detail.case),
        "alike": show_alike(detail.case, actor=request.actor, now=request.now),
        "editing": bool(sent.get("editing")),  # the request's text stands in a form now
    }


def renewed(
    request: StaffRequest, case_id: int, *, toast: str = "", undo_url: str = "", slot: str = ""
) -> HttpResponse:
    """The answer to a change that was taken: the parts that changed, and a word in passing.

    `slot` is the template that takes the place of the form that was sent, a fresh box as a rule.
    """
    detail = detail_of(request, case_id)
    context = live_context(request, detail)
    if slot:
        context |= {"note_form": note_form(detail), "answer_form": answer_form(detail)}
        context |= reply_box(detail, now=request.now)
    context["slot"] = slot
    response = render(request, "cases/_renewed.html", context)
    return add_toast(response, text=toast, undo_url=undo_url) if toast else response


@staff_view("cases.view")
def feed(request: StaffRequest, case_id: int) -> HttpResponse:
    """A part of the history: of one side, or older than what is shown."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    side = request.GET.get("side", "")
    before = request.GET.get("before", "")
    side = side if side in SIDES else ""
    place = int(before) if before.isdecimal() and len(before) < 10 else None
    found = queries.case_history(case_id=case.pk, side=side, before=place)
    found = queries.with_merged(found, actor=request.actor, case=case, side=side, before=place)
    return render(
        request,
        "cases/_feed_rows.html" if before else "cases/_feed.html",
        {
            "case": case,
            "lines": history.show_history(found.entries, speech_for(case)),
            "before": found.before,
            "d": {"may": {"join": request.actor.can_in("cases.join", case.organisation_id)}},
            "side": side,
        },
    )


@staff_view("cases.view")
def clocks(request: StaffRequest, case_id: int) -> HttpResponse:
    """Why each deadline is what it is: every start, stop and pause."""
    detail = detail_of(request, case_id)
    state = clock_state(detail.case.pk)
    explained = explain(detail.clocks.every, state, detail.case.pk, known_calendars())
    context = {"d": detail, "case": detail.case, "explained": explained}
    return render(request, "cases/clocks.html", context)


@staff_view("cases.view", methods=("POST",))
def here(request: StaffRequest, case_id: int) -> HttpResponse:
    """Renew that the person has the case open; answer who else has."""
    queries.get_case_for(actor=request.actor, case_id=case_id)
    operations.renew_viewing(case_id=case_id, actor=request.actor, now=request.now)
    aside_operations.mark_read(case_id=case_id, actor=request.actor)
    aside_operations.take_up_again(case_id=case_id, actor=request.actor, now=request.now)
    page = queries.viewers_of(actor=request.actor, case_id=case_id, now=request.now)
    return render(request, "cases/_here.html", {"viewers": page})


@staff_view("cases.view", methods=("POST",))
def draft(request: StaffRequest, case_id: int, box: str) -> HttpResponse:
    """Keep what is being typed in a box."""
    queries.get_case_for(actor=request.actor, case_id=case_id)
    if box not in BOXES:
        raise Http404(box)
    if sum(len(text) for _key, texts in request.POST.lists() for text in texts) > DRAFT_LENGTH:
        return HttpResponse(status=413)
    values = {
        key: texts if len(texts) > 1 else texts[0]
        for key, texts in request.POST.lists()
        if key != "csrfmiddlewaretoken"
    }
    operations.keep_draft(
        case_id=case_id, box=box, values=values, actor=request.actor, now=request.now
    )
    return HttpResponse(status=204)


def following_url(request: StaffRequest, case: Case) -> str:
    """Where the list goes on from this case, if it was asked to; looked up before the case is
    changed and has left its place. The list itself at its end."""
    if request.POST.get("then") != "next":
        return ""
    place = read_place(QueryDict(request.POST.get("trail", "")), "open")
    found = queries.case_beside(
        actor=request.actor,
        now=request.now,
        view=place.view,
        filters=place.filters,
        case=case,
        backwards=False,
        order=place.order,
    )
    if found is None:
        return f"{reverse('cases:list')}?{place.query()}"
    return f"{reverse('cases:detail', args=[found])}?{place.query()}"


def to_page(request: StaffRequest, target: str) -> HttpResponse:
    """Send the whole page on, also when htmx asked."""
    if request.htmx:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = target
        return response
    return HttpResponseRedirect(target)
