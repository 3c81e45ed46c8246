"""Code tables: one list, one page a row, one form an action, for whatever modules contribute."""

from collections.abc import Callable
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qiao.core import code_tables
from qiao.core.actor import Forbidden
from qiao.core.approvals import AlreadyPending
from qiao.core.code_tables import CodeAction, CodeField, CodeQuery, CodeRow, CodeTable
from qiao.core.http import StaffRequest, staff_view
from qiao.core.registry import registry
from qiao.desk.administration.forms import DAY
from qiao.desk.administration.frame import AUDIT, RIGHT, UNPROCESSABLE, show, whole

TEXT_LENGTH = 60


class ActionForm(forms.Form):
    """The fields that an action asks for; with a reason where a second person may be asked."""

    def __init__(self, fields: tuple[CodeField, ...], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.declared = fields
        for each in fields:
            self.fields[each.key] = _form_field(each)

    def values(self) -> dict[str, Any]:
        """The cleaned values by field."""
        return {each.key: self.cleaned_data[each.key] for each in self.declared}

    def shown(self) -> dict[str, str]:
        """The values as somebody else reads them; secrets are left out."""
        told = {}
        for each in self.declared:
            value = self.cleaned_data[each.key]
            if each.kind == "secret" or not value:
                continue
            words = dict(each.choices)
            chosen = value if isinstance(value, list) else [value]
            told[each.key] = ", ".join(str(words.get(one, one)).strip() for one in chosen)
        return told


def _form_field(each: CodeField) -> forms.Field:
    options: dict[str, Any] = {
        "label": each.label,
        "required": each.is_required,
        "help_text": each.hint,
    }
    if each.kind == "choice":
        return forms.ChoiceField(choices=each.choices, initial=each.initial, **options)
    if each.kind == "many":
        boxes = forms.CheckboxSelectMultiple
        return forms.MultipleChoiceField(
            choices=each.choices, initial=each.initial, widget=boxes, **options
        )
    if each.kind == "date":
        return forms.DateField(
            widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"), initial=each.initial, **options
        )
    if each.kind == "secret":
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
        return forms.CharField(max_length=each.max_length, widget=widget, strip=False, **options)
    return forms.CharField(max_length=each.max_length, initial=each.initial, **options)


class ReasonForm(forms.Form):
    """Why a second person should agree."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


def _table(request: StaffRequest, key: str) -> CodeTable:
    table = registry.code_table(key)
    if table is None:
        raise Http404(key)
    request.actor.require(table.permission)
    return table


def _query(
    request: StaffRequest, *, text: str = "", part: str = "", after: str = "", only: str = ""
) -> CodeQuery:
    language = translation.get_language() or "en"
    return CodeQuery(request.now, language, text=text, part=part, after=after, only=only)


def _row(request: StaffRequest, table: CodeTable, key: str) -> CodeRow:
    row = table.find(actor=request.actor, query=_query(request, only=key))
    if row is None:
        raise Http404(key)
    return row


def _other_names(row: CodeRow, language: str) -> list[tuple[str, str]]:
    """Language and name, of each name in another language that differs from the one shown."""
    said, others = {row.name_in(language), ""}, []
    for code, name in row.names.items():
        if name not in said:
            said.add(name)
            others.append((code, name))
    return others


def _line(table: CodeTable, row: CodeRow, language: str) -> dict[str, Any]:
    cells = [(column.kind, row.cells.get(column.key, "")) for column in table.columns]
    return {
        "row": row,
        "name": row.name_in(language),
        "others": _other_names(row, language),
        "cells": cells,
        "url": reverse("administration:code_row", args=[table.key, row.key]),
    }


def _may(request: StaffRequest, action: CodeAction, row: CodeRow | None) -> bool:
    if action.whole_company:
        return whole(request, action.permission)
    if row is None or not row.organisation_id:
        return request.actor.can(action.permission)
    return request.actor.can_in(action.permission, row.organisation_id)


@staff_view(RIGHT)
def code_list(request: StaffRequest) -> HttpResponse:
    """All code tables, in groups."""
    tables = registry.code_tables(request.actor)
    groups: dict[str, list[CodeTable]] = {}
    for table in tables:
        groups.setdefault(str(table.group), []).append(table)
    return show(request, "codes.html", "codes", {"groups": list(groups.items())})


@staff_view(RIGHT)
def code_table(request: StaffRequest, key: str) -> HttpResponse:
    """One table, a page of it."""
    table = _table(request, key)
    parts = table.parts(request.actor, timezone.localdate(request.now)) if table.parts else ()
    allowed = [part for part, _label in parts]
    part = request.GET.get("part", "")
    part = part if part in allowed else (allowed[0] if allowed else "")
    text = request.GET.get("q", "").strip()[:TEXT_LENGTH]
    query = _query(request, text=text, part=part, after=request.GET.get("after", "")[:TEXT_LENGTH])
    rows = list(table.load(request.actor, query))
    page = rows[: query.limit]
    context = {
        "table": table,
        "tables": _by_group(request),
        "lines": [_line(table, row, query.language) for row in page],
        "parts": parts,
        "part": part,
        "text": text,
        "after": page[-1].key if len(rows) > query.limit else "",
        "actions": [
            each for each in table.actions if not each.on_row and _may(request, each, None)
        ],
        "has_source": any(row.source for row in page),
    }
    return show(request, "code_table.html", "codes", context)


def _by_group(request: StaffRequest) -> list[tuple[str, list[CodeTable]]]:
    tables = registry.code_tables(request.actor)
    return [
        (group, list(held)) for group, held in groupby(tables, key=lambda each: str(each.group))
    ]


@staff_view(RIGHT)
def code_row(request: StaffRequest, key: str, row_key: str) -> HttpResponse:
    """One code: its words in every language, where it comes from, what may be done."""
    table = _table(request, key)
    row = _row(request, table, row_key)
    return show(request, "code_row.html", "codes", _row_context(request, table, row))


def _row_context(request: StaffRequest, table: CodeTable, row: CodeRow) -> dict[str, Any]:
    language = translation.get_language() or "en"
    names = {"": "", "en": "English", "zh-Hans": "简体中文", "zh-Hant": "繁體中文"}
    offered = [
        each
        for each in table.actions
        if each.on_row and each.offered(request.actor, row) and _may(request, each, row)
    ]
    return {
        "table": table,
        "row": row,
        "name": row.name_in(language),
        "names": [(names.get(lang, lang), word) for lang, word in row.names.items() if word],
        "cells": [
            (each.label, each.kind, row.cells[each.key])
            for each in table.columns
            if row.cells.get(each.key) not in {"", None}
        ],
        "more": [
            (label, value if isinstance(value, list) else [value])
            for label, value in row.more
            if label and value
        ],
        "actions": offered,
        "may_trail": bool(table.audit_table and row.record_id) and whole(request, AUDIT),
    }


@staff_view(RIGHT, methods=("GET", "HEAD", "POST"))
def code_add(request: StaffRequest, key: str, action_key: str) -> HttpResponse:
    """The form of an action of the table itself: add one."""
    table = _table(request, key)
    return _act(request, table, _action(table, action_key, on_row=False), None)


@staff_view(RIGHT, methods=("GET", "HEAD", "POST"))
def code_action(request: StaffRequest, key: str, row_key: str, action_key: str) -> HttpResponse:
    """The form of an action on a row, and its doing."""
    table = _table(request, key)
    action = _action(table, action_key, on_row=True)
    row = _row(request, table, row_key)
    if not action.offered(request.actor, row):
        raise Http404(action_key)
    return _act(request, table, action, row)


def _action(table: CodeTable, key: str, *, on_row: bool) -> CodeAction:
    try:
        action = table.action(key)
    except code_tables.UnknownAction as error:
        raise Http404(key) from error
    if action.on_row != on_row:
        raise Http404(key)
    return action


def _act(
    request: StaffRequest, table: CodeTable, action: CodeAction, row: CodeRow | None
) -> HttpResponse:
    if not _may(request, action, row):
        raise Forbidden(action.permission)
    data = request.POST if request.method == "POST" else None
    fields = action.asked(request.actor, row, timezone.localdate(request.now))
    form = ActionForm(fields, data)
    reason = ReasonForm(data if data is not None and "reason" in data else None)
    asks, told = False, ""
    if data is not None and action.trial is not None and "try" in data:
        told = _call(action.trial, request, row, form) if form.is_valid() else ""
    elif data is not None and form.is_valid():
        asks = action.asks_second(form.values())
        if asks and row is not None:
            done = reason.is_valid() and _ask(request, table, action, row, form, reason)
        else:
            done = _do(request, action, row, form)
        if done:
            return HttpResponseRedirect(_after(table, action, row))
    context = {
        "table": table,
        "action": action,
        "row": row,
        "name": row.name_in(translation.get_language() or "en") if row else "",
        "form": form,
        "reason": reason if asks else None,
        "may_try": action.trial is not None,
        "told": told,
    }
    return show(
        request,
        "code_action.html",
        "codes",
        context,
        status=UNPROCESSABLE if data is not None and not told else 200,
    )


def _after(table: CodeTable, action: CodeAction, row: CodeRow | None) -> str:
    if row is None or action.ends_row:
        return reverse("administration:code_table", args=[table.key])
    return reverse("administration:code_row", args=[table.key, row.key])


def _do(request: StaffRequest, action: CodeAction, row: CodeRow | None, form: ActionForm) -> bool:
    words = _call(action.apply, request, row, form)
    if words:
        messages.success(request, words)
    return bool(words)


def _call(
    what: Callable[..., Any], request: StaffRequest, row: CodeRow | None, form: ActionForm
) -> str:
    """What an action or its trial tells; nothing where it refuses, which the form tells then."""
    try:
        return str(
            what(
                actor=request.actor,
                now=request.now,
                row_key=row.key if row else "",
                values=form.values(),
            )
        )
    except code_tables.CodeRefused as refusal:
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field, str(refusal.words))
        return ""


def _ask(
    request: StaffRequest,
    table: CodeTable,
    action: CodeAction,
    row: CodeRow,
    form: ActionForm,
    reason: ReasonForm,
) -> bool:
    try:
        code_tables.request_action(
            table=table,
            action=action,
            row=row,
            values=form.values(),
            shown=form.shown(),
            reason=reason.cleaned_data["reason"],
            actor=request.actor,
            now=request.now,
        )
    except AlreadyPending:
        form.add_error(None, _("The same was asked before and still waits for a second person."))
        return False
    messages.success(request, _("It waits for a second person."))
    return True
