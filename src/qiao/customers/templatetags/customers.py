"""``{% load customers %}``: how customers are written, with the right to see numbers in full."""

import json
from datetime import date, datetime
from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from qiao.core.registry import registry
from qiao.core.rules import phones
from qiao.core.ui.marks import icon, mask
from qiao.core.ui.markup import markup
from qiao.customers.models import (
    Account,
    AccountParty,
    Acting,
    Card,
    Consent,
    ContactPerson,
    Customer,
    CustomerGroup,
    CustomerIdentity,
    CustomerPhone,
    CustomerVisit,
    Document,
    FormerPhone,
    PhoneAttempt,
    Preference,
    ProtectedFlag,
    ProtectionEffect,
    ProtectionStep,
    Service,
    ServicePoint,
    VisitPlan,
)
from qiao.customers.queries import masked_phone
from qiao.customers.queries.disclosures import REVEAL_REASONS, field_words
from qiao.customers.queries.tier_words import reason_in_words
from qiao.customers.queries.value import LoyaltyInWords, loyalty_in_words
from qiao.customers.rules.protection import EFFECTS

register = template.Library()

FLAG_ICONS = {
    "hospital": "building-hospital",
    "life_support": "heartbeat",
    "elderly_alone": "old",
    "infant": "baby-carriage",
    "disabled": "disabled",
    "welfare": "heart-handshake",
    "school": "school",
    "public_safety": "firetruck",
    "important": "star",
}
SERVICE_ICONS = {
    "water": "droplet",
    "power": "bolt",
    "gas": "flame",
    "heat": "temperature",
    "care": "stethoscope",
    "appliance": "device-tv",
}
_WORDS: dict[str, Any] = {
    "service": Service,
    "use": Account.Use,
    "account": Account.Status,
    "point": ServicePoint.Status,
    "role": AccountParty.Role,
    "gender": Customer.Gender,
    "kind": Customer.Kind,
    "identity": CustomerIdentity.Kind,
    "card": Card.Kind,
    "document": Document.Kind,
    "need": Preference.Need,
    "wished": Preference.Channel,
    "language": Preference.Language,
    "purpose": Consent.Purpose,
    "call": PhoneAttempt.Outcome,
    "former": FormerPhone.Reason,
    "visit_how": CustomerVisit.How,
    "rhythm": VisitPlan.Rhythm,
    "protection": ProtectedFlag,
    "protection_act": ProtectionStep.Act,
    "group": CustomerGroup.Kind,
    "function": ContactPerson.Function,
    "basis": Acting.Basis,
}
_REASONS = {
    "name_start": pgettext_lazy("found by", "start of the name"),
    "name_part": pgettext_lazy("found by", "part of the name"),
    "initials": pgettext_lazy("found by", "pinyin initials"),
    "pinyin": pgettext_lazy("found by", "pinyin"),
    "phone": pgettext_lazy("found by", "telephone number"),
    "phone_former": pgettext_lazy("found by", "number they had before"),
    "phone_tail": pgettext_lazy("found by", "end of the number"),
    "phone_middle": pgettext_lazy("found by", "part of the number"),
    "account": pgettext_lazy("found by", "account number"),
    "number": pgettext_lazy("found by", "customer number"),
    "identity": pgettext_lazy("found by", "document number"),
    "address": pgettext_lazy("found by", "address"),
    "meter": pgettext_lazy("found by", "meter number"),
    "name": pgettext_lazy("found by", "name"),
}


def effects_of(kind: str) -> str:
    """What a kind of protection protects from, in words."""
    return " · ".join(str(ProtectionEffect(each).label) for each in EFFECTS[kind])


@register.simple_tag
def flags(keys: list[str], mode: str = "") -> SafeString:
    """The protected flags as badges, with what each protects from as tooltip; ``only`` leaves
    icons with their words as tooltip."""
    known = [(FLAG_ICONS[key], ProtectedFlag(key).label) for key in keys if key in FLAG_ICONS]
    effects = [effects_of(key) for key in keys if key in FLAG_ICONS]
    if mode == "only":
        return format_html_join(
            "",
            '<span class="q-badge warn" title="{}">{}<span class="sr">{}</span></span>',
            ((word, icon(name), word) for name, word in known),
        )
    return format_html_join(
        "",
        '<span class="q-badge warn" title="{}">{}{}</span>',
        ((told, icon(name), word) for (name, word), told in zip(known, effects, strict=True)),
    )


@register.filter
def service_icon(service: str) -> str:
    """The icon of a service."""
    return SERVICE_ICONS.get(service, "plug")


@register.filter
def word(value: str | int, what: str) -> str:
    """The word for a stored key: ``{{ row.role|word:"role" }}``; an unknown key as it is."""
    if what in {"why", "evidence"}:
        return str(_REASONS.get(str(value), value))
    if what == "reveal":
        return str(REVEAL_REASONS.get(str(value), value))
    try:
        return str(_WORDS[what](value).label)
    except ValueError:
        return str(value)


@register.filter
def revealed(fields: list[str]) -> str:
    """What was looked at, in words: ``["identity.passport"]`` gives Passport."""
    return " · ".join(map(field_words, fields))


@register.filter
def day(value: str | date | None) -> date | None:
    """A date out of JSON, None for none."""
    return parse_date(value[:10]) if isinstance(value, str) else value


@register.filter
def moment(value: str | datetime | None) -> datetime | None:
    """A moment out of JSON, None for none."""
    return parse_datetime(value) if isinstance(value, str) else value


