"""Common causes: proposals, the case that carries one, its reports, what they are told."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qiao.cases import definitions, operations, queries
from qiao.cases.forms import FactsForm, WordsForm
from qiao.cases.forms.alike import ExpectationForm, NumberForm, TellForm
from qiao.cases.showing import alike as words
from qiao.cases.showing.names import unit_name
from qiao.cases.views.acting import attempt, dialog, done, posted
from qiao.core.http import StaffRequest, lead_on, staff_view

METHODS = ("GET", "HEAD", "POST")
SIDES = ("", "missed", "tail", "out")


@staff_view("cases.view")
def index(request: StaffRequest) -> HttpResponse:
    """Bursts to decide on, and common causes."""
    proposals = [
        (p, words.area_name(p.area), words.kind_name(p.kind), words.proposal_words(p),
         words.chance_words(p))
        for p in queries.open_proposals(actor=request.actor)
    ]  # fmt: skip
    lines = [
        (line, words.area_name(line.area), words.kind_name(line.kind),
         words.parent_words(line, request.now), str(words.STATES[line.state]),
         words.TONES[line.state])
        for line in queries.parents(actor=request.actor)
    ]  # fmt: skip
    return render(request, "cases/alike/list.html", {"proposals": proposals, "lines": lines})


@staff_view("cases.view")
def page(request: StaffRequest, case_id: int) -> HttpResponse:
    """One common cause: who reported it, who was told, who says that it is not over."""
    found = queries.parent_page(actor=request.actor, case_id=case_id)
    side = request.GET.get("side", "")
    if side not in SIDES:
        raise Http404(side)
    reports = queries.reports_of(actor=request.actor, parent_id=case_id, side=side)
    rights = {
        "alike": request.actor.can_in("cases.alike", found.case.organisation_id),
        "join": request.actor.can("cases.join"),
        "work": request.actor.can("cases.work"),
    }
    context = {
        "page": found,
        "case": found.case,
        "parent": found.parent,
        "area": words.area_name(found.parent.area),
        "kind": words.kind_name(found.parent.kind),
        "team": unit_name(found.case.team),
        "state": str(words.STATES[found.parent.state]),
        "tone": words.TONES[found.parent.state],
        "chart": words.show_chart(found, request.now),
        "notices": [(notice, words.notice_words(notice)) for notice in found.notices],
        "streets": words.by_street(reports),
        "side": side,
        "may": rights,
        "is_open": found.parent.state == "open",
    }
    template = "cases/alike/_page.html" if request.htmx else "cases/alike/page.html"
    return render(request, template, context)


def _box(
    request: StaffRequest, case_id: int, form: FactsForm, run: Any, texts: dict[str, str]
) -> HttpResponse:
    """A dialog about a common cause, then its page again."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    if request.method == "POST" and form.is_valid() and attempt(form, lambda: run(form)):
        return lead_on(request, reverse("cases:alike_page", args=[case_id]))
    return dialog(
        request,
        case,
        form,
        title=texts["title"],
        text=texts.get("text", ""),
        confirm=texts["confirm"],
        tone=texts.get("tone", "btn-primary"),
        status=422 if request.method == "POST" else 200,
    )


