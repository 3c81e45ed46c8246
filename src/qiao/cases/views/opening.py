"""A new case: the form that grows with its type, and the opening itself."""

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiao.cases import definitions, operations, queries
from qiao.cases.forms import NewCaseForm, kept_facts, typed_facts
from qiao.cases.rules.case_forms import looked_at, most_urgent, raised_by
from qiao.cases.rules.form_rules import counted
from qiao.cases.showing import names
from qiao.cases.showing.alike import parent_words
from qiao.cases.showing.times import span_words
from qiao.cases.showing.types import find_types, first_of_service, types_by_group
from qiao.cases.views.acting import attempt
from qiao.core.http import StaffRequest, staff_view
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.house import UNCLOCKED
from qiao.core.packs.model import ANY_PRIORITY, CaseType, PriorityRule
from qiao.core.rules.phones import try_normalise
from qiao.core.toasts import add_toast
from qiao.core.ui.figures import account_number
from qiao.core.wording import said
from qiao.customers.queries import (
    AccountChoice,
    CustomerLine,
    accounts_of,
    lines_for,
    service_names,
)

USUAL_CHANNEL = "phone"
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known before anything is typed: who asks, about which account, of which type."""

    definition: CaseType | None
    customer: CustomerLine | None
    accounts: Sequence[AccountChoice]
    account: AccountChoice | None


def _setting(request: StaffRequest, values: Values) -> Setting:
    customer_id = _number(values.get("customer"))
    customer, accounts = None, []
    if customer_id is not None:
        found = lines_for(actor=request.actor, customer_ids=[customer_id])
        customer = found.get(customer_id)
        accounts = accounts_of(actor=request.actor, customer_id=customer_id) if customer else []
    wanted = _number(values.get("account"))
    usual = accounts[0].account_id if accounts and "account" not in values else wanted
    return Setting(
        definition=definitions.type_at(str(values.get("type", "")), request.now),
        customer=customer,
        accounts=accounts,
        account=next((a for a in accounts if a.account_id == usual), None),
    )


def _number(value: Any) -> int | None:
    text = str(value or "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _areas(request: StaffRequest) -> list[tuple[str, str]]:
    found = queries.units(
        actor=request.actor,
        permission="cases.open",
        kinds=("branch",),
        language=get_language() or "en",
    )
    return [("", "—"), *((unit.region, unit.name) for unit in found if unit.region)]


def _form(request: StaffRequest, setting: Setting, values: Values, *, bound: bool) -> NewCaseForm:
    definition = setting.definition
    fields = definition.fields if definition else ()
    areas = _areas(request)
    area = setting.account.region if setting.account else str(values.get("area", ""))
    if area and area not in dict(areas):
        areas.append((area, area))
    channels = [(key, said(item.name)) for key, item in catalogue().channels.items()]
    several = _several(setting.accounts)
    initial = {
        "type": definition.key if definition else "",
        "priority": definition.default_priority if definition else "normal",
        "channel": values.get("channel") or USUAL_CHANNEL,
        "customer": setting.customer.customer_id if setting.customer else None,
        "account": setting.account.account_id if setting.account else None,
        "area": area,
        **{
            key: values[key]
            for key in ("title", "description", "place", "caller_name", "caller_phone", "embed")
            if values.get(key)
        },
    }
    if values.get("priority") and values.get("type") == values.get("priority_of"):
        initial["priority"] = values["priority"]
    rule = _rule(setting, values)
    if rule is not None:
        initial["priority"] = most_urgent(str(initial["priority"]), rule.priority)
    return NewCaseForm(
        request.POST if bound else None,
        initial=initial,
        choices={
            "channel": channels,
            "area": areas,
            "account": [
                ("", "—"),
                *((a.account_id, _account(a, names_service=several)) for a in setting.accounts),
            ],
        },
        fields=fields,
        known=typed_facts(values, fields),
        reshape_url=reverse("cases:reshape"),
        redraws=looked_at(definition.rules) if definition else (),
        numbers=_numbers(setting),
        auto_id="new-%s",
    )


def _numbers(setting: Setting) -> dict[str, list[tuple[str, str]]]:
    """The customer's numbers that a question may ask for, those of the chosen account first."""
    chosen = setting.account.account_id if setting.account else None
    accounts = sorted(setting.accounts, key=lambda a: a.account_id != chosen)
    several = _several(accounts)
    return {
        "account": [(a.number, _account(a, names_service=several)) for a in accounts],
        "meter": [
            (a.meter, f"{a.meter} · {a.address}" if a.address else a.meter)
            for a in accounts
            if a.meter
        ],
    }


