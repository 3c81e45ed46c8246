"""The organisation tree as a code table."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q
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
from qiao.core.rules.texts import DATA_KEYS
from qiao.staff import operations
from qiao.staff.codes.refusals import refused
from qiao.staff.models import Organisation
from qiao.staff.operations.units import KINDS_BELOW

SEE, MANAGE = "staff.view", "staff.manage"
KINDS: dict[str, Text] = {
    "company": pgettext_lazy("unit", "Company"),
    "branch": pgettext_lazy("unit", "Branch"),
    "department": pgettext_lazy("unit", "Department"),
    "team": pgettext_lazy("unit", "Team"),
}
LANGUAGE_WORDS = {
    "en": gettext_lazy("Name in English"),
    "zh-Hans": gettext_lazy("Name in simplified Chinese"),
    "zh-Hant": gettext_lazy("Name in traditional Chinese"),
}


def _load(actor: Actor, query: CodeQuery) -> Sequence[CodeRow]:
    seen = Organisation.objects.filter(pk__in=actor.organisations(SEE)).exclude(kind="sealed")
    if query.part != "all" and not query.only:
        seen = seen.filter(is_active=True)
    rows = seen.annotate(people=Count("staff", filter=Q(staff__is_active=True)))
    ordered = sorted(rows, key=lambda unit: [int(part) for part in unit.path.split(".")[:-1]])
    least = min((unit.path.count(".") for unit in ordered), default=0)
    return among([_row(unit, least) for unit in ordered], query)


def _row(unit: Organisation, least: int) -> CodeRow:
    people: int = unit.people  # type: ignore[attr-defined] # annotated above
    cells: dict[str, Any] = {
        "code": unit.code,
        "kind": str(KINDS[unit.kind]),
        "people": people,
        "closed": unit.closed_date.isoformat() if unit.closed_date else "",
    }
    return CodeRow(
        key=str(unit.pk),
        names={"": unit.name, **unit.names},
        cells=cells,
        depth=unit.path.count(".") - least,
        is_active=unit.is_active,
        record_id=unit.pk,
        organisation_id=unit.pk,
        more=(
            (gettext_lazy("Telephone"), unit.phone),
            (gettext_lazy("Address"), unit.address),
            (gettext_lazy("Time zone"), unit.timezone),
            (gettext_lazy("Currency"), unit.currency),
            (gettext_lazy("Packs"), ", ".join(unit.packs)),
            (gettext_lazy("Areas served"), ", ".join(unit.areas)),
            (gettext_lazy("Duties taken"), ", ".join(unit.skills)),
        ),
    )


def _unit(row: CodeRow | None) -> Organisation:
    if row is None:
        raise CodeRefused(_("No such unit that you may manage."))
    return Organisation.objects.get(pk=int(row.key))


def _name_fields(unit: Organisation | None) -> tuple[CodeField, ...]:
    names = unit.names if unit else {}
    return (
        CodeField(
            "name",
            pgettext_lazy("unit", "Name"),
            initial=unit.name if unit else "",
            max_length=60,
            hint=gettext_lazy(
                "As your people call it; used where a language has no word of its own."
            ),
        ),
        *(
            CodeField(
                f"name-{key}",
                LANGUAGE_WORDS[key],
                initial=names.get(key, ""),
                is_required=False,
                max_length=60,
            )
            for key in DATA_KEYS
        ),
    )


def _names(values: Values) -> dict[str, str]:
    return {key: values.get(f"name-{key}") or "" for key in DATA_KEYS}


def _rename_fields(actor: Actor, row: CodeRow | None, day: date) -> tuple[CodeField, ...]:
    del actor, day
    return _name_fields(_unit(row))


def _rename(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    del now
    with refused():
        operations.rename_unit(
            actor=actor, unit_id=int(row_key), name=values["name"], names=_names(values)
        )
    return _("The unit has its new name.")


def _contact_fields(actor: Actor, row: CodeRow | None, day: date) -> tuple[CodeField, ...]:
    del actor, day
    unit = _unit(row)
    hint = gettext_lazy("Left empty, that of the unit above it.")
    return (
        CodeField(
            "phone", gettext_lazy("Telephone"), initial=unit.phone, is_required=False,
            max_length=40, hint=hint,
        ),
        CodeField(
            "address", gettext_lazy("Address"), initial=unit.address, is_required=False,
            max_length=120, hint=hint,
        ),
    )  # fmt: skip


def _set_contact(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    del now
    with refused():
        operations.set_contact(
            actor=actor,
            unit_id=int(row_key),
            phone=values["phone"] or "",
            address=values["address"] or "",
        )
    return _("Letters and bills say so from now on.")


def _add_fields(actor: Actor, row: CodeRow | None, day: date) -> tuple[CodeField, ...]:
    del actor, day
    below = KINDS_BELOW[Organisation.Kind(_unit(row).kind)]
    return (
        CodeField(
            "kind",
            pgettext_lazy("unit", "Kind of unit"),
            "choice",
            choices=tuple((key, KINDS[key]) for key in below),
        ),
        CodeField(
            "code",
            pgettext_lazy("unit", "Code"),
            max_length=40,
            hint=gettext_lazy(
                "Unique in the company and never changed: files and programs name it."
            ),
        ),
        *_name_fields(None),
    )


def _add(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    del now
    with refused():
        operations.add_unit(
            actor=actor,
            parent_id=int(row_key),
            kind=values["kind"],
            code=values["code"],
            name=values["name"],
            names=_names(values),
        )
    return _("The unit stands in the tree.")


def _close_fields(actor: Actor, row: CodeRow | None, day: date) -> tuple[CodeField, ...]:
    del actor, row
    return (
        CodeField(
            "closed_date",
            gettext_lazy("First day on which it is closed"),
            "date",
            initial=day,
            hint=gettext_lazy("What it did stays told under its name."),
        ),
    )


def _close(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    with refused():
        operations.close_unit(
            actor=actor, now=now, unit_id=int(row_key), closed_date=values["closed_date"]
        )
    return _("The unit closes on that day.")


def _is_open(actor: Actor, row: CodeRow) -> bool:
    del actor
    return row.is_active


def _takes_units(actor: Actor, row: CodeRow) -> bool:
    return _is_open(actor, row) and row.cells["kind"] != str(KINDS["team"])


def _may_close(actor: Actor, row: CodeRow) -> bool:
    return _is_open(actor, row) and row.cells["kind"] != str(KINDS["company"])


def _parts(actor: Actor, day: date) -> Sequence[tuple[str, Text]]:
    del actor, day
    return (
        ("open", pgettext_lazy("units", "Open")),
        ("all", pgettext_lazy("units", "Closed as well")),
    )


UNITS = CodeTable(
    key="staff.units",
    label=gettext_lazy("Units"),
    about=gettext_lazy("The tree of the company: rows, rights, prices and hours hang on it."),
    group=gettext_lazy("Company"),
    permission=SEE,
    columns=(
        CodeColumn("code", pgettext_lazy("unit", "Code"), "code"),
        CodeColumn("kind", pgettext_lazy("unit", "Kind")),
        CodeColumn("people", gettext_lazy("People"), "number"),
        CodeColumn("closed", pgettext_lazy("unit", "Closed from"), "code"),
    ),
    load=_load,
    order=10,
    parts=_parts,
    audit_table="staff_organisation",
    actions=(
        CodeAction(
            "add",
            gettext_lazy("Add a unit below"),
            "plus",
            MANAGE,
            _add_fields,
            _add,
            offered=_takes_units,
        ),
        CodeAction(
            "rename",
            pgettext_lazy("unit", "Rename"),
            "pencil",
            MANAGE,
            _rename_fields,
            _rename,
            offered=_is_open,
        ),
        CodeAction(
            "contact",
            gettext_lazy("Telephone and address"),
            "phone",
            MANAGE,
            _contact_fields,
            _set_contact,
            offered=_is_open,
        ),
        CodeAction(
            "close",
            gettext_lazy("Close the unit"),
            "x",
            MANAGE,
            _close_fields,
            _close,
            offered=_may_close,
            is_grave=True,
        ),
    ),
)
