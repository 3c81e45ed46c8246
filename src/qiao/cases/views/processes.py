"""Processes in the administration: the list, one with its versions, a version as it stands."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.cases.models import ProcessVersion
from qiao.cases.operations import designing
from qiao.cases.queries import processes as reads
from qiao.cases.queries.form_list import FormListLine, list_forms
from qiao.cases.queries.processes import DESIGN
from qiao.cases.rules.case_forms import type_of_form
from qiao.cases.rules.draft_checks import faults
from qiao.cases.showing import names
from qiao.cases.showing.form_parts import field_lines, rule_lines
from qiao.cases.showing.process_changes import change_words
from qiao.cases.showing.process_drawing import draw
from qiao.cases.showing.process_steps import step_lines
from qiao.cases.showing.process_words import process_title
from qiao.core.http import StaffRequest, staff_view


def show(
    request: StaffRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page on processes."""
    return render(request, f"cases/processes/{template}", context, status=status)


@staff_view(DESIGN)
def process_list(request: StaffRequest) -> HttpResponse:
    """Every process with what is in force, what runs and what is being changed."""
    lines = reads.list_processes(actor=request.actor, now=request.now)
    titles = reads.names_of_versions([line.current.pk for line in lines])
    shown = [(line, process_title(line.key, {"name": titles[line.current.pk]})) for line in lines]
    return show(request, "list.html", {"lines": shown})


@staff_view(DESIGN)
def form_list(request: StaffRequest) -> HttpResponse:
    """The form of every case type with what is in force and what is being changed."""
    lines = list_forms(actor=request.actor, now=request.now)
    groups: dict[str, list[FormListLine]] = {}
    for line in lines:
        groups.setdefault(str(names.GROUPS.get(line.group, line.group)), []).append(line)
    return show(request, "forms.html", {"groups": groups, "is_form": True})


def _versions(request: StaffRequest, key: str) -> list[ProcessVersion]:
    reads.require_design(request.actor)
    found = reads.versions_of(key)
    if not found:
        raise Http404(key)
    return found


@staff_view(DESIGN)
def process_page(request: StaffRequest, key: str) -> HttpResponse:
    """One process: the version in force drawn, its history, drafts, and what the pack offers."""
    versions = _versions(request, key)
    current = reads.in_force(versions, request.now) or versions[0]
    offer = reads.offer_of(versions, request.now)
    is_form = bool(type_of_form(key))
    running = reads.running_by_version([each.pk for each in versions], forms=is_form)
    process, found = faults(
        key, current.version, current.definition, reads.known_to(key, request.now)
    )
    context = {
        "key": key,
        "title": process_title(key, current.definition),
        "current": current,
        "picture": None if is_form else draw(process),
        "is_form": is_form,
        "fields": field_lines(key, current.definition),
        "rules": rule_lines(key, current.definition) if is_form else [],
        "broken": found,
        "types": [] if is_form else reads.users_by_process().get(key, []),
        "offer": offer,
        "offered": change_words(current.definition, offer.definition, key) if offer else [],
        "drafts": reads.drafts_of(key),
        "lines": [
            {
                "version": each,
                "running": running.get(each.pk, 0),
                "state": _state(each, current, request),
                "agreed_by": reads.name_of(each.approval.decided_by_id) if each.approval else "",
            }
            for each in versions
        ],
    }
    return show(request, "process.html", context)


def _state(version: ProcessVersion, current: ProcessVersion, request: StaffRequest) -> str:
    if version.pk == current.pk:
        return "current"
    if version.withdrawn_at is not None:
        return "withdrawn"
    if version.in_force_from is None:
        return "settled" if version.settled_at else "offer"
    return "planned" if version.in_force_from > request.now else "earlier"


@staff_view(DESIGN)
def version_page(request: StaffRequest, key: str, version: int) -> HttpResponse:
    """A version as it stands, drawn and as a list, with what the one before was."""
    versions = _versions(request, key)
    chosen = next((each for each in versions if each.version == version), None)
    if chosen is None:
        raise Http404(str(version))
    before = next((each for each in versions if each.version < version), None)
    is_form = bool(type_of_form(key))
    process, _found = faults(key, version, chosen.definition, reads.known_to(key, request.now))
    changes = change_words(before.definition, chosen.definition, key) if before else []
    context = {
        "key": key,
        "title": process_title(key, chosen.definition),
        "version": chosen,
        "before": before,
        "picture": None if is_form else draw(process, changed={each.part for each in changes}),
        "is_form": is_form,
        "fields": field_lines(key, chosen.definition),
        "rules": rule_lines(key, chosen.definition) if is_form else [],
        "steps": step_lines(process, key, chosen.definition),
        "changes": changes,
    }
    return show(request, "version.html", context)


def _version(request: StaffRequest, key: str, number: Any) -> ProcessVersion:
    text = str(number)
    found = [v for v in _versions(request, key) if text.isdecimal() and v.version == int(text)]
    if not found:
        raise Http404(text)
    return found[0]


@staff_view(DESIGN, methods=("POST",))
def begin(request: StaffRequest, key: str) -> HttpResponse:
    """Begin a draft from a version; with `publish`, on to asking for its publication."""
    version = _version(request, key, request.POST.get("version", ""))
    draft = designing.begin_draft(version_id=version.pk, actor=request.actor, now=request.now)
    url = "cases:process_publish" if request.POST.get("publish") else "cases:process_draft"
    return HttpResponseRedirect(reverse(url, args=[draft.pk]))


@staff_view(DESIGN, methods=("POST",))
def keep(request: StaffRequest, key: str, version: int) -> HttpResponse:
    """Keep the house's own text beside what the pack offers."""
    chosen = _version(request, key, version)
    try:
        designing.keep_own(version_id=chosen.pk, actor=request.actor, now=request.now)
    except designing.NotPlanned:
        messages.error(request, _("This offer has been settled already."))
    else:
        messages.success(request, _("Yours stays in force. The offer stays in the history."))
    return HttpResponseRedirect(reverse("cases:process", args=[key]))


@staff_view(DESIGN, methods=("POST",))
def withdraw(request: StaffRequest, key: str, version: int) -> HttpResponse:
    """Call off a version that is not in force yet."""
    chosen = _version(request, key, version)
    try:
        designing.withdraw_version(version_id=chosen.pk, actor=request.actor, now=request.now)
    except designing.NotPlanned:
        messages.error(request, _("This version cannot be called off: it is in force, or was."))
    else:
        messages.success(request, _("Called off. What is in force stays."))
    return HttpResponseRedirect(reverse("cases:process", args=[key]))