def _rule(setting: Setting, values: Values) -> PriorityRule | None:
    """The rule of the form that makes this case more urgent than others of its type, if any."""
    definition = setting.definition
    if definition is None:
        return None
    known = {
        "channel": values.get("channel") or USUAL_CHANNEL,
        "tier": setting.customer.tier if setting.customer else "",
        "customer_known": setting.customer is not None,
        **counted(definition.fields, typed_facts(values, definition.fields)),
    }
    return raised_by(definition.rules, known, definition.default_priority)


def _several(accounts: Sequence[AccountChoice]) -> bool:
    return len({each.service for each in accounts}) > 1


def _account(account: AccountChoice, *, names_service: bool) -> str:
    """The account in words; its service first where the customer has others too."""
    number = account_number(account.number)
    service = str(service_names().get(account.service, "")) if names_service else ""
    return " · ".join(part for part in (service, number, account.address) if part)


def _post_to(form: NewCaseForm) -> str:
    """Where the form goes: to the page that holds it, if that named an address of this site."""
    value = str(form["embed"].value() or "")
    inside = value.startswith("/") and not value.startswith(("//", "/\\"))
    return value if inside else reverse("cases:new")


def _packs(request: StaffRequest, setting: Setting) -> tuple[str, ...]:
    """The packs of the account's branch, that of its service first, or of the actor's own unit."""
    account = setting.account
    unit = account.organisation_id if account else request.actor.organisation_id
    packs = queries.packs_at(organisation_id=unit)
    return first_of_service(packs, account.service) if account else packs


def _show(
    request: StaffRequest, setting: Setting, form: NewCaseForm, status: int = 200
) -> HttpResponse:
    premises = setting.account.premises_id if setting.account else None
    definition = setting.definition
    doubles: Sequence[Any] = ()
    if definition and (premises or setting.customer):
        doubles = queries.possible_doubles(
            actor=request.actor,
            now=request.now,
            type_key=definition.key,
            premises_id=premises,
            customer_id=setting.customer.customer_id if setting.customer else None,
        )
    context = {
        "form": form,
        "action": _post_to(form),
        "definition": definition,
        "type_name": said(definition.name) if definition else "",
        "group_name": names.GROUPS.get(definition.group, "") if definition else "",
        "safety": [said(text) for text in definition.safety] if definition else [],
        "customer": setting.customer,
        "account": setting.account,
        "doubles": doubles,
        "alike": _alike(request, setting, form),
        "joins": request.POST.get("join_parent", ""),
        "types": types_by_group(_packs(request, setting)),
        "promises": _promises(definition, str(form["priority"].value() or "")),
        "kept": kept_facts(request.POST, form.facts),
        "raised": _rule(setting, request.POST),
    }
    whole = not request.htmx
    template = "cases/new.html" if whole else "cases/_form.html"
    return render(request, template, context, status=status)


def _alike(
    request: StaffRequest, setting: Setting, form: NewCaseForm
) -> list[tuple[queries.ParentLine, str]]:
    """The common causes that this report would belong to, with their words."""
    if setting.definition is None:
        return []
    area = setting.account.region if setting.account else str(form["area"].value() or "")
    found = queries.fitting_parents(actor=request.actor, kind=setting.definition.alike, area=area)
    return [(line, parent_words(line, request.now)) for line in found]


def _join(request: StaffRequest, case: Any) -> Any:
    """Let the new case join the common cause that was chosen for it, if it still goes on."""
    wanted = _number(request.POST.get("join_parent"))
    if wanted is not None and queries.parent_line(actor=request.actor, case_id=wanted):
        with contextlib.suppress(operations.ParentOver):
            operations.join_reports(
                parent_id=wanted, case_ids=[case.pk], actor=request.actor, now=request.now
            )
    return case


