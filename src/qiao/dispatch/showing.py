"""Work orders in words: what the phone, the board and the case page show of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from qiao.cases.queries import fields_of
from qiao.core.actor import Actor
from qiao.core.models import Attachment
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.model import Field
from qiao.core.rules import phones
from qiao.core.wording import from_names, said
from qiao.customers.queries import number_to_call
from qiao.dispatch.forms import SheetForm
from qiao.dispatch.models import WorkOrder
from qiao.dispatch.queries import Team
from qiao.dispatch.rules.sheets import Missing, Sheet, sheet_from_data
from qiao.dispatch.rules.states import NEXT, WAITING, verbs_in

SEVERITY = {"urgent": 1, "high": 2, "normal": 3, "low": 4}
TONES = {
    "planned": "warn",
    "assigned": "info",
    "accepted": "pri",
    "travelling": "pri",
    "arrived": "pri",
    "suspended": "warn",
    "refused": "bad",
    "returned": "bad",
    "done": "ok",
    "cancelled": "",
}
ICONS = {
    "planned": "user-question",
    "assigned": "user-check",
    "accepted": "thumb-up",
    "travelling": "car",
    "arrived": "map-pin",
    "suspended": "player-pause",
    "refused": "x",
    "returned": "arrow-back-up",
    "done": "check",
    "cancelled": "x",
}


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline for the tag ``sla``."""

    due_at: datetime
    started_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Job:
    """One work order as a page shows it. `next_verb` is what its technician does next.

    `phone` and `map_url` are empty unless they were asked for.
    """

    order: WorkOrder
    title: str
    type_name: str
    tier: str
    who: str
    team: str
    severity: int
    due: Due | None
    state_word: str
    tone: str
    icon: str
    flags: list[str]
    phone: str
    phone_shown: str
    map_url: str
    waits: bool
    next_verb: str
    verbs: tuple[str, ...]


def show_job(order: WorkOrder, actor: Actor, *, with_reach: bool = False) -> Job:
    """The order with its case and customer.

    `with_reach` adds how to get to them, at the price of a query: the map, and the telephone for
    those who may see it.
    """
    case: Any = order.case
    customer = case.customer
    state = WorkOrder.State(order.state)
    may_call = with_reach and actor.can_in("customers.contact", order.organisation_id)
    phone = _phone(case) if may_call else ""
    return Job(
        order=order,
        title=case.title,
        type_name=from_names(case.case_type.names),
        tier=customer.tier if customer else "",
        who=customer.name if customer else case.caller_name,
        team=from_names(order.team.names, order.team.name),
        severity=SEVERITY.get(case.priority, 0),
        due=_due(order),
        state_word=str(state.label),
        tone=TONES[order.state],
        icon=ICONS[order.state],
        flags=_flags(customer),
        phone=phone.partition(";")[0],
        phone_shown=phones.display(phone, get_language() or "en") if phone else "",
        map_url=_map_url(order) if with_reach else "",
        waits=order.state in WAITING,
        next_verb=NEXT.get(order.state, ""),
        verbs=verbs_in(order.state),
    )


def _due(order: WorkOrder) -> Due | None:
    case: Any = order.case
    if order.finished_at is not None or case.due_at is None:
        return None
    state = {"late": "bad"}.get(case.level, case.level)
    return Due(case.due_at, min(order.created_at, case.due_at), state)


def _phone(case: Any) -> str:
    return number_to_call(customer_id=case.customer_id, preferred=case.caller_phone or "")


def _flags(customer: Any) -> list[str]:
    """The words of the customer's protected flags, as the customers module names them."""
    if customer is None or not customer.flags:
        return []
    words = dict(customer._meta.get_field("flags").base_field.flatchoices)  # noqa: SLF001 - Django's door to a model's fields
    return [str(words.get(flag, flag)) for flag in customer.flags]


def _map_url(order: WorkOrder) -> str:
    """A ``geo:`` address (RFC 5870). Its coordinates are WGS-84; with others the words search."""
    if order.latitude is not None and order.datum == "wgs84":
        point = f"{order.latitude:.6f},{order.longitude:.6f}"
        return f"geo:{point}?q={point}({quote(order.place)})"
    return f"geo:0,0?q={quote(order.place)}" if order.place else ""


def known_facts(order: WorkOrder) -> list[tuple[str, str]]:
    """What the case says, field by field: label and words."""
    case: Any = order.case
    try:
        known = fields_of(case)
    except KeyError:
        return []
    found = ((known[key], value) for key, value in case.facts.items() if key in known)
    return [(said(field.label), _words(field, value)) for field, value in found]


