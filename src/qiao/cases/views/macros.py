"""Macros: what is offered on a case, the look at what one will do, running and keeping them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiao.cases import queries
from qiao.cases.forms.macros import BLANK_STEPS, MacroForm, name_field, step_text, step_value
from qiao.cases.models import Case, Macro
from qiao.cases.operations.macros import (
    KEEP,
    MacroDraft,
    MacroNotOffered,
    MacroStopped,
    retire_macro,
    run_macro,
    save_macro,
)
from qiao.cases.queries.macros import (
    action_names,
    get_macro_for,
    macro_list,
    macros_for,
    standing_of,
)
from qiao.cases.rules.macros import BadSteps, plan, read_steps
from qiao.cases.showing import macros as showing
from qiao.cases.showing import names
from qiao.cases.showing.writing import text_values
from qiao.cases.views.acting import done
from qiao.cases.views.owning import team_choices
from qiao.core.actor import Actor
from qiao.core.http import StaffRequest, staff_view
from qiao.core.packs.enabled import catalogue
from qiao.core.rules.text import BadText
from qiao.core.rules.texts import DATA_KEYS
from qiao.core.wording import said
from qiao.staff.queries import company_id, units_among

METHODS = ("GET", "HEAD", "POST")
UNPROCESSABLE = 422
KEYED = 9


@staff_view("cases.note")
def offered(request: StaffRequest, case_id: int) -> HttpResponse:
    """The menu of a case: macros with their keys."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    found = [] if case.closed_at else macros_for(actor=request.actor, case=case)
    items = [
        {"id": macro.pk, "name": showing.macro_name(macro.names), "scope": macro.scope,
         "key": str(place) if place <= KEYED else ""}
        for place, macro in enumerate(found, 1)
    ]  # fmt: skip
    return render(request, "cases/macros/_menu.html", {"case": case, "items": items})


@staff_view("cases.note", methods=METHODS)
def macro(request: StaffRequest, case_id: int, macro_id: int) -> HttpResponse:
    """What a macro will do to the case; posted, it is done."""
    case = queries.get_case_for(actor=request.actor, case_id=case_id)
    found = get_macro_for(actor=request.actor, macro_id=macro_id)
    values = text_values(case, actor=request.actor, now=request.now)
    if request.method == "POST":
        try:
            run_macro(
                case_id=case_id,
                macro=found,
                values=values,
                actor=request.actor,
                now=request.now,
            )
        except MacroStopped as stopped:
            return _preview(request, case, found, values, showing.stopped_words(stopped))
        except MacroNotOffered:
            return _preview(request, case, found, values, _("It is not offered for this case."))
        name = showing.macro_name(found.names)
        answer = done(request, case, toast=_("Done: %(action)s") % {"action": name})
        if request.htmx and any(step["kind"] == "open_answer" for step in found.steps):
            answer["HX-Refresh"] = "true"  # the box takes its words from the draft
        return answer
    return _preview(request, case, found, values)


def _preview(
    request: StaffRequest, case: Case, found: Macro, values: dict[str, str], error: str = ""
) -> HttpResponse:
    steps = plan(read_steps(found.steps), standing_of(case, request.actor))
    context = {
        "case": case,
        "macro": found,
        "name": showing.macro_name(found.names),
        "steps": showing.show_plan(steps, values),
        "error": error,
    }
    template = "cases/macros/_preview.html" if request.htmx else "cases/macros/preview.html"
    return render(request, template, context, status=UNPROCESSABLE if error else 200)


@staff_view("cases.work")
def index(request: StaffRequest) -> HttpResponse:
    """All macros that the person may run."""
    retired = request.GET.get("state") == "retired"
    rows = [
        {
            "macro": row,
            "name": showing.macro_name(row.names),
            "steps": [showing.step_title(step) for step in read_steps(row.steps)],
            "may_change": _may_change(request.actor, row),
        }
        for row in macro_list(actor=request.actor, retired=retired)
    ]
    return render(request, "cases/macros/list.html", {"rows": rows, "retired": retired})


def _may_change(actor: Actor, row: Macro) -> bool:
    if row.scope == "own":
        return True
    unit = row.organisation_id if row.scope == "unit" else company_id()
    return unit is not None and actor.can_in(KEEP, unit)


@staff_view("cases.work", methods=METHODS)
def new(request: StaffRequest) -> HttpResponse:
    """A new macro."""
    return _edit(request, None)