def _promises(definition: CaseType | None, priority: str) -> list[tuple[str, str]]:
    """What the customer will be promised, with the time for this priority."""
    shown = []
    every = definition.promises if definition else ()
    for spec in [each for each in every if UNCLOCKED not in each.starts_on] or every:
        seconds = spec.targets.get(priority) or spec.targets.get(ANY_PRIORITY)
        if seconds:
            shown.append((said(spec.name), span_words(seconds)))
    return shown


@staff_view("cases.open", methods=("GET", "HEAD", "POST"))
def new(request: StaffRequest) -> HttpResponse:
    """Show the form, or open the case."""
    values = request.POST if request.method == "POST" else request.GET
    setting = _setting(request, values)
    form = _form(request, setting, values, bound=request.method == "POST")
    if request.method != "POST":
        return _show(request, setting, form)
    if setting.definition is None:
        form.add_error(None, _("Choose what it is about first."))
    if not form.is_valid():
        return _show(request, setting, form, status=422)
    opened: list[Any] = []
    if not attempt(form, lambda: opened.append(_join(request, _open(request, setting, form)))):
        return _show(request, setting, form, status=422)
    return _opened(request, opened[0], embedded=bool(form.cleaned_data["embed"]))


@staff_view("cases.open", methods=("POST",))
def reshape(request: StaffRequest) -> HttpResponse:
    """The form again after its type or a field that others hang on changed; nothing is lost."""
    setting = _setting(request, request.POST)
    form = _form(request, setting, request.POST, bound=False)
    for field in form.facts:
        value = typed_facts(request.POST, [field]).get(field.key)
        form.initial[f"fact-{field.key}"] = value
    return _show(request, setting, form)


def _open(request: StaffRequest, setting: Setting, form: NewCaseForm) -> Any:
    data, account = form.cleaned_data, setting.account
    area = account.region if account else data["area"]
    unit = account.organisation_id if account else None
    unit = unit or queries.opening_unit(actor=request.actor, area=area)
    request.actor.require("cases.open", unit)
    assert unit is not None
    return operations.open_case(
        request=operations.OpenRequest(
            type_key=data["type"],
            organisation_id=unit,
            title=data["title"] or _usual_title(setting, data),
            channel=data["channel"],
            description=data["description"],
            priority=data["priority"],
            area=area,
            facts=form.given_facts(),
            customer_id=setting.customer.customer_id if setting.customer else None,
            account_id=account.account_id if account else None,
            premises_id=account.premises_id if account else None,
            service_point_id=account.service_point_id if account else None,
            place=data["place"],
            caller_name=data["caller_name"],
            caller_phone=try_normalise(data["caller_phone"]) or data["caller_phone"],
            tier=setting.customer.tier if setting.customer else "",
        ),
        actor=request.actor,
        now=request.now,
    )


def _usual_title(setting: Setting, data: Values) -> str:
    """Where and what, when nobody typed a title."""
    assert setting.definition is not None
    where = setting.customer.short_address if setting.customer else data["place"]
    return f"{where} {said(setting.definition.name)}".strip()[:120]


def _opened(request: StaffRequest, case: Any, *, embedded: bool) -> HttpResponse:
    target = reverse("cases:detail", args=[case.pk])
    said = _("Case %(number)s opened") % {"number": case.number}
    if embedded:
        response = render(
            request, "cases/_opened.html", {"case": case, "team": names.unit_name(case.team)}
        )
        response.headers["HX-Trigger"] = json.dumps({"case:opened": {"id": case.pk}})
        return add_toast(response, text=said)
    messages.success(request, said)
    if request.htmx:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = target
        return response
    return HttpResponseRedirect(target)


@staff_view("cases.open")
def types(request: StaffRequest) -> HttpResponse:
    """Case types that fit what is typed: Chinese words, pinyin or its initials, English."""
    setting = _setting(request, request.GET)
    found = find_types(request.GET.get("type_q", ""), _packs(request, setting))
    return render(request, "cases/_types.html", {"types": found})
