"""Editing a case's texts and fields, and choosing where two people wrote different things."""

import json
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from qiao.cases import operations, queries
from qiao.cases.forms import EditForm, typed_facts
from qiao.cases.forms.acting import TEXTS
from qiao.cases.models import Case
from qiao.cases.operations import EditResult
from qiao.cases.operations.editing import CONFLICT_BOX
from qiao.cases.rules.merging import Conflict
from qiao.cases.showing import names
from qiao.cases.showing.detail import definition_of
from qiao.cases.views.acting import attempt, done, posted
from qiao.cases.views.page import detail_of
from qiao.core.http import StaffRequest, staff_view
from qiao.core.packs.model import Field
from qiao.core.wording import said


def _seen(case: Case) -> dict[str, Any]:
    return {**{key: getattr(case, key) for key in TEXTS}, **case.facts}


def _fields(case: Case) -> tuple[Field, ...]:
    definition = definition_of(case)
    return definition.fields if definition else ()


def _form(request: StaffRequest, case: Case) -> EditForm:
    data, fields = posted(request), _fields(case)
    seen = _seen(case)
    initial = {key: seen[key] for key in TEXTS} | {"base": json.dumps(seen, ensure_ascii=False)}
    form = EditForm(data, initial=initial, auto_id="ed-%s")
    known = {**case.facts, **typed_facts(data, fields)} if data is not None else case.facts
    form.add_facts(fields, known=known, required=())
    return form


@staff_view("cases.work", methods=("GET", "HEAD", "POST"))
def edit(request: StaffRequest, case_id: int) -> HttpResponse:
    """The form in place of the request's text; saved field by field."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    form = _form(request, case)
    if request.method != "POST":
        _restore_draft(request, case, form)
        return _show(request, case, form)
    if not form.is_valid():
        return _show(request, case, form, status=422)
    results: list[EditResult] = []
    if not attempt(form, lambda: results.append(_save(request, case, form))):
        return _show(request, case, form, status=422)
    (result,) = results
    if result.conflicts:
        return _show_conflicts(request, case, result.conflicts, len(result.saved))
    return done(request, case, toast=_("Saved"), slot="cases/_request_card.html")


def _save(request: StaffRequest, case: Case, form: EditForm) -> EditResult:
    return operations.edit_case(
        case_id=case.pk,
        base=form.cleaned_data["base"],
        mine=form.mine(),
        actor=request.actor,
        now=request.now,
    )


def _restore_draft(request: StaffRequest, case: Case, form: EditForm) -> None:
    """Put back what the person typed before, with what was seen then as its base."""
    kept = queries.draft_of(actor=request.actor, case_id=case.pk, box="edit")
    for key, value in kept.items():
        if key in form.fields:
            form.initial[key] = value


def _show(request: StaffRequest, case: Case, form: EditForm, status: int = 200) -> HttpResponse:
    template = "cases/_edit.html" if request.htmx else "cases/edit_page.html"
    return render(request, template, {"case": case, "form": form}, status=status)


def _show_conflicts(
    request: StaffRequest, case: Case, conflicts: Sequence[Conflict], saved: int = 0
) -> HttpResponse:
    """Both texts side by side; what did not collide is saved already."""
    labels = {field.key: said(field.label) for field in _fields(case)}
    fields = {field.key: field for field in _fields(case)}
    rows = [
        {
            "key": conflict.field,
            "label": labels.get(conflict.field) or names.TEXT_FIELDS.get(conflict.field, ""),
            "theirs": conflict.theirs,
            "mine": conflict.mine,
            "theirs_words": _words(fields, conflict.field, conflict.theirs),
            "mine_words": _words(fields, conflict.field, conflict.mine),
        }
        for conflict in conflicts
    ]
    offered = {row["key"]: {"theirs": row["theirs"], "mine": row["mine"]} for row in rows}
    template = "cases/_conflicts.html" if request.htmx else "cases/conflict_page.html"
    context = {
        "case": case,
        "rows": rows,
        "offered": json.dumps(offered, ensure_ascii=False),
        "saved": saved,
    }
    return render(request, template, context)


def _words(fields: dict[str, Field], key: str, value: Any) -> str:
    if value in (None, "", []):
        return "—"
    field = fields.get(key)
    return names.value_words(field, value) if field else str(value)


@staff_view("cases.work", methods=("POST",))
def settle(request: StaffRequest, case_id: int) -> HttpResponse:
    """Save what was chosen for each field on which two people differed."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    offered = _offered(request.POST.get("offered", ""))
    base = {key: both.get("theirs") for key, both in offered.items()}
    mine = {
        key: both.get("mine")
        for key, both in offered.items()
        if request.POST.get(f"choice-{key}") != "theirs"
    }
    form = EditForm({"title": case.title})
    form.is_valid()
    results: list[EditResult] = []
    if not attempt(
        form,
        lambda: results.append(
            operations.edit_case(
                case_id=case_id, base=base, mine=mine, actor=request.actor, now=request.now
            )
        ),
    ):
        return _show(request, case, form, status=422)
    if results[0].conflicts:
        return _show_conflicts(request, case, results[0].conflicts, len(results[0].saved))
    return done(request, case, toast=_("Saved"), slot="cases/_request_card.html")


def _offered(text: str) -> dict[str, dict[str, Any]]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {key: both for key, both in found.items() if isinstance(both, dict)}


@staff_view("cases.work")
def conflict(request: StaffRequest, case_id: int) -> HttpResponse:
    """What collided earlier and was kept, beside what stands now."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    kept = queries.draft_of(actor=request.actor, case_id=case_id, box=CONFLICT_BOX)
    seen = _seen(case)
    conflicts = [Conflict(key, seen.get(key), value) for key, value in kept.items()]
    return _show_conflicts(request, case, conflicts)


@staff_view("cases.view")
def request_card(request: StaffRequest, case_id: int) -> HttpResponse:
    """The request as it stands: what the edit form gives its place back to."""
    detail = detail_of(request, case_id)
    return render(request, "cases/_request_card.html", {"d": detail, "case": detail.case})
