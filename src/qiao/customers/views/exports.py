"""Lists of customers that are taken away: asked for here, fetched from one's own files."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.ids import read_id
from qiao.core.rules.text import BadText
from qiao.customers.forms_imports import ExportForm
from qiao.customers.models import Customer, ProtectedFlag
from qiao.customers.operations.exporting import request_export
from qiao.customers.operations.refusals import CustomerRefusal
from qiao.customers.queries import get_open_segment_for
from qiao.customers.queries.exporting import ExportFilters
from qiao.customers.queries.portfolio import keeper_for
from qiao.customers.queries.tags import get_tag
from qiao.customers.showing.export_words import scope_words
from qiao.customers.views.box import METHODS, UNPROCESSABLE, go_to
from qiao.customers.views.words import refusal_words

EXPORT = "customers.export"


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
        keeper_for(actor=request.actor, manager_id=manager_id, day=timezone.localdate(request.now))
    return ExportFilters(
        text=request.GET.get("q", "").strip()[:100],
        segment=segment_id,
        tag=tag_id,
        manager=manager_id,
        tier=tier if tier in Customer.Tier.values else "",
        flag=flag if flag in ProtectedFlag.values else "",
    )


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
            return go_to(request, reverse("staff:files"))
    return _ask(request, form, filters, status=UNPROCESSABLE)


def _ask(
    request: StaffRequest, form: ExportForm, filters: ExportFilters, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "scope": scope_words(filters, request.actor),
        "here": request.get_full_path(),
    }
    name = "customers/exports/_new.html" if request.htmx else "customers/exports/new.html"
    return render(request, name, context, status=status)
