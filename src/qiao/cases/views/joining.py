"""Merging, splitting, unlinking: each is looked at before, and can be taken back."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qiao.cases import operations, queries
from qiao.cases.forms import AnswerForm, FactsForm
from qiao.cases.forms.joining import SplitForm
from qiao.cases.models import Case, CaseLink
from qiao.cases.showing import history
from qiao.cases.showing.detail import speech_for
from qiao.cases.showing.joining import show_preview
from qiao.cases.showing.listing import offered_types
from qiao.cases.views.acting import attempt, dialog, done, posted
from qiao.core.http import StaffRequest, staff_view
from qiao.core.packs.enabled import catalogue
from qiao.core.wording import said

METHODS = ("GET", "HEAD", "POST")
MOST_DIGITS = 19


def _ids(values: Sequence[str]) -> list[int]:
    return [int(v) for v in dict.fromkeys(values) if v.isdecimal() and len(v) < MOST_DIGITS]


@staff_view("cases.join", methods=METHODS)
def merge(request: StaffRequest, case_id: int) -> HttpResponse:
    """Choose what is the same matter and which case goes on; see what comes of it; merge."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    sent = request.POST if request.method == "POST" else request.GET
    form = FactsForm(sent)
    form.is_valid()
    chosen = _ids(sent.getlist("with"))
    chosen += _found(request, sent.get("number", ""), case_id, form)
    lines = queries.join_candidates(
        actor=request.actor, case=case, chosen=tuple(dict.fromkeys(chosen)), now=request.now
    )
    picked = [line for line in lines if line.case_id in chosen or line.case_id == case_id]
    if not picked:  # it ended, or was joined to another, since the menu was opened
        raise Http404
    wanted = _ids([sent.get("survivor", "")])
    survivor = wanted[0] if wanted and wanted[0] in {p.case_id for p in picked} else None
    preview = show_preview(picked, survivor=survivor, now=request.now)
    if request.method == "POST" and not form.errors and len(picked) > 1:
        others = [p.case_id for p in picked if p.case_id != preview.survivor.case_id]
        if attempt(form, lambda: _merge(request, preview.survivor.case_id, others, sent)):
            return _merged(request, preview.survivor.case_id, others)
    context = {
        "case": case,
        "form": form,
        "lines": lines,
        "chosen": {line.case_id for line in picked},
        "preview": preview,
        "reason": sent.get("reason", ""),
    }
    whole = "cases/joining/merge.html" if request.htmx else "cases/joining/page.html"
    template = "cases/joining/merge_body.html" if "part" in request.GET else whole
    context["box"] = "cases/joining/merge_body.html"
    refused = request.method == "POST"
    return render(request, template, context, status=422 if refused else 200)


def _found(request: StaffRequest, number: str, case_id: int, form: FactsForm) -> list[int]:
    text = number.strip().lstrip("#").upper()
    if not text:
        return []
    found = queries.find_cases(actor=request.actor, text=text, limit=2)
    exact = [line for line in found if line.number == text] or list(found)
    if len(exact) != 1 or exact[0].case_id == case_id:
        form.add_error(None, _("There is no other case of this number."))
        return []
    return [exact[0].case_id]


def _merge(request: StaffRequest, survivor: int, others: list[int], sent: Any) -> None:
    operations.merge_cases(
        survivor_id=survivor,
        merged=others,
        reason=sent.get("reason", ""),
        actor=request.actor,
        now=request.now,
    )


def _merged(request: StaffRequest, survivor: int, others: Sequence[int]) -> HttpResponse:
    text = ngettext("%(n)d case merged", "%(n)d cases merged", len(others)) % {"n": len(others)}
    undo = f"{reverse('cases:unmerge', args=[survivor])}?{urlencode({'case': others}, doseq=True)}"
    case = queries.get_case_for(actor=request.actor, case_id=survivor)
    here = request.htmx and f"/{survivor}/" in request.path
    if here:
        return done(request, case, toast=text, undo_url=undo)
    target = reverse("cases:detail", args=[survivor])
    if request.htmx:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = target
        return response
    return HttpResponseRedirect(target)