@staff_view("cases.alike", methods=METHODS)
def make(request: StaffRequest, case_id: int) -> HttpResponse:
    """Let a case carry the common cause of other reports."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    definition = definitions.case_types().get(case.case_type.key)
    kind = (definition.alike if definition else "") or case.case_type.key

    def run(form: FactsForm) -> None:
        operations.make_parent(
            case_id=case_id,
            cause=operations.Cause(
                kind=kind, area=case.area, since=case.opened_at, **form.cleaned_data
            ),
            actor=request.actor,
            now=request.now,
        )

    return _box(
        request,
        case_id,
        ExpectationForm(posted(request), auto_id="mk-%s"),
        run,
        {
            "title": _("This case is the cause of other reports"),
            "text": _("Reports join it; they are told and closed with it."),
            "confirm": _("Make it the main case"),
        },
    )


@staff_view("cases.alike", methods=METHODS)
def expect(request: StaffRequest, case_id: int) -> HttpResponse:
    """Say why it is and until when."""
    parent = queries.parent_page(actor=request.actor, case_id=case_id).parent
    form = ExpectationForm(
        posted(request),
        initial={"cause": parent.cause, "expected_at": parent.expected_at},
        auto_id="ex-%s",
    )

    def run(form: FactsForm) -> None:
        operations.set_expectation(
            parent_id=case_id, actor=request.actor, now=request.now, **form.cleaned_data
        )

    return _box(
        request,
        case_id,
        form,
        run,
        {
            "title": _("Cause and expected end"),
            "text": _("Agents see it at once when somebody reports the same."),
            "confirm": _("Keep"),
        },
    )


@staff_view("cases.alike", methods=METHODS)
def tell_all(request: StaffRequest, case_id: int) -> HttpResponse:
    """Tell the customers of all reports."""
    figures = queries.parent_page(actor=request.actor, case_id=case_id).figures

    def run(form: FactsForm) -> None:
        operations.broadcast(
            parent_id=case_id, actor=request.actor, now=request.now, **form.cleaned_data
        )

    return _box(
        request,
        case_id,
        TellForm(posted(request), auto_id="ta-%s"),
        run,
        {
            "title": ngettext(
                "Tell the customer of %(n)d report",
                "Tell the customers of %(n)d reports",
                figures.reports,
            )
            % {"n": figures.reports},
            "text": _("Whom it does not reach stands on this page afterwards, to be called."),
            "confirm": _("Tell all"),
        },
    )


@staff_view("cases.alike", methods=METHODS)
def end(request: StaffRequest, case_id: int) -> HttpResponse:
    """Say that it is over: all are told and closed."""
    figures = queries.parent_page(actor=request.actor, case_id=case_id).figures

    def run(form: FactsForm) -> None:
        operations.end_reports(
            parent_id=case_id, actor=request.actor, now=request.now, **form.cleaned_data
        )

    usual = _("What you reported has been put right. If it is not so for you, please tell us.")
    return _box(
        request,
        case_id,
        TellForm(posted(request), initial={"text": usual}, auto_id="en-%s"),
        run,
        {
            "title": ngettext(
                "Tell and close %(n)d report", "Tell and close %(n)d reports", figures.open
            )
            % {"n": figures.open},
            "text": _("This case itself goes on in its own process. It cannot be undone."),
            "confirm": _("Tell and close all"),
        },
    )


@staff_view("cases.join", methods=METHODS)
def add(request: StaffRequest, case_id: int) -> HttpResponse:
    """Let a report join by its number."""
    form = NumberForm(posted(request), auto_id="ad-%s")

    def run(form: FactsForm) -> None:
        number = form.cleaned_data["number"].strip().lstrip("#").upper()
        found = queries.find_cases(actor=request.actor, text=number, limit=2)
        exact = [line for line in found if line.number == number] or list(found)
        ids = [exact[0].case_id] if len(exact) == 1 else []
        joined = operations.join_reports(
            parent_id=case_id, case_ids=ids, actor=request.actor, now=request.now
        )
        if not joined:
            raise operations.NotAReport(number)

    queries.parent_page(actor=request.actor, case_id=case_id)
    return _box(
        request,
        case_id,
        form,
        run,
        {"title": _("Let a report join"), "confirm": _("Join")},
    )


@staff_view("cases.join", methods=METHODS)
def join(request: StaffRequest, case_id: int, parent_id: int) -> HttpResponse:
    """Let this case join a common cause."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    line = queries.parent_line(actor=request.actor, case_id=parent_id)
    if line is None:
        raise Http404(str(parent_id))
    form = FactsForm(posted(request))

    def run() -> None:
        joined = operations.join_reports(
            parent_id=parent_id, case_ids=[case_id], actor=request.actor, now=request.now
        )
        if not joined:
            raise operations.NotAReport(case.number)

    if request.method == "POST" and attempt(form, run):
        return done(
            request,
            case,
            toast=_("Joined %(number)s") % {"number": line.number},
            undo_url=reverse("cases:alike_leave", args=[case_id]),
        )
    return dialog(
        request,
        case,
        form,
        title=_("Join %(title)s?") % {"title": line.title},
        text=words.parent_words(line, request.now),
        confirm=_("Join"),
        status=422 if request.method == "POST" else 200,
    )


@staff_view("cases.join", methods=METHODS)
def leave(request: StaffRequest, case_id: int) -> HttpResponse:
    """Take a case out that joined wrongly."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    form = FactsForm(posted(request))
    parent_id = case.parent_id
    if request.method == "POST" and attempt(
        form,
        lambda: operations.take_out(case_id=case_id, actor=request.actor, now=request.now),
    ):
        if "/alike/" in request.headers.get("HX-Current-URL", "") and parent_id:
            return lead_on(request, reverse("cases:alike_page", args=[parent_id]))
        return done(request, case, toast=_("Taken out; it is worked on by itself again"))
    return dialog(
        request,
        case,
        form,
        title=_("Take this report out?"),
        text=_("It stands where it stood before it joined."),
        confirm=_("Take out"),
        status=422 if request.method == "POST" else 200,
    )


@staff_view("cases.work", methods=METHODS)
def back(request: StaffRequest, case_id: int) -> HttpResponse:
    """A customer says that it is not over for him."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    form = WordsForm(
        posted(request), label=_("What the customer says"), limit=1_000, auto_id="nb-%s"
    )
    if request.method == "POST" and form.is_valid():
        said_words = form.cleaned_data["text"]
        if attempt(
            form,
            lambda: operations.not_back(
                case_id=case_id, words=said_words, actor=request.actor, now=request.now
            ),
        ):
            return lead_on(request, reverse("cases:detail", args=[case_id]))
    return dialog(
        request,
        case,
        form,
        title=_("Not over for this customer"),
        text=_("The case is opened again with a clock of its own, and listed under its cause."),
        confirm=_("Open again"),
        status=422 if request.method == "POST" else 200,
    )
