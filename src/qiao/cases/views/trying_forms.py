"""A draft of a form tried: filled in as whoever opens a case would; nothing is kept."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from qiao.cases import definitions
from qiao.cases.forms import kept_facts, typed_facts
from qiao.cases.forms.facts import TryForm, expected_words, text_fault
from qiao.cases.models import ProcessDraft
from qiao.cases.rules.case_forms import (
    CaseForm,
    form_from_data,
    looked_at,
    most_urgent,
    raised_by,
    type_of_form,
)
from qiao.cases.rules.form_rules import counted, is_needed
from qiao.cases.rules.values import BadFact, check_facts
from qiao.cases.showing import names
from qiao.cases.showing.process_words import process_title
from qiao.cases.views.processes import show
from qiao.core.http import StaffRequest
from qiao.core.rules.text import BadText
from qiao.core.wording import said
from qiao.staff.queries import local_days

USUAL = "normal"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the answers given so far lead to."""

    severity: int
    usual: int
    why: str
    answers: list[tuple[str, str]]
    refusals: list[tuple[str, str]]
    asked: bool


def try_form(request: StaffRequest, draft: ProcessDraft, fault_count: int) -> HttpResponse:
    """The form as an agent meets it, with what the answers lead to."""
    form = form_from_data(draft.key, draft.definition)
    typed = typed_facts(request.POST, form.fields)
    shown = TryForm(fields=form.fields, known=typed, redraws=looked_at(form.rules))
    context: dict[str, Any] = {
        "draft": draft,
        "is_form": True,
        "title": process_title(draft.key, draft.definition),
        "fault_count": fault_count,
        "form": shown,
        "kept": kept_facts(request.POST, shown.facts),
        "outcome": _outcome(request, draft.key, form, typed),
    }
    if request.htmx:
        return render(request, "cases/processes/_try_form.html", context)
    return show(request, "try_form.html", context)


def _outcome(request: StaffRequest, key: str, form: CaseForm, typed: dict[str, Any]) -> Outcome:
    definition = definitions.case_types().get(type_of_form(key))
    usual = definition.default_priority if definition else USUAL
    facts = counted(form.fields, typed)
    rule = raised_by(form.rules, {"customer_known": False, **facts}, usual)
    priority = most_urgent(usual, rule.priority) if rule else usual
    asked = "check" in request.POST
    labels = {field.key: field for field in form.fields}
    refusals = _refusals(request, form, facts) if asked else []
    return Outcome(
        severity=names.SEVERITY[priority],
        usual=names.SEVERITY[usual],
        why=said(rule.name) if rule else "",
        answers=[
            (said(labels[k].label), names.value_words(labels[k], v)) for k, v in facts.items()
        ],
        refusals=refusals,
        asked=asked,
    )


def _refusals(
    request: StaffRequest, form: CaseForm, facts: dict[str, Any]
) -> list[tuple[str, str]]:
    """What would be refused if the case were opened with these answers: each field by itself."""
    labels = {field.key: said(field.label) for field in form.fields}
    today = local_days(request.now)[request.actor.organisation_id]
    found: dict[str, str] = {}
    for field in form.fields:
        if field.key not in facts:
            continue
        try:
            check_facts((field,), {field.key: facts[field.key]}, complete=False, today=today)
        except (BadFact, BadText) as error:
            found[labels[field.key]] = _words(error)
    for field in form.fields:
        if field.key not in facts and is_needed(field, facts):
            found[labels[field.key]] = _words(BadFact(field.key, "a value", "value"))
    return list(found.items())


def _words(error: BadFact | BadText) -> str:
    return expected_words(error) if isinstance(error, BadFact) else text_fault(error)
