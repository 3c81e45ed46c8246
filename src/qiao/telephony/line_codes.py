"""The numbers that customers dial, as a code table that the company keeps."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.core.actor import Actor
from qiao.core.code_tables import (
    CodeAction,
    CodeColumn,
    CodeField,
    CodeQuery,
    CodeRefused,
    CodeRow,
    CodeTable,
    Text,
    Values,
    among,
)
from qiao.core.packs.enabled import catalogue
from qiao.core.rules.text import BadText
from qiao.staff.queries import organisation_names, units_among
from qiao.telephony.models import Line
from qiao.telephony.operations import lines as operations
from qiao.telephony.queries import menus_to_choose, queue_name
from qiao.telephony.rights import LINES
from qiao.telephony.showing.menu_words import menu_name

YES: Final = "yes"


def _load(actor: Actor, query: CodeQuery) -> Sequence[CodeRow]:
    found = Line.objects.filter(organisation_id__in=actor.organisations(LINES)).order_by("number")
    if not query.only and query.part != "all":
        found = found.filter(is_active=True)
    units = organisation_names({each.organisation_id for each in found})
    return among([_row(each, units.get(each.organisation_id, "")) for each in found], query)


def _row(line: Line, unit: str) -> CodeRow:
    said = [
        (line.is_emergency, _("emergencies")),
        (line.is_recorded, _("recorded")),
    ]
    return CodeRow(
        key=line.number,
        names={"": line.name},
        cells={
            "number": line.number,
            "queue": queue_name(line.queue),
            "menu": menu_name(line.menu) if line.menu else _("none"),
            "unit": unit,
            "said": ", ".join(words for holds, words in said if holds),
        },
        is_active=line.is_active,
        record_id=line.pk,
        organisation_id=line.organisation_id,
    )


def _fields(actor: Actor, row: CodeRow | None, day: date) -> tuple[CodeField, ...]:
    del day
    line = Line.objects.filter(number=row.key).first() if row else None
    units = units_among(actor.organisations(LINES), language=translation.get_language() or "en")
    queues = [key for key, spec in catalogue().queues.items() if "phone" in spec.channels]
    fields = (
        CodeField(
            "name", pgettext_lazy("line", "Name"), initial=line.name if line else "", max_length=60
        ),
        CodeField(
            "unit",
            gettext_lazy("Unit"),
            "choice",
            choices=tuple(
                (str(each.unit_id), "\u2003" * each.depth + each.name) for each in units
            ),
            initial=str(line.organisation_id) if line else "",
        ),
        CodeField(
            "queue",
            gettext_lazy("Queue"),
            "choice",
            choices=tuple((each, queue_name(each)) for each in queues),
            initial=line.queue if line else "",
            hint=gettext_lazy("Where callers wait whom no menu leads elsewhere."),
        ),
        CodeField(
            "menu",
            gettext_lazy("Voice menu"),
            "choice",
            choices=(
                ("", gettext_lazy("none")),
                *((each, menu_name(each)) for each in menus_to_choose()),
            ),
            initial=line.menu if line else "",
            is_required=False,
        ),
        _yes_or_no(
            "recorded",
            gettext_lazy("Calls are recorded"),
            holds=line.is_recorded if line else True,
        ),
        _yes_or_no(
            "emergency",
            gettext_lazy("A number for emergencies"),
            holds=line.is_emergency if line else False,
            hint=gettext_lazy("Its callers overtake all others."),
        ),
    )
    number = CodeField(
        "number",
        gettext_lazy("Number that customers dial"),
        max_length=operations.NUMBER_LENGTH,
        hint=gettext_lazy("Digits as the switch hands them on, without spaces."),
    )
    return fields if row else (number, *fields)


def _yes_or_no(key: str, label: Text, *, holds: bool, hint: Text = "") -> CodeField:
    choices = (("yes", gettext_lazy("yes")), ("no", gettext_lazy("no")))
    return CodeField(
        key, label, "choice", choices=choices, initial=YES if holds else "no", hint=hint
    )


@contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except BadText as bad:
        raise CodeRefused(_("This text cannot be kept as it is."), bad.field) from bad
    except operations.NotALine as refusal:
        words = {
            "number": _("Expected 2 to 20 digits, with or without a plus before them."),
            "taken": _("Another line has this number already."),
            "queue": _("This queue takes no calls."),
            "menu": _("This voice menu is not in service."),
            "unit": _("No such unit that you may manage."),
            "gone": _("There is no such line."),
        }
        field = {"taken": "number", "gone": ""}.get(refusal.reason, refusal.reason)
        raise CodeRefused(words[refusal.reason], field) from refusal


def _terms(values: Values) -> operations.LineTerms:
    return operations.LineTerms(
        name=values["name"],
        organisation_id=int(values["unit"]),
        queue=values["queue"],
        menu=values["menu"] or "",
        is_recorded=values["recorded"] == YES,
        is_emergency=values["emergency"] == YES,
    )


def _add(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    del row_key, now
    with _refused():
        line = operations.open_line(number=values["number"], terms=_terms(values), actor=actor)
    return _("Calls to %(number)s are taken from now on.") % {"number": line.number}


def _change(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    del now
    with _refused():
        operations.change_line(number=row_key, terms=_terms(values), actor=actor)
    return _("The next call is taken so.")


def _close(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    del now, values
    with _refused():
        operations.turn_line(number=row_key, on=False, actor=actor)
    return _("Calls to this number are conducted by no line any more: a person takes them.")


def _reopen(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    del now, values
    with _refused():
        operations.turn_line(number=row_key, on=True, actor=actor)
    return _("The line is in service again.")


def _nothing(actor: Actor, row: CodeRow | None, day: date) -> tuple[CodeField, ...]:
    del actor, row, day
    return ()


def _parts(actor: Actor, day: date) -> Sequence[tuple[str, Text]]:
    del actor, day
    return (
        ("in_service", pgettext_lazy("lines", "In service")),
        ("all", pgettext_lazy("lines", "All")),
    )


TABLE: Final = CodeTable(
    key="telephony.lines",
    label=gettext_lazy("Lines"),
    about=gettext_lazy("The numbers that customers dial, and how their calls are taken."),
    group=gettext_lazy("Telephone"),
    permission=LINES,
    columns=(
        CodeColumn("number", pgettext_lazy("line", "Number"), "code"),
        CodeColumn("queue", gettext_lazy("Queue")),
        CodeColumn("menu", gettext_lazy("Voice menu")),
        CodeColumn("unit", gettext_lazy("Unit")),
        CodeColumn("said", pgettext_lazy("line", "Calls")),
    ),
    load=_load,
    order=115,
    parts=_parts,
    audit_table="telephony_line",
    actions=(
        CodeAction(
            "add", pgettext_lazy("line", "Add a line"), "plus", LINES, _fields, _add, on_row=False
        ),
        CodeAction(
            "change", pgettext_lazy("line", "Change"), "edit", LINES, _fields, _change,
            offered=lambda _actor, row: row.is_active,
        ),
        CodeAction(
            "close", pgettext_lazy("line", "Take out of service"), "phone-off", LINES, _nothing,
            _close, offered=lambda _actor, row: row.is_active, is_grave=True,
            hint=gettext_lazy("Past calls keep the name of the line."),
        ),
        CodeAction(
            "reopen", pgettext_lazy("line", "Put into service again"), "phone", LINES, _nothing,
            _reopen, offered=lambda _actor, row: not row.is_active,
        ),
    ),
)  # fmt: skip
