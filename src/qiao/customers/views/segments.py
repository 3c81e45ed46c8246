"""Segments: the list, the builder with its preview, and who is in one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.conditions import parse_condition
from qiao.core.rules.ids import read_id
from qiao.customers.forms.segments import apply, read_rule
from qiao.customers.models import Segment
from qiao.customers.operations import BadText
from qiao.customers.operations.segment_counting import ask_count
from qiao.customers.operations.segment_keeping import asked_fields
from qiao.customers.operations.segments import (
    SegmentNameTaken,
    SegmentNotOpen,
    archive_segment,
    restore_segment,
    save_segment,
)
from qiao.customers.queries.segment_history import list_moves, trends_of
from qiao.customers.queries.segment_preview import get_count_for, preview
from qiao.customers.queries.segments import (
    count_members,
    get_segment_for,
    list_members,
    list_segments,
    sees_all_of,
    shapes,
)
from qiao.customers.rules.segments import BadRule, Rule, check, from_condition
from qiao.customers.templatetags.segments import segment_name
from qiao.customers.views.box import METHODS, UNPROCESSABLE, go_to
from qiao.customers.views.segment_words import builder_counts, builder_rows, move_words, rule_words
from qiao.customers.views.words import refusal_words
from qiao.staff.queries import Unit, units_among

VIEW = "customers.view"
EDIT = "customers.segments"
TAGS = "customers.tags"
POST = ("POST",)


@staff_view(VIEW)
def segment_list(request: StaffRequest) -> HttpResponse:
    """All segments of the actor's units and of those above, the largest first."""
    archived = request.GET.get("state") == Segment.State.ARCHIVED
    context = {
        "lines": list_segments(actor=request.actor, now=request.now, archived=archived),
        "archived": archived,
        "may_edit": request.actor.can(EDIT),
    }
    return render(request, "customers/segments/list.html", context)


@staff_view(EDIT, methods=METHODS)
def segment_new(request: StaffRequest) -> HttpResponse:
    """The builder of a new segment."""
    return _edit(request, None)


@staff_view(EDIT, methods=METHODS)
def segment_edit(request: StaffRequest, segment_id: int) -> HttpResponse:
    """The builder of a segment that is there."""
    segment = get_segment_for(actor=request.actor, segment_id=segment_id)
    request.actor.require(EDIT, segment.organisation_id)
    return _edit(request, segment)


def _edit(request: StaffRequest, segment: Segment | None) -> HttpResponse:
    if request.method == "POST":
        return _save(request, segment)
    rule = from_condition(parse_condition(segment.rule)) if segment else Rule()
    first = next((unit.unit_id for unit in _units(request)), 0)
    given = {
        "name": segment_name(segment) if segment else "",
        "note": segment.note if segment else "",
        "organisation": segment.organisation_id if segment else first,
    }
    return _show(request, segment, rule, given, {})


def _units(request: StaffRequest) -> list[Unit]:
    """Units for whose customers the person may make segments, the uppermost first."""
    return units_among(request.actor.organisations(EDIT), language=get_language() or "")


def _save(request: StaffRequest, segment: Segment | None) -> HttpResponse:
    rule = read_rule(request.POST, shapes(request.actor))
    given: dict[str, Any] = {
        "name": request.POST.get("name", ""),
        "note": request.POST.get("note", ""),
        "organisation": read_id(request.POST.get("organisation", "")) or 0,
    }
    own = segment.organisation_id if segment else given["organisation"]
    errors: dict[str, Any] = {}
    try:
        saved = save_segment(
            actor=request.actor, now=request.now, name=given["name"], note=given["note"],
            rule=rule, organisation_id=own, segment_id=segment.pk if segment else None,
        )  # fmt: skip
    except BadRule:
        errors["rule"] = _("Some lines are not complete yet; they are marked.")
    except SegmentNameTaken:
        errors["name"] = _("There is a segment of this name already.")
    except SegmentNotOpen:
        errors["rule"] = _("This segment is archived. Take it back first.")
    except BadText as refusal:
        errors[refusal.field] = refusal_words(refusal)
    else:
        messages.success(request, _("The segment is saved; its members are being looked up."))
        return go_to(request, reverse("customers:segment", args=[saved.pk]))
    return _show(request, segment, rule, given, errors, status=UNPROCESSABLE)


