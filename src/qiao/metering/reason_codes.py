"""Why meters were not read, as a code table that the company keeps by days."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

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
from qiao.core.rules.text import BadText
from qiao.metering.models import UnreadReason
from qiao.metering.operations.reasons import VALIDATE, BadReason, set_reason
from qiao.metering.queries.reasons import reasons_on

VIEW: Final = "metering.view"
YES: Final = "yes"
LANGUAGES: Final = (("en", "English"), ("zh-Hans", "简体中文"), ("zh-Hant", "繁體中文"))


def _load(actor: Actor, query: CodeQuery) -> Sequence[CodeRow]:
    del actor
    today = query.now.date()
    begun = dict(UnreadReason.objects.order_by("valid_from").values_list("key", "valid_from"))
    rows = [
        CodeRow(
            key=key,
            names=each.names,
            cells={
                "photo": _("yes") if each.needs_photo else _("no"),
                "since": begun[key].isoformat(),
            },
            is_active=each.is_active,
        )
        for key, each in reasons_on(today).items()
    ]
    return among(rows, query)


def _fields(actor: Actor, row: CodeRow | None, day: date) -> tuple[CodeField, ...]:
    del actor
    held = reasons_on(day).get(row.key) if row else None
    choices = ((YES, gettext_lazy("yes")), ("no", gettext_lazy("no")))
    own = (
        ()
        if row
        else (
            CodeField(
                "key",
                pgettext_lazy("reason not to read", "Key"),
                max_length=30,
                hint=gettext_lazy("Small letters and underscores, for instance snowed_in."),
            ),
        )
    )
    return (
        *own,
        *(
            CodeField(key, label, initial=held.names.get(key, "") if held else "", max_length=40)
            for key, label in LANGUAGES
        ),
        CodeField(
            "photo",
            gettext_lazy("Needs a photo"),
            "choice",
            choices=choices,
            initial=YES if held and held.needs_photo else "no",
        ),
        CodeField(
            "active",
            pgettext_lazy("route", "In use"),
            "choice",
            choices=choices,
            initial=YES if held is None or held.is_active else "no",
        ),
        CodeField("since", pgettext_lazy("metering", "Holds since"), "date", initial=day),
        CodeField("source", pgettext_lazy("metering", "By which document"), max_length=200),
    )


def _apply(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    try:
        set_reason(
            actor=actor,
            now=now,
            key=row_key or str(values["key"]),
            valid_from=values["since"],
            names={key: str(values[key]) for key, _label in LANGUAGES},
            needs_photo=values["photo"] == YES,
            is_active=values["active"] == YES,
            source=str(values["source"]),
        )
    except BadReason as bad:
        words = {
            "key": _("Small letters, digits and underscores only."),
            "since": _("Days that are over stay as they were."),
        }
        raise CodeRefused(words[bad.field], bad.field) from bad
    except BadText as bad:
        raise CodeRefused(_("This text cannot be kept as it is."), bad.field) from bad
    return _("From that day on readers have it so.")


CODE_TABLES: Final = (
    CodeTable(
        key="unread_reasons",
        label=gettext_lazy("Reasons for not reading a meter"),
        about=gettext_lazy(
            "What readers say on the phone when they cannot read a meter. A reason that needs a"
            " photo is not taken without one."
        ),
        group=pgettext_lazy("metering", "Readings"),
        permission=VIEW,
        columns=(
            CodeColumn("photo", gettext_lazy("Needs a photo")),
            CodeColumn("since", pgettext_lazy("metering", "Holds since")),
        ),
        load=_load,
        order=460,
        actions=(
            CodeAction(
                key="add",
                label=gettext_lazy("Add a reason"),
                icon="plus",
                permission=VALIDATE,
                fields=_fields,
                apply=_apply,
                on_row=False,
                whole_company=True,
            ),
            CodeAction(
                key="change",
                label=gettext_lazy("Change from a day on"),
                icon="edit",
                permission=VALIDATE,
                fields=_fields,
                apply=_apply,
                whole_company=True,
            ),
        ),
    ),
)
