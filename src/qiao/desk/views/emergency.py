"""Gas smell, burst main, open shaft: safety words first, then a crew in one step."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiao.cases.operations import OpenRequest, open_case, take_action
from qiao.cases.queries import opening_unit, straight_to_work
from qiao.contact.operations import (
    BadPhone,
    BadText,
    InteractionRefusal,
    describe_caller,
    link_case,
    start_interaction,
)
from qiao.contact.queries import NotVisible, get_interaction_for
from qiao.core.http import StaffRequest, staff_view
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.model import CaseType
from qiao.core.rules.phones import display
from qiao.core.toasts import add_toast
from qiao.customers.queries import accounts_of
from qiao.desk.forms import EmergencyForm
from qiao.staff.queries import branches_by_area, organisation, region_names

UNPROCESSABLE = 422
PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of emergency with the words that save lives, in the reader's language."""

    key: str
    name: str
    icon: str
    safety: tuple[str, ...]


def kinds_for(request: StaffRequest) -> list[Kind]:
    """The emergencies of the packs that the actor's unit enables; of all where it enables none."""
    packs = organisation(request.actor.organisation_id).packs
    language = get_language() or "zh-hans"
    return [
        Kind(
            item.key,
            item.name.in_language(language),
            item.icon or "urgent",
            tuple(words.in_language(language) for words in item.safety),
        )
        for item in _emergencies(packs)
    ]


def _emergencies(packs: list[str]) -> list[CaseType]:
    found = [item for item in catalogue().case_types.values() if item.emergency]
    return [item for item in found if item.key.partition(".")[0] in packs] or found


@staff_view("cases.open", methods=("GET", "HEAD", "POST"))
def emergency(request: StaffRequest) -> HttpResponse:
    """What to say, then what a crew needs; sent, the crew has it."""
    if request.method != "POST" and not request.htmx:
        return HttpResponseRedirect(f"{reverse('desk:workspace')}?new=emergency")
    kinds = kinds_for(request)
    contact = _contact(request)
    form = _form(request, kinds, contact)
    if request.method != "POST" or not form.is_valid():
        return _show(request, form, kinds, contact)
    try:
        with transaction.atomic():
            contact_id, number = _send(request, form, contact)
    except (InteractionRefusal, BadPhone, BadText) as refusal:
        field = "phone" if isinstance(refusal, BadPhone) else None
        words = _("This is no telephone number.") if field else str(refusal)
        form.add_error(field, words)
        return _show(request, form, kinds, contact)
    address = f"{reverse('desk:workspace')}?open=contact:{contact_id}"
    if not request.htmx:
        return HttpResponseRedirect(address)
    response = HttpResponse(status=204)
    response.headers["HX-Location"] = (
        f'{{"path": "{address}", "target": "#q-middle", "swap": "outerHTML"}}'
    )
    return add_toast(response, text=_("Case %(number)s sent to the crew") % {"number": number})


def _contact(request: StaffRequest) -> Any:
    """The contact at hand, if the emergency came up in one."""
    key = request.POST.get("open") or request.GET.get("open", "")
    ref = key.removeprefix("contact:")
    if key == ref or not ref.isdecimal() or len(ref) > 18:
        return None
    try:
        found = get_interaction_for(
            actor=request.actor, interaction_id=int(ref), permission="interactions.work"
        )
    except NotVisible:
        return None
    mine = found.is_at_hand and found.agent_id == request.actor.staff_id
    return found if mine else None


def _form(request: StaffRequest, kinds: list[Kind], contact: Any) -> EmergencyForm:
    names = region_names(get_language() or "zh-hans")
    areas = [(code, names.get(code, code)) for code in branches_by_area()]
    initial: dict[str, Any] = {"type": kinds[0].key if kinds else ""}
    if contact:
        initial |= {
            "phone": display(contact.caller_phone) if contact.caller_phone else "",
            "caller_name": contact.caller_name,
            "place": contact.place,
            **_where(request, contact),
        }
    typed = {name: request.GET[name] for name in EmergencyForm.base_fields if name in request.GET}
    initial |= typed
    data = request.POST if request.method == "POST" else None
    return EmergencyForm(
        [(kind.key, kind.name) for kind in kinds], areas, data, initial=initial, auto_id="em-%s"
    )


def _where(request: StaffRequest, contact: Any) -> dict[str, str]:
    """Place and area of the account that the contact is about, until somebody types another."""
    if contact.place or contact.customer_id is None:
        return {}
    for account in accounts_of(actor=request.actor, customer_id=contact.customer_id):
        if contact.account_id in (None, account.account_id):
            return {"place": account.address, "area": account.region}
    return {}


def _show(
    request: StaffRequest, form: EmergencyForm, kinds: list[Kind], contact: Any
) -> HttpResponse:
    chosen = str(form["type"].value() or "")
    context = {
        "form": form,
        "kinds": kinds,
        "chosen": chosen,
        "open_key": f"contact:{contact.pk}" if contact else "",
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "desk/emergency.html", context, status=status)


def _send(request: StaffRequest, form: EmergencyForm, contact: Any) -> tuple[int, str]:
    """Contact, case and crew in one transaction. Returns the contact's id, the case's number."""
    data, actor, now = form.cleaned_data, request.actor, request.now
    caller = {key: data[key] for key in ("phone", "caller_name", "place")}
    if contact is None:
        contact = start_interaction(channel=PHONE, actor=actor, now=now, **caller)
    else:
        contact = describe_caller(interaction_id=contact.pk, actor=actor, now=now, **caller)
    unit = opening_unit(actor=actor, area=data["area"]) or actor.organisation_id
    case = open_case(
        request=OpenRequest(
            type_key=data["type"],
            organisation_id=unit,
            title=f"{data['place']} {dict(form.fields['type'].choices)[data['type']]}"[:120],  # type: ignore[attr-defined]
            channel=contact.channel,
            description=data["description"],
            priority="urgent",
            area=data["area"],
            customer_id=contact.customer_id,
            account_id=contact.account_id,
            place=data["place"],
            caller_name=contact.caller_name,
            caller_phone=contact.caller_phone,
        ),
        actor=actor,
        now=now,
    )
    link_case(interaction_id=contact.pk, case_id=case.pk, kind="opened", actor=actor, now=now)
    action = straight_to_work(case=case, roles=actor.roles)
    if action and actor.can_in("cases.work", case.organisation_id):
        take_action(case_id=case.pk, action=action, given={}, actor=actor, now=now)
    return contact.pk, case.number
