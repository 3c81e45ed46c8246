"""A person's own files: what was asked for to take away, how far it is, and the file itself."""

from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from qiao.core import background, exports
from qiao.core.downloads import send_file
from qiao.core.http import StaffRequest, staff_view
from qiao.core.models import Export
from qiao.core.table_files import TYPES

STATE = Export.State
TONES = {STATE.DONE: "ok", STATE.RUNNING: "info", STATE.WAITING: "info", STATE.REFUSED: "bad"}


@staff_view("")
def files(request: StaffRequest) -> HttpResponse:
    """What the person asked for. Asked for by htmx, only the table, while something is written."""
    rows = [_shown(export, request) for export in exports.exports_of(request.actor)]
    context = {"rows": rows, "working": any(row["working"] for row in rows)}
    name = "staff/files/_list.html" if request.htmx else "staff/files/page.html"
    return render(request, name, context)


def _shown(export: Export, request: StaffRequest) -> dict[str, Any]:
    kind = exports.kind_of(export)
    working = export.state in exports.UNDER_WAY
    ready = exports.is_ready(export, actor=request.actor, now=request.now)
    # One whose time is over is removed, also before its file is.
    state = STATE.REMOVED if export.state == STATE.DONE and not ready else STATE(export.state)
    return {
        "export": export,
        "label": kind.label,
        "scope": kind.describe(request.actor, export.terms) if export.terms else "–",
        "working": working,
        "standing": background.state_of(exports.lock_of(export.pk)) if working else "",
        "ready": ready,
        "state": state.label,
        "tone": TONES.get(state, ""),
    }


@staff_view("", methods=("POST",))
def file_cancel(request: StaffRequest, export_id: int) -> HttpResponse:
    """Stop writing."""
    export = _own(request, export_id)
    try:
        exports.cancel_export(actor=request.actor, export_id=export.pk)
    except exports.ExportEnded:
        messages.warning(request, _("The file was ready already."))
    return HttpResponseRedirect(reverse("staff:files"))


@staff_view("")
def file(request: StaffRequest, export_id: int) -> HttpResponseBase:
    """The file, for whoever asked for it, until its time is over."""
    export = _own(request, export_id)
    if not exports.is_ready(export, actor=request.actor, now=request.now):
        raise Http404(f"export {export_id}")
    stamp = f"{timezone.localtime(export.created_at):%Y%m%d-%H%M}"
    stem = exports.kind_of(export).name(export.terms) if export.terms else str(export.pk)
    name = PurePath(f"{stem}-{stamp}.{export.form}").name
    try:
        return send_file(
            request, exports.path_of(export), name=name, content_type=TYPES[export.form]
        )
    except FileNotFoundError as error:
        raise Http404(f"export {export_id}") from error


def _own(request: StaffRequest, export_id: int) -> Export:
    try:
        return exports.get_export_for(actor=request.actor, export_id=export_id)
    except exports.ExportMissing as missing:
        raise Http404(str(missing)) from missing
