"""Saying something about the product from any page, and following what became of it."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _

from qiao.core.http import StaffRequest, staff_view
from qiao.core.incoming_files import take_file
from qiao.core.registry import registry
from qiao.core.toasts import add_toast
from qiao.core.transactions import acting
from qiao.rollout.forms.remarks import RemarkForm
from qiao.rollout.operations.remarks import Said, feature_at, say
from qiao.rollout.queries.remarks import own_remarks
from qiao.rollout.showing import KIND_NAMES
from qiao.rollout.views.boxes import METHODS, box


def _came_from(request: StaffRequest) -> dict[str, str]:
    """The page that the button was pressed on: its address and the name of it."""
    path = urlsplit(request.headers.get("HX-Current-URL", "") or request.GET.get("from", "")).path
    try:
        return {"path": path[:300], "page": resolve(path).view_name}
    except Resolver404:
        return {"path": "", "page": ""}


@staff_view("", methods=METHODS, opens=False)
def tell(request: StaffRequest) -> HttpResponseBase:
    """The form, as a dialog over the page at hand."""
    sent = request.method == "POST"
    came_from = _came_from(request)
    form = RemarkForm(
        request.POST if sent else None,
        request.FILES if sent else None,
        initial=came_from,
        auto_id="remark-%s",
    )
    page = str(form["page"].value() or "")
    found = registry.features().get(feature_at(page))

    def apply(data: dict[str, Any]) -> str:
        upload = data["picture"]
        picture = take_file(upload, file_name=upload.name, allow=("image",)) if upload else None
        said = Said(data["text"], data["kind"], data["page"], data["path"], picture)
        with acting(request.actor):
            say(said=said, actor=request.actor, now=request.now)
        if not request.htmx:
            messages.success(request, _("Thank you. You can follow what becomes of it."))
        return reverse("rollout:own_remarks")

    response = box(
        request,
        form,
        apply,
        title=_("Say something about Qiao"),
        confirm=_("Send"),
        back=reverse("rollout:own_remarks"),
        more={"feature": found, "path": str(form["path"].value() or "")},
        template="say",
    )
    if request.htmx and sent and response.status_code == 204:
        return add_toast(HttpResponse(""), text=_("Thank you. You can follow what becomes of it."))
    return response


@staff_view("")
def own(request: StaffRequest) -> HttpResponse:
    """What the person said, and what became of it."""
    lines = [
        (line, KIND_NAMES.get(line.remark.kind), registry.features().get(line.remark.feature))
        for line in own_remarks(actor=request.actor)
    ]
    return render(request, "rollout/own_remarks.html", {"lines": lines})
