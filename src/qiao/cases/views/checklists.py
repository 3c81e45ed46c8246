"""Checklists: ticking on a case, and keeping the lists."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.cases import queries
from qiao.cases.forms.checklists import ChecklistForm, items_field
from qiao.cases.forms.macros import name_field
from qiao.cases.models import Checklist
from qiao.cases.operations.checklists import (
    KEEP,
    ChecklistDraft,
    NoSuchCheck,
    retire_checklist,
    save_checklist,
    tick_check,
)
from qiao.cases.queries.checklists import checklist_rows, get_checklist, step_names
from qiao.cases.rules.checklists import items_from_lines, lines_from_items, read_items
from qiao.cases.showing.writing_history import nearest
from qiao.cases.views.acting import REFUSALS, done
from qiao.core.http import StaffRequest, staff_view
from qiao.core.packs.enabled import catalogue
from qiao.core.rules.text import BadText
from qiao.core.rules.texts import DATA_KEYS
from qiao.core.wording import said
from qiao.staff.queries import company_id

METHODS = ("GET", "HEAD", "POST")
UNPROCESSABLE = 422


@staff_view("cases.note", methods=("POST",))
def check(request: StaffRequest, case_id: int, checklist_id: int, item: str) -> HttpResponse:
    """Tick an item off, or take the tick back."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    ticked = request.POST.get("done", "yes") == "yes"
    try:
        tick_check(
            case_id=case_id,
            checklist_id=checklist_id,
            item=item,
            done=ticked,
            actor=request.actor,
            now=request.now,
        )
    except NoSuchCheck as missing:
        raise Http404(item) from missing
    except REFUSALS:
        return HttpResponse(status=409)
    return done(request, case, toast=_("Ticked off") if ticked else _("Tick taken back"))


@staff_view("cases.work")
def index(request: StaffRequest) -> HttpResponse:
    """All lists."""
    retired = request.GET.get("state") == "retired"
    types = {key: said(item.name) for key, item in catalogue().case_types.items()}
    steps = {key: said(name) for key, name in step_names().items()}
    rows = [
        {
            "list": row,
            "name": nearest(row.names),
            "items": [(nearest(item.names), item.required) for item in read_items(row.items)],
            "types": [types.get(key, key) for key in row.case_types],
            "steps": [steps.get(key, key) for key in row.steps],
        }
        for row in checklist_rows(retired=retired)
    ]
    may = request.actor.can_in(KEEP, company_id())
    context = {"rows": rows, "retired": retired, "may_keep": may}
    return render(request, "cases/checklists/list.html", context)


@staff_view(KEEP, methods=METHODS)
def new(request: StaffRequest) -> HttpResponse:
    """A new list."""
    return _edit(request, None)


@staff_view(KEEP, methods=METHODS)
def edit(request: StaffRequest, checklist_id: int) -> HttpResponse:
    """Change a list."""
    return _edit(request, get_checklist(checklist_id))


def _edit(request: StaffRequest, row: Checklist | None) -> HttpResponse:
    request.actor.require(KEEP, company_id())
    posted = request.POST if request.method == "POST" else None
    types = [(key, said(item.name)) for key, item in catalogue().case_types.items()]
    steps = [(key, said(name)) for key, name in step_names().items()]
    form = ChecklistForm(
        posted, types=types, steps=steps, initial=_initial(row), auto_id="list-%s"
    )
    if posted is not None and form.is_valid() and _keep(request, form, row):
        messages.success(request, _("The checklist is kept."))
        return HttpResponseRedirect(reverse("cases:checklists"))
    status = 200 if posted is None else UNPROCESSABLE
    context = {"form": form, "list": row}
    return render(request, "cases/checklists/edit.html", context, status=status)


def _initial(row: Checklist | None) -> dict[str, Any]:
    if row is None:
        return {"position": 50}
    items = read_items(row.items)
    initial = {"types": row.case_types, "steps": row.steps, "position": row.position}
    for key in DATA_KEYS:
        initial[name_field(key)] = row.names.get(key, "")
        initial[items_field(key)] = lines_from_items(items, key)
    return initial


def _keep(request: StaffRequest, form: ChecklistForm, row: Checklist | None) -> bool:
    data = form.cleaned_data
    before = read_items(row.items) if row else ()
    draft = ChecklistDraft(
        names=form.names(),
        items=items_from_lines(form.lines(), before),
        case_types=data["types"],
        steps=data["steps"],
        position=data["position"],
    )
    try:
        save_checklist(
            draft=draft,
            checklist_id=row.pk if row else None,
            actor=request.actor,
            now=request.now,
        )
    except BadText as bad:
        form.add_error(None, _(bad.message) % bad.params)
        return False
    return True


@staff_view(KEEP, methods=("POST",))
def retire(request: StaffRequest, checklist_id: int) -> HttpResponse:
    """Take a list out of use; with `back` put it back."""
    row = get_checklist(checklist_id)
    back = request.GET.get("back") == "1"
    retire_checklist(checklist_id=row.pk, actor=request.actor, now=request.now, back=back)
    url = reverse("cases:checklist_retire", args=[checklist_id])
    if back:
        messages.success(request, _("The checklist is in use again."))
    else:
        messages.success(request, _("The checklist is out of use."), extra_tags=f"{url}?back=1")
    return HttpResponseRedirect(reverse("cases:checklists"))