@staff_view("cases.work", methods=METHODS)
def edit(request: StaffRequest, macro_id: int) -> HttpResponse:
    """Change a macro."""
    found = get_macro_for(actor=request.actor, macro_id=macro_id)
    if not _may_change(request.actor, found):
        request.actor.require(KEEP, found.organisation_id or company_id())
    return _edit(request, found)


def _edit(request: StaffRequest, found: Macro | None) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    form = _form(request, found, posted)
    if posted is not None and form.is_valid() and _keep(request, form, found):
        messages.success(request, _("The macro is kept."))
        return HttpResponseRedirect(reverse("cases:macros"))
    context = {"form": form, "macro": found}
    status = 200 if posted is None else UNPROCESSABLE
    return render(request, "cases/macros/edit.html", context, status=status)


def _form(request: StaffRequest, found: Macro | None, posted: Any) -> MacroForm:
    actor = request.actor
    units = [pk for pk in actor.organisations(KEEP) if pk != company_id()]
    scopes = [("own", _("Only me"))]
    if units:
        scopes.append(("unit", _("A unit")))
    if actor.can_in(KEEP, company_id()):
        scopes.append(("company", _("Official")))
    steps = read_steps(found.steps) if found else ()
    return MacroForm(
        posted,
        scopes=scopes,
        units=[(u.unit_id, u.name) for u in units_among(units, language=get_language() or "en")],
        types=_types(),
        steps=_step_choices(request),
        count=len(steps) + BLANK_STEPS,
        initial=_initial(found),
        auto_id="macro-%s",
    )


def _types() -> list[tuple[str, str]]:
    found = [(key, said(item.name)) for key, item in catalogue().case_types.items()]
    return sorted(found, key=lambda pair: pair[1])


def _step_choices(request: StaffRequest) -> list[tuple[Any, Any]]:
    plain = showing.plain_titles()
    priorities = [(f"priority:{key}", label) for key, label in names.PRIORITIES.items()]
    teams = [(f"transfer:{pk}", name) for pk, name in team_choices(request)]
    actions = [(f"action:{key}", said(name)) for key, name in action_names().items()]
    return [
        (_("Words"), [(key, plain[key]) for key in ("note", "answer", "open_answer")]),
        (_("Case"), [(key, plain[key]) for key in ("take", "pause", "escalate")]),
        (_("Priority"), priorities),
        (_("Transfer to"), teams),
        (_("Action of the process"), sorted(actions, key=lambda pair: pair[1])),
    ]


def _initial(found: Macro | None) -> dict[str, Any]:
    if found is None:
        return {"scope": "own", "position": 50}
    initial: dict[str, Any] = {
        "scope": found.scope,
        "organisation": found.organisation_id,
        "position": found.position,
    }
    for test in (found.condition or {}).get("all", ()):
        initial[{"type": "types", "phase": "phases"}.get(test["field"], "")] = test["value"]
    for key in DATA_KEYS:
        initial[name_field(key)] = found.names.get(key, "")
    for place, step in enumerate(read_steps(found.steps)):
        initial |= {f"step_{place}": step_value(step), f"text_{place}": step_text(step)}
    return initial


def _keep(request: StaffRequest, form: MacroForm, found: Macro | None) -> bool:
    data = form.cleaned_data
    draft = MacroDraft(
        names=form.names(),
        steps=form.steps(),
        scope=data["scope"],
        organisation_id=data["organisation"],
        types=data["types"],
        phases=data["phases"],
        position=data["position"],
    )
    try:
        save_macro(
            draft=draft,
            macro_id=found.pk if found else None,
            actor=request.actor,
            now=request.now,
        )
    except BadSteps as bad:
        form.add_error(f"text_{bad.place}", _("This step needs its words or its reason."))
    except BadText as bad:
        form.add_error(None, _(bad.message) % bad.params)
    else:
        return True
    return False


@staff_view("cases.work", methods=("POST",))
def retire(request: StaffRequest, macro_id: int) -> HttpResponse:
    """Offer a macro no more; with `back` again."""
    found = get_macro_for(actor=request.actor, macro_id=macro_id)
    back = request.GET.get("back") == "1"
    retire_macro(macro_id=found.pk, actor=request.actor, now=request.now, back=back)
    url = reverse("cases:macro_retire", args=[macro_id])
    if back:
        messages.success(request, _("The macro is offered again."))
    else:
        messages.success(request, _("The macro is offered no more."), extra_tags=f"{url}?back=1")
    return HttpResponseRedirect(reverse("cases:macros"))
