"""The company's tags: the vocabulary, merging, and a tag for a whole segment."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.ids import read_id
from qiao.customers.forms.tags import TagForm, TagManyForm, TagMergeForm
from qiao.customers.models import Tag
from qiao.customers.operations.refusals import BadText, CustomerRefusal
from qiao.customers.operations.tag_work import merge_tags, tag_segment
from qiao.customers.operations.tags import (
    PERMISSION,
    TagNameTaken,
    change_tag,
    create_tag,
    restore_tag,
    retire_tag,
)
from qiao.customers.queries import get_open_segment_for
from qiao.customers.queries.segments import count_members
from qiao.customers.queries.tags import (
    get_tag,
    moving_tags,
    preview_merge,
    runs_of,
    vocabulary,
)
from qiao.customers.templatetags.segments import segment_name
from qiao.customers.views.box import METHODS, UNPROCESSABLE, go_to
from qiao.customers.views.words import refusal_words
from qiao.staff.queries import company_id

POST = ("POST",)


def _work(request: StaffRequest) -> dict[str, Any]:
    """What the background is doing with tags."""
    runs, moving = runs_of(actor=request.actor), list(moving_tags())
    busy = bool(moving) or any(run.finished_at is None for run in runs)
    return {"runs": runs, "moving": moving, "busy": busy}


@staff_view(PERMISSION)
def tag_list(request: StaffRequest) -> HttpResponse:
    """The vocabulary with its counts, and the work that is under way."""
    retired = request.GET.get("state") == "retired"
    context = {
        "tags": vocabulary(retired=retired),
        "retired": retired,
        "may_change": request.actor.can_in(PERMISSION, company_id()),
    }
    return render(request, "customers/tags/list.html", context | _work(request))


@staff_view(PERMISSION)
def tag_runs(request: StaffRequest) -> HttpResponse:
    """The work under way, looked at again."""
    return render(request, "customers/tags/runs.html", _work(request))


def _dialog(
    request: StaffRequest,
    form: forms.Form,
    title: str,
    confirm: str,
    *,
    template: str = "form",
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {"form": form, "title": title, "confirm": confirm, "body": template, **more}
    page = "customers/tags/dialog.html" if request.htmx else "customers/tags/page.html"
    return render(request, page, context, status=status)


def _words(refusal: Exception) -> str:
    if isinstance(refusal, TagNameTaken):
        return _("There is a tag of this name already; it may have been retired.")
    return refusal_words(refusal)


@staff_view(PERMISSION, methods=METHODS)
def tag_new(request: StaffRequest) -> HttpResponse:
    """Add a word to the vocabulary."""
    request.actor.require(PERMISSION, company_id())
    return _edit(request, None)


@staff_view(PERMISSION, methods=METHODS)
def tag_edit(request: StaffRequest, tag_id: int) -> HttpResponse:
    """Give a tag another name, group or colour."""
    request.actor.require(PERMISSION, company_id())
    return _edit(request, get_tag(tag_id))


def _edit(request: StaffRequest, tag: Tag | None) -> HttpResponse:
    title = _("Change the tag") if tag else _("New tag")
    told = (title, _("Save") if tag else _("Add the tag"))
    groups = sorted({each.group for each in vocabulary()} - {""})
    if request.method != "POST":
        names = ("name", "about", "group", "tone")
        initial = {name: getattr(tag, name) for name in names} if tag else {"tone": ""}
        return _dialog(request, TagForm(initial=initial), *told, groups=groups)
    form = TagForm(request.POST)
    if form.is_valid():
        try:
            if tag:
                change_tag(actor=request.actor, tag_id=tag.pk, **form.cleaned_data)
            else:
                create_tag(actor=request.actor, now=request.now, **form.cleaned_data)
        except (CustomerRefusal, BadText) as refusal:
            form.add_error("name", _words(refusal))
        else:
            messages.success(request, _("The tag is saved."))
            return go_to(request, reverse("customers:tags"))
    return _dialog(request, form, *told, groups=groups, status=UNPROCESSABLE)


@staff_view(PERMISSION, methods=POST)
def tag_retire(request: StaffRequest, tag_id: int) -> HttpResponse:
    """Give a tag to nobody any more."""
    tag = retire_tag(actor=request.actor, tag_id=get_tag(tag_id).pk)
    messages.success(
        request, _("The tag is retired; who carries it keeps it."),
        extra_tags=reverse("customers:tag_restore", args=[tag.pk]),
    )  # fmt: skip
    return go_to(request, reverse("customers:tags"))


@staff_view(PERMISSION, methods=POST)
def tag_restore(request: StaffRequest, tag_id: int) -> HttpResponse:
    """Let a retired tag be given again."""
    restore_tag(actor=request.actor, tag_id=get_tag(tag_id).pk)
    messages.success(request, _("The tag can be given again."))
    return go_to(request, reverse("customers:tags"))


@staff_view(PERMISSION, methods=METHODS)
def tag_merge(request: StaffRequest, tag_id: int) -> HttpResponse:
    """Let another tag stand for this one, after a look at what it comes to."""
    request.actor.require(PERMISSION, company_id())
    tag = get_tag(tag_id)
    others = [each for each in vocabulary() if each.pk != tag.pk]
    told = (_("Merge into another tag"), _("Merge"))
    if request.method != "POST":
        into = read_id(request.GET.get("into", ""))
        kept = next((each for each in others if each.pk == into), None)
        found = preview_merge(tag=tag, into=kept) if kept else None
        if request.htmx and "into" in request.GET:
            context = {"found": found, "tag": tag, "kept": kept}
            return render(request, "customers/tags/preview.html", context)
        form = TagMergeForm(tags=others, initial={"into": into})
        return _dialog(request, form, *told, template="merge", tag=tag, found=found, kept=kept)
    form = TagMergeForm(request.POST, tags=others)
    if form.is_valid():
        merge_tags(
            actor=request.actor, now=request.now, tag_id=tag.pk, into_id=form.cleaned_data["into"]
        )
        messages.success(request, _("The tags are one; customers follow in the background."))
        return go_to(request, reverse("customers:tags"))
    return _dialog(request, form, *told, template="merge", tag=tag, status=UNPROCESSABLE)


@staff_view(PERMISSION, methods=METHODS)
def segment_tag(request: StaffRequest, segment_id: int) -> HttpResponse:
    """Give a tag to all members of a segment, in the background."""
    segment = get_open_segment_for(actor=request.actor, segment_id=segment_id)
    count, _is_whole = count_members(actor=request.actor, segment=segment)
    told = (_("Tag everybody of a segment"), _("Give the tag"))
    about: dict[str, Any] = {
        "subject": segment_name(segment),
        "note": ngettext(
            "{n} customer is in it now. Only those whom you may change are given the tag.",
            "{n} customers are in it now. Only those whom you may change are given the tag.",
            count,
        ).format(n=f"{count:,}"),
    }
    if request.method != "POST":
        return _dialog(request, TagManyForm(tags=vocabulary()), *told, **about)
    form = TagManyForm(request.POST, tags=vocabulary())
    if form.is_valid():
        tag_segment(
            actor=request.actor,
            now=request.now,
            tag_id=form.cleaned_data["tag"],
            segment_id=segment.pk,
        )
        messages.success(request, _("The tag is being given; see how far it is here."))
        return go_to(request, reverse("customers:tags"))
    return _dialog(request, form, *told, status=UNPROCESSABLE, **about)