@register.simple_tag(takes_context=True)
def phone(
    context: Context, row: dict[str, Any], customer_id: int, case_id: int | None = None
) -> SafeString:
    """A number of an opened customer: in full with the right to contact, else masked.

    `row` has number, extension and id. With the right to reveal, the mask carries the button that
    asks for the whole of it, which is recorded. Of a number that may lead to nobody it says so.
    What is done with the number is about the case, if one is given.
    """
    keys = _keys_of(context, row, customer_id, case_id)
    return markup("{}{}{}", _written(context, row, customer_id), _standing(row), keys)


def _keys_of(
    context: Context, row: dict[str, Any], customer_id: int, case_id: int | None
) -> SafeString:
    """What may be done with the number, such as calling it."""
    actor = context.get("actor")
    if actor is None or row.get("standing") == CustomerPhone.Standing.WRONG:
        return mark_safe("")
    keys = [
        markup(
            ' <button type="button" class="q-iconbtn sm" hx-post="{}" hx-swap="none"'
            ' hx-vals="{}" aria-label="{}" title="{}">{}</button>',
            reverse(each.url_name, args=[customer_id, row["id"]]),
            json.dumps({"case": case_id} if case_id else {}),
            each.label,
            each.label,
            icon(each.icon, "i-16"),
        )
        for each in registry.number_keys(actor)
    ]
    return markup("{}" * len(keys), *keys)


def _standing(row: dict[str, Any]) -> SafeString:
    """That a number is doubtful or wrong, why and since when."""
    if not row.get("standing"):
        return mark_safe("")
    wrong = row["standing"] == CustomerPhone.Standing.WRONG
    told = moment(row["since"])
    why = word(row["reason"], "call")
    title = f"{why} · {localtime(told):%Y-%m-%d}" if told else why
    return markup(
        ' <span class="q-badge {}" title="{}">{}{}</span>',
        "bad" if wrong else "warn",
        title,
        icon("phone-x"),
        CustomerPhone.Standing(row["standing"]).label,
    )


def _written(context: Context, row: dict[str, Any], customer_id: int) -> SafeString:
    number, extension = row["number"], row.get("extension") or ""
    actor = context.get("actor")
    if actor is not None and actor.can("customers.contact"):
        stored = phones.join_extension(number, extension)
        shown = phones.display(stored, get_language() or "zh-hans")
        return markup('<span class="num nowrap">{}</span>', shown)
    url = ""
    if actor is not None and actor.can("customers.reveal"):
        url = reverse("customers:reveal_phone", args=[customer_id, row["id"]])
    return mask(masked_phone(number, extension), url, _("telephone number"))


@register.simple_tag(takes_context=True)
def former_phone(context: Context, row: dict[str, Any]) -> str:
    """A number somebody had before: in full with the right to contact, else masked."""
    number, extension = row["number"], row.get("extension") or ""
    actor = context.get("actor")
    if actor is None or not actor.can("customers.contact"):
        return masked_phone(number, extension)
    stored = phones.join_extension(number, extension)
    return phones.display(stored, get_language() or "zh-hans")


@register.simple_tag(takes_context=True)
def listed_phone(context: Context, masked: str, customer_id: int) -> SafeString:
    """A masked number of a list, with the button to reveal it for those who may."""
    if not masked:
        return mark_safe("")
    actor = context.get("actor")
    url = ""
    if actor is not None and actor.can("customers.reveal"):
        url = reverse("customers:reveal_first_phone", args=[customer_id])
    return mask(masked, url, _("telephone number"))


@register.simple_tag
def tier_reason(step: dict[str, Any]) -> str:
    """Why a step of the tier's history was taken, in the reader's language."""
    return reason_in_words(step, get_language() or "zh-hans")


@register.simple_tag
def loyalty_of_panel(data: dict[str, Any]) -> LoyaltyInWords:
    """The loyalty figure out of the facts of its panel."""
    return loyalty_in_words(data)


TIER_HEIGHT = {"A": 12, "B": 34, "C": 56, "D": 78}
WIDTH, LEFT = 296, 16


@register.simple_tag
def tier_steps(changes: list[dict[str, Any]], tier: str) -> SafeString:
    """The path of a customer through the tiers, as a stepped line beside words."""
    if not changes:
        return mark_safe("")
    starts = [datetime.fromisoformat(str(change["at"])).timestamp() for change in changes]
    first, span = starts[0], max(starts[-1] - starts[0], 1.0)
    reach = (WIDTH - LEFT) * 0.82
    path = ""
    for start, change in zip(starts, changes, strict=True):
        x, y = LEFT + reach * (start - first) / span, TIER_HEIGHT.get(str(change["tier"]), 56)
        path += f"H{x:.0f}V{y}" if path else f"M{x:.0f} {y}"
    end = TIER_HEIGHT.get(tier, 56)
    return markup(
        '<svg class="q-tiersteps" viewBox="0 4 300 80" width="100%" height="68" data-tier="{}"'
        ' aria-hidden="true">{}<path d="{}H{}" fill="none" stroke="var(--c)" stroke-width="2.2"'
        ' stroke-linejoin="round"></path><circle cx="{}" cy="{}" r="4" fill="var(--c)"></circle>'
        "</svg>",
        tier,
        format_html_join(
            "",
            '<text x="0" y="{}" font-size="11" fill="var(--q-text-3)">{}</text>'
            '<line x1="16" x2="300" y1="{}" y2="{}" stroke="var(--q-border)"></line>',
            ((y + 4, letter, y, y) for letter, y in TIER_HEIGHT.items()),
        ),
        path,
        WIDTH,
        WIDTH,
        end,
    )