def _words(field: Field, value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    names = {choice.key: said(choice.name) for choice in field.choices}
    values = value if isinstance(value, list) else [value]
    return "、".join(names.get(str(v), str(v)) for v in values) + (
        f" {field.unit}" if field.unit else ""
    )


def safety_words(order: WorkOrder, sheet: Sheet) -> list[str]:
    """What to mind on the spot: of the case type, then of the sheet."""
    case: Any = order.case
    definition = catalogue().case_types.get(case.case_type.key)
    return [said(text) for text in (*(definition.safety if definition else ()), *sheet.safety)]


@dataclass(frozen=True, slots=True)
class ShownReading:
    """A figure to measure: its field, its limits, also in words, and how it was judged."""

    field: Any
    unit: str
    low: str
    high: str
    limits: str
    judged: str
    required: bool


@dataclass(frozen=True, slots=True)
class ShownPhoto:
    """A picture that is asked for: where it goes, and what is there."""

    key: str
    label: str
    wanted: bool
    stored: list[Attachment]
    kept: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ShownSheet:
    """The work sheet as the phone shows it."""

    checks: list[tuple[Any, bool]]
    checks_done: int
    readings: list[ShownReading]
    answers: list[Any]
    photos: list[ShownPhoto]
    signature: str
    signed: Attachment | None
    signature_kept: str
    note_required: bool


def show_sheet(
    order: WorkOrder, form: SheetForm, pictures: Sequence[Attachment], needed: Sequence[str]
) -> ShownSheet:
    """The sheet with its form; `needed` are keys of process fields that must be given."""
    sheet = sheet_from_data(order.sheet)
    tokens = form.tokens if form.is_bound else []
    signed = [p for p in pictures if p.label == "signature"]
    checks = [(form[f"check_{c.key}"], c.required) for c in sheet.checks]
    return ShownSheet(
        checks=checks,
        checks_done=sum(bool(bound.value()) for bound, _required in checks),
        readings=[_reading(form, r) for r in sheet.readings],
        answers=[(form[f"answer_{f.key}"], f.key in needed) for f in form.asked],
        photos=_photos(sheet, pictures, tokens),
        signature=sheet.signature,
        signed=signed[-1] if signed else None,
        signature_kept=next((t for label, _name, t in tokens if label == "signature"), ""),
        note_required=sheet.note == "required",
    )


def _reading(form: SheetForm, reading: Any) -> ShownReading:
    bound = form[f"reading_{reading.key}"]
    low = str(reading.low) if reading.low is not None else ""
    high = str(reading.high) if reading.high is not None else ""
    limits = (
        f"{low}–{high}" if low and high else f"≥ {low}" if low else f"≤ {high}" if high else ""
    )
    judged = reading.judge(str(bound.value() or ""))
    return ShownReading(bound, reading.unit, low, high, limits, judged, reading.required)


def _photos(
    sheet: Sheet, pictures: Sequence[Attachment], tokens: Sequence[tuple[str, str, str]]
) -> list[ShownPhoto]:
    wanted = [(p.key, said(p.label), p.required) for p in sheet.photos]
    return [
        ShownPhoto(
            key=key,
            label=label,
            wanted=required,
            stored=[p for p in pictures if p.label == key],
            kept=[(name, token) for kind, name, token in tokens if kind == key],
        )
        for key, label, required in [*wanted, ("other", _("Further picture"), False)]
    ]


def missing_words(missing: Sequence[Missing]) -> str:
    """One line that says what completion still needs; empty when nothing."""
    counts: dict[str, int] = {}
    for item in missing:
        counts[item.kind] = counts.get(item.kind, 0) + 1
    parts = [word for kind, n in counts.items() if (word := _missing_part(kind, n))]
    return _("Still missing: %(parts)s") % {"parts": _(", ").join(parts)} if parts else ""


def _missing_part(kind: str, n: int) -> str:
    words = {
        "check": ngettext("%(n)d check", "%(n)d checks", n),
        "reading": ngettext("%(n)d reading", "%(n)d readings", n),
        "photo": ngettext("%(n)d picture", "%(n)d pictures", n),
        "field": ngettext("%(n)d entry", "%(n)d entries", n),
        "note": _("a note"),
        "signature": _("the signature"),
    }
    text = words[kind]
    return text % {"n": n} if "%(n)d" in text else text


def missing_texts() -> dict[str, list[str]]:
    """The same words for the script that counts while somebody types: one, many."""
    counted = ("check", "reading", "photo", "field")
    found = {
        kind: [_missing_part(kind, 1), _missing_part(kind, 7).replace("7", "{n}")]
        for kind in counted
    }
    return found | {
        "note": [_("a note")] * 2,
        "signature": [_("the signature")] * 2,
        "all": [_("Still missing: %(parts)s") % {"parts": "{parts}"}, _(", ")],
    }


def crew_choices(
    people: Sequence[tuple[Team, Sequence[Actor]]], load: Mapping[int, int]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Who may be sent, by crew, as a select offers it. `load`: open orders of each person."""
    return [(team.name, _people(team.team_id, found, load)) for team, found in people]


def _people(team: int, people: Sequence[Actor], load: Mapping[int, int]) -> list[tuple[str, str]]:
    pool = [(f"{team}:", _("Nobody yet: the crew decides"))]
    for person in people:
        n = load.get(person.person_id, 0)
        jobs = ngettext("%(n)d open job", "%(n)d open jobs", n) % {"n": n}
        pool.append((f"{team}:{person.staff_id}", f"{person.name} · {jobs}"))
    return pool