@staff_view("cases.join", methods=("POST",))
def unmerge(request: StaffRequest, case_id: int) -> HttpResponse:
    """Take a merge back as a whole: the cases that the query names, the last one first."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    form = FactsForm({})
    form.is_valid()
    merged = Case.objects.filter(merged_into=case_id).values_list("id", flat=True)
    wanted = [pk for pk in _ids(request.GET.getlist("case")) if pk in set(merged)]

    def undo() -> None:
        for pk in reversed(wanted):
            operations.undo_merge(case_id=pk, actor=request.actor, now=request.now)

    if attempt(form, undo):
        return done(request, case, toast=_("The merge is undone"))
    return dialog(
        request, case, form, title=_("This did not work"), confirm=_("Try again"), status=422
    )


@staff_view("cases.join", methods=METHODS)
def split(request: StaffRequest, case_id: int) -> HttpResponse:
    """Choose entries of the history and what they become as a case of their own."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    entries = queries.movable_entries(case=case)
    lines = history.show_history(entries, speech_for(case))
    form = SplitForm(
        posted(request),
        types=list(offered_types()),
        entries=[(line.seq, line.title) for line in lines],
        initial={"type": case.case_type.key, "title": case.title},
        auto_id="sp-%s",
    )
    made: list[Case] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        matter = operations.NewMatter(data["type"], data["title"], data["description"])
        if attempt(
            form,
            lambda: made.append(
                operations.split_case(
                    case_id=case_id,
                    seqs=[int(seq) for seq in data["entries"]],
                    matter=matter,
                    actor=request.actor,
                    now=request.now,
                )
            ),
        ):
            seq = queries.newest_seq(case_id=case_id)
            return done(
                request,
                case,
                toast=_("Split off as %(number)s") % {"number": made[0].number},
                undo_url=reverse("cases:undo", args=[case_id, seq]),
            )
    context = {"case": case, "form": form, "lines": lines, "box": "cases/joining/split_body.html"}
    template = "cases/joining/split.html" if request.htmx else "cases/joining/page.html"
    return render(request, template, context, status=422 if request.method == "POST" else 200)


@staff_view("cases.join", methods=METHODS)
def undo(request: StaffRequest, case_id: int, seq: int) -> HttpResponse:
    """Say what will be taken back and what stays; take it back."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    form = FactsForm(posted(request))
    if request.method == "POST" and attempt(
        form,
        lambda: operations.undo_entry(
            case_id=case_id, seq=seq, actor=request.actor, now=request.now
        ),
    ):
        return done(request, case, toast=_("Undone"))
    before = _("It will be as it was before.")
    since = queries.entries_since(case_id=case_id, seq=seq)
    stays = ngettext(
        "%(n)d later entry stays in this history.",
        "%(n)d later entries stay in this history.",
        since,
    ) % {"n": since}
    return dialog(
        request,
        case,
        form,
        title=_("Undo"),
        text=f"{before} {stays}" if since else before,
        confirm=_("Undo"),
        status=422 if request.method == "POST" else 200,
    )


@staff_view("cases.join", methods=METHODS)
def unlink(request: StaffRequest, case_id: int, link_id: int) -> HttpResponse:
    """Take a link away."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    link = CaseLink.objects.filter(id=link_id).first()
    form = FactsForm(posted(request))
    mine = link is not None and case_id in (link.case_id, link.other_id)
    if not mine:
        return HttpResponse(status=404)
    if request.method == "POST" and attempt(
        form,
        lambda: operations.unlink_cases(link_id=link_id, actor=request.actor, now=request.now),
    ):
        seq = queries.newest_seq(case_id=case_id)
        undo_url = reverse("cases:undo", args=[case_id, seq])
        return done(request, case, toast=_("Link taken away"), undo_url=undo_url)
    return dialog(
        request,
        case,
        form,
        title=_("Take the link away?"),
        confirm=_("Take away"),
        status=422 if request.method == "POST" else 200,
    )


@staff_view("cases.work", methods=METHODS)
def tell(request: StaffRequest, case_id: int) -> HttpResponse:
    """Keep what the customer of a merged case was told."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    channels = [(key, said(item.name)) for key, item in catalogue().channels.items()]
    form = AnswerForm(
        posted(request),
        channels=channels or [(case.channel, case.channel)],
        label=_("What the customer was told"),
        initial={"channel": case.channel, "text": queries.last_answer(case_id=case_id)},
        auto_id="tm-%s",
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if attempt(
            form,
            lambda: operations.answer_merged(
                case_id=case_id,
                text=data["text"],
                channel=data["channel"],
                actor=request.actor,
                now=request.now,
            ),
        ):
            survivor = queries.get_survivor_for(actor=request.actor, case_id=case_id)
            return done(request, survivor, toast=_("Kept as what the customer was told"))
    return dialog(
        request,
        case,
        form,
        title=_("Tell the customer of the merged case"),
        text=f"{case.number} · {case.customer.name if case.customer else case.caller_name}",
        confirm=_("Keep"),
        status=422 if request.method == "POST" else 200,
    )
