"""Lists of customers that are taken away: asked for, written in the background, fetched once."""

from collections.abc import Callable
from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiao.core import background
from qiao.core.actor import Actor
from qiao.core.downloads import send_file
from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.text import BadText
from qiao.core.table_files import TYPES
from qiao.customers.forms_imports import ExportForm
from qiao.customers.models import Customer, CustomerExport, ProtectedFlag
from qiao.customers.operations.exporting import (
    UNDER_WAY,
    ExportEnded,
    cancel_export,
    lock_of,
    path_of,
    request_export,
)
from qiao.customers.operations.refusals import CustomerRefusal
from qiao.customers.queries import NotVisible, get_open_segment_for, get_segment_for
from qiao.customers.queries.exporting import (
    MOST_FOUND,
    ExportFilters,
    exports_of,
    get_export_for,
)
from qiao.customers.queries.portfolio import Keeper, keeper_for
from qiao.customers.queries.tags import get_tag
from qiao.customers.templatetags.segments import segment_name
from qiao.customers.views.box import METHODS, UNPROCESSABLE, go_to
from qiao.customers.views.ids import read_id
from qiao.customers.views.words import refusal_words

EXPORT = "customers.export"
STATE = CustomerExport.State


def _filters(request: StaffRequest) -> ExportFilters:
    """As the page of customers reads them.

    Raises `NotVisible` for a segment that the person may not see or that is archived, for a tag
    that is none, and for a manager whose portfolio they may not see.
    """
    tier, flag = request.GET.get("tier", ""), request.GET.get("flag", "")
    segment_id = read_id(request.GET.get("segment", "")) or 0
    if segment_id:
        get_open_segment_for(actor=request.actor, segment_id=segment_id)
    tag_id = read_id(request.GET.get("tag", "")) or 0
    if tag_id:
        get_tag(tag_id)
    manager_id = read_id(request.GET.get("manager", "")) or 0
    if manager_id:
        _keeper(request.actor, manager_id)
    return ExportFilters(
        text=request.GET.get("q", "").strip()[:100],
        segment=segment_id,
        tag=tag_id,
        manager=manager_id,
        tier=tier if tier in Customer.Tier.values else "",
        flag=flag if flag in ProtectedFlag.values else "",
    )


def _keeper(actor: Actor, manager_id: int) -> Keeper:
    return keeper_for(actor=actor, manager_id=manager_id, day=timezone.localdate())


def _scope(filters: ExportFilters, actor: Actor) -> str:
    """Whom the list holds, in words."""
    parts = []
    if filters.text:
        found = _("Customers found for “{text}”, at most {n}")
        parts.append(found.format(text=filters.text, n=MOST_FOUND))
    named: tuple[tuple[int, str, Callable[[int], str]], ...] = (
        (filters.manager, _("Customer manager"), lambda pk: _keeper(actor, pk).name),
        (
            filters.segment,
            _("Segment"),
            lambda pk: segment_name(get_segment_for(actor=actor, segment_id=pk)),
        ),
        (filters.tag, _("Tag"), lambda pk: get_tag(pk).name),
    )
    parts += [f"{label}: {_name(read, pk)}" for pk, label, read in named if pk]
    if filters.tier:
        parts.append(f"{_('Tier')} {filters.tier}")
    if filters.flag:
        parts.append(f"{_('Protected because of')}: {ProtectedFlag(filters.flag).label}")
    return " · ".join(parts) or _("All customers of your units")


def _name(read: Callable[[int], str], pk: int) -> str:
    """The name as it is today; a dash for what was merged or is out of sight meanwhile."""
    try:
        return read(pk)
    except NotVisible:
        return "–"


@staff_view(EXPORT, methods=METHODS)
def export_new(request: StaffRequest) -> HttpResponse:
    """Ask for the list that the page of customers shows."""
    filters = _filters(request)
    if request.method != "POST":
        return _ask(request, ExportForm(actor=request.actor), filters)
    form = ExportForm(request.POST, actor=request.actor)
    if form.is_valid():
        data = form.cleaned_data
        try:
            request_export(
                actor=request.actor,
                now=request.now,
                filters=filters,
                columns=data["columns"],
                form=data["format"],
                full_phones=data.get("phones") == "full",
                reason=data["reason"],
                language=get_language() or "en",
            )
        except (CustomerRefusal, BadText) as refusal:
            form.add_error("reason", refusal_words(refusal))
        else:
            return go_to(request, reverse("customers:exports"))
    return _ask(request, form, filters, status=UNPROCESSABLE)


def _ask(
    request: StaffRequest, form: ExportForm, filters: ExportFilters, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "scope": _scope(filters, request.actor),
        "here": request.get_full_path(),
    }
    name = "customers/exports/_new.html" if request.htmx else "customers/exports/new.html"
    return render(request, name, context, status=status)


@staff_view(EXPORT)
def export_list(request: StaffRequest) -> HttpResponse:
    """What the person asked for. Asked for by htmx, only the table, while something is written."""
    exports = exports_of(request.actor)
    rows = [_shown(export, request) for export in exports]
    context = {"rows": rows, "working": any(row["working"] for row in rows)}
    name = "customers/exports/_list.html" if request.htmx else "customers/exports/list.html"
    return render(request, name, context)


def _shown(export: CustomerExport, request: StaffRequest) -> dict[str, Any]:
    working = export.state in UNDER_WAY
    return {
        "export": export,
        "scope": _scope(ExportFilters(**export.filters), request.actor),
        "working": working,
        "standing": background.state_of(lock_of(export.pk)) if working else "",
        "ready": _is_ready(export, request),
    }


def _is_ready(export: CustomerExport, request: StaffRequest) -> bool:
    return bool(
        export.state == STATE.DONE and export.expires_at and export.expires_at > request.now
    )


@staff_view(EXPORT, methods=("POST",))
def export_cancel(request: StaffRequest, export_id: int) -> HttpResponse:
    """Stop writing."""
    export = get_export_for(actor=request.actor, export_id=export_id)
    try:
        cancel_export(actor=request.actor, export_id=export.pk)
    except ExportEnded:
        messages.warning(request, _("The list was ready already."))
    return go_to(request, reverse("customers:exports"))


@staff_view(EXPORT)
def export_file(request: StaffRequest, export_id: int) -> HttpResponseBase:
    """The file, for whoever asked for it, until its time is over."""
    export = get_export_for(actor=request.actor, export_id=export_id)
    if not _is_ready(export, request):
        raise Http404(f"export {export_id}")
    stamp = f"{timezone.localtime(export.created_at):%Y%m%d-%H%M}"
    name = PurePath(f"{_('customers')}-{stamp}").with_suffix(f".{export.form}").name
    try:
        return send_file(request, path_of(export), name=name, content_type=TYPES[export.form])
    except FileNotFoundError as error:
        raise Http404(f"export {export_id}") from error