def _show(
    request: StaffRequest,
    segment: Segment | None,
    rule: Rule,
    given: dict[str, Any],
    errors: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    context = {
        "segment": segment,
        "given": given,
        "errors": errors,
        "units": _units(request),
    } | _builder(request, rule, told=bool(errors))
    return render(request, "customers/segments/edit.html", context, status=status)


def _builder(request: StaffRequest, rule: Rule, *, told: bool) -> dict[str, Any]:
    """The controls of a rule; faults are shown once somebody tried to save."""
    faults = check(rule, shapes(request.actor))
    marked = {(f.group, f.line): f.code for f in faults} if told else {}
    groups = builder_rows(rule, marked, request.actor)
    return {"rule": rule, "is_whole": not faults, "groups": groups}


@staff_view(EDIT, methods=POST)
def segment_draft(request: StaffRequest) -> HttpResponse:
    """The controls after another field or a press of a button; saves and counts nothing, so that
    nobody waits for it."""
    rule = apply(read_rule(request.POST, shapes(request.actor)), request.POST.get("do", ""))
    context = _builder(request, rule, told=False)
    return render(request, "customers/segments/builder.html", context)


@staff_view(EDIT, methods=POST)
def segment_preview(request: StaffRequest) -> HttpResponse:
    """What the rule would find in the chosen unit; the controls are left alone."""
    rule = read_rule(request.POST, shapes(request.actor))
    unit = read_id(request.POST.get("organisation", "")) or 0
    request.actor.require(EDIT, unit)
    found = None
    if not check(rule, shapes(request.actor)):
        found = preview(actor=request.actor, rule=rule, now=request.now, organisation_id=unit)
    context = {"found": found, "counts": builder_counts(rule, found)}
    return render(request, "customers/segments/found.html", context)


@staff_view(EDIT, methods=POST)
def segment_count_new(request: StaffRequest) -> HttpResponse:
    """Have the rule counted over everybody; the answer asks until it is there."""
    rule = read_rule(request.POST, shapes(request.actor))
    unit = read_id(request.POST.get("organisation", "")) or 0
    try:
        asked = ask_count(actor=request.actor, now=request.now, rule=rule, organisation_id=unit)
    except BadRule:
        return render(request, "customers/segments/count.html", status=UNPROCESSABLE)
    return render(request, "customers/segments/count.html", {"asked": asked})


@staff_view(EDIT)
def segment_count(request: StaffRequest, count_id: int) -> HttpResponse:
    """How far a count is."""
    asked = get_count_for(actor=request.actor, count_id=count_id)
    return render(request, "customers/segments/count.html", {"asked": asked})


@staff_view(VIEW)
def segment_page(request: StaffRequest, segment_id: int) -> HttpResponse:
    """Who is in a segment, and what its rule says."""
    segment = get_segment_for(actor=request.actor, segment_id=segment_id)
    page = list_members(
        actor=request.actor, segment_id=segment.pk, after=read_id(request.GET.get("after", ""))
    )
    count, is_whole = count_members(actor=request.actor, segment=segment)
    rule = from_condition(parse_condition(segment.rule))
    trend = None
    if sees_all_of(actor=request.actor, segment=segment):
        trend = trends_of(segment_ids=[segment.pk], now=request.now).get(segment.pk)
    context = _moves(request, segment, None) | {
        "trend": trend,
        "may_tag": request.actor.can(TAGS),
        "may_export": request.actor.can("customers.export"),
        "rule": rule,
        "groups": rule_words(rule),
        "page": page,
        "count": count,
        "is_whole": is_whole,
        "may_edit": request.actor.can_in(EDIT, segment.organisation_id),
    }
    return render(request, "customers/segments/page.html", context)


def _moves(request: StaffRequest, segment: Segment, before: int | None) -> dict[str, Any]:
    page = list_moves(actor=request.actor, segment_id=segment.pk, now=request.now, before=before)
    asked = asked_fields(segment.rule)
    moves = [(move, move_words(move, asked)) for move in page.lines]
    return {"segment": segment, "moves": moves, "before": page.before}


@staff_view(VIEW)
def segment_moves(request: StaffRequest, segment_id: int) -> HttpResponse:
    """Further rows of who joined and left."""
    segment = get_segment_for(actor=request.actor, segment_id=segment_id)
    context = _moves(request, segment, read_id(request.GET.get("before", "")))
    return render(request, "customers/segments/moves.html", context)


@staff_view(EDIT, methods=POST)
def segment_archive(request: StaffRequest, segment_id: int) -> HttpResponse:
    """Keep a segment up no longer."""
    segment = get_segment_for(actor=request.actor, segment_id=segment_id)
    try:
        archive_segment(actor=request.actor, now=request.now, segment_id=segment.pk)
    except SegmentNotOpen:
        messages.error(request, _("This segment is archived already."))
    else:
        messages.success(
            request, _("The segment is archived."),
            extra_tags=reverse("customers:segment_restore", args=[segment.pk]),
        )  # fmt: skip
    return go_to(request, reverse("customers:segments"))


@staff_view(EDIT, methods=POST)
def segment_restore(request: StaffRequest, segment_id: int) -> HttpResponse:
    """Keep an archived segment up again."""
    segment = get_segment_for(actor=request.actor, segment_id=segment_id)
    try:
        restore_segment(actor=request.actor, now=request.now, segment_id=segment.pk)
    except SegmentNameTaken:
        messages.error(request, _("There is a segment of this name already."))
    else:
        messages.success(request, _("The segment is kept up again."))
    return go_to(request, reverse("customers:segment", args=[segment.pk]))
