"""Complaint desks and readers of the digest as code tables, changed by administrators."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.cases.models import ComplaintDesk, DigestReader
from qiao.cases.operations.complaint_rules import (
    CONFIGURE,
    BadRule,
    NotAble,
    RuleMissing,
    set_desk,
    set_digest_reader,
)
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
from qiao.staff.queries import company_id, holders_of, organisation, teams_for, units_among

VIEW: Final = "cases.view"
GROUP: Final = gettext_lazy("Complaints")
COMPLAINTS: Final = "complaints"  # the duty of teams that take them


@contextmanager
def refused() -> Iterator[None]:
    """Refusals of the operations as those of a code table."""
    try:
        yield
    except BadRule as fault:
        raise CodeRefused(_("This value cannot stand here."), fault.field) from fault
    except BadText as fault:
        raise CodeRefused(_(fault.message) % fault.params, fault.field) from fault
    except RuleMissing as fault:
        raise CodeRefused(_("This rule has another version meanwhile.")) from fault
    except NotAble as fault:
        raise CodeRefused(_("This person may not see the cases of the unit.")) from fault


def _desks(actor: Actor, query: CodeQuery) -> Sequence[CodeRow]:
    rows = ComplaintDesk.objects.filter(organisation__in=actor.organisations(VIEW))
    related = ("organisation", "manager", "deputy", "neutral_team")
    listed = rows.select_related(*related).order_by("organisation__path", "pack")
    return among([_desk(row) for row in listed], query)


def _desk(row: ComplaintDesk) -> CodeRow:
    away = f"{row.away_from} – {row.away_to}" if row.away_from else ""
    return CodeRow(
        key=str(row.pk),
        names={"": row.organisation.name, **row.organisation.names},
        cells={
            "pack": row.pack,
            "manager": row.manager.name,
            "deputy": row.deputy.name if row.deputy else "",
            "away": away,
            "team": row.neutral_team.name if row.neutral_team else "",
        },
        record_id=row.pk,
        organisation_id=row.organisation_id,
    )


def _desk_fields(actor: Actor, row: CodeRow | None, day: date) -> tuple[CodeField, ...]:
    desk = ComplaintDesk.objects.get(pk=int(row.key)) if row else None
    units = units_among(actor.organisations(CONFIGURE), language="")
    held = holders_of(
        permission=VIEW,
        organisation_ids=[desk.organisation_id] if desk else actor.organisations(CONFIGURE),
        day=day,
    )
    people = tuple((str(each.staff_id), f"{each.name} {each.number}") for each in held)
    nobody = (("", "–"), *people)
    teams = tuple((str(each.team_id), each.name) for each in teams_for(duty=COMPLAINTS))
    own = (
        ()
        if desk
        else (
            CodeField(
                "unit",
                gettext_lazy("Unit"),
                "choice",
                choices=tuple((str(u.unit_id), u.name) for u in units if u.kind != "team"),
            ),
        )
    )
    return (
        *own,
        CodeField(
            "manager",
            gettext_lazy("Named manager"),
            "choice",
            choices=people,
            initial=str(desk.manager_id) if desk else "",
        ),
        CodeField(
            "deputy",
            gettext_lazy("Deputy"),
            "choice",
            choices=nobody,
            initial=str(desk.deputy_id or "") if desk else "",
            is_required=False,
        ),
        CodeField(
            "away_from",
            gettext_lazy("Away from"),
            "date",
            initial=desk.away_from if desk else None,
            is_required=False,
        ),
        CodeField(
            "away_to",
            gettext_lazy("Back on"),
            "date",
            initial=desk.away_to if desk else None,
            is_required=False,
        ),
        CodeField(
            "neutral_team",
            gettext_lazy("Neutral team"),
            "choice",
            choices=(("", "–"), *teams),
            initial=str(desk.neutral_team_id or "") if desk else "",
            is_required=False,
            hint=gettext_lazy("Takes complaints about outlets and people of the unit."),
        ),
    )


def _number(value: Any) -> int | None:
    return int(value) if value else None


def _set_desk(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    desk = ComplaintDesk.objects.filter(pk=int(row_key)).first() if row_key else None
    unit = desk.organisation_id if desk else int(values["unit"])
    with refused():
        set_desk(
            actor=actor,
            now=now,
            organisation_id=organisation(unit).pk,
            pack=desk.pack if desk else "",
            manager_id=int(values["manager"]),
            deputy_id=_number(values.get("deputy")),
            away_from=values.get("away_from"),
            away_to=values.get("away_to"),
            neutral_team_id=_number(values.get("neutral_team")),
        )
    return _("From now on complaints are raised so.")


def _readers(actor: Actor, query: CodeQuery) -> Sequence[CodeRow]:
    rows = DigestReader.objects.filter(organisation__in=actor.organisations(VIEW))
    listed = rows.select_related("staff", "organisation").order_by("staff__number")
    return among([_reader(row) for row in listed], query)


def _reader(row: DigestReader) -> CodeRow:
    return CodeRow(
        key=str(row.pk),
        names={"": row.staff.name},
        cells={
            "unit": row.organisation.name,
            "hour": f"{row.hour}:00",
            "count": row.count,
            "until": row.until.isoformat() if row.until else "",
        },
        record_id=row.pk,
        organisation_id=row.organisation_id,
    )


def _reader_fields(actor: Actor, row: CodeRow | None, day: date) -> tuple[CodeField, ...]:
    reader = DigestReader.objects.get(pk=int(row.key)) if row else None
    units = actor.organisations(CONFIGURE)
    held = holders_of(permission="cases.risk", organisation_ids=units, day=day)
    people = tuple((str(each.staff_id), f"{each.name} {each.number}") for each in held)
    who = () if reader else (CodeField("staff", gettext_lazy("Executive"), "choice", people),)
    return (
        *who,
        CodeField(
            "hour",
            gettext_lazy("From which hour on"),
            initial=str(reader.hour) if reader else "8",
        ),
        CodeField("count", gettext_lazy("How many"), initial=str(reader.count) if reader else "5"),
        CodeField(
            "until",
            gettext_lazy("First day without it"),
            "date",
            initial=reader.until if reader else None,
            is_required=False,
        ),
    )


def _set_reader(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    reader = DigestReader.objects.filter(pk=int(row_key)).first() if row_key else None
    figures = {key: str(values[key]).strip() for key in ("hour", "count")}
    for key, figure in figures.items():
        if not figure.isdecimal():
            raise CodeRefused(_("This value cannot stand here."), key)
    with refused():
        set_digest_reader(
            actor=actor,
            now=now,
            staff_id=reader.staff_id if reader else int(values["staff"]),
            organisation_id=reader.organisation_id if reader else company_id(),
            hour=int(figures["hour"]),
            count=int(figures["count"]),
            until=values.get("until"),
        )
    return _("The digest is drawn so from the next working day on.")


CODE_TABLES = (
    CodeTable(
        key="cases.desks",
        label=gettext_lazy("Complaint desks"),
        about=gettext_lazy(
            "Whom risk is raised to, who stands in, and which team takes complaints about outlets."
        ),
        group=GROUP,
        permission=VIEW,
        columns=(
            CodeColumn("manager", gettext_lazy("Named manager")),
            CodeColumn("deputy", gettext_lazy("Deputy")),
            CodeColumn("away", gettext_lazy("Away")),
            CodeColumn("team", gettext_lazy("Neutral team")),
            CodeColumn("pack", pgettext_lazy("code table", "Pack"), "code"),
        ),
        load=_desks,
        order=94,
        audit_table="cases_complaintdesk",
        actions=(
            CodeAction(
                key="add",
                label=gettext_lazy("Name a manager for a unit"),
                icon="plus",
                permission=CONFIGURE,
                fields=_desk_fields,
                apply=_set_desk,
                on_row=False,
            ),
            CodeAction(
                key="change",
                label=gettext_lazy("Change"),
                icon="edit",
                permission=CONFIGURE,
                fields=_desk_fields,
                apply=_set_desk,
            ),
        ),
    ),
    CodeTable(
        key="cases.readers",
        label=gettext_lazy("Readers of the digest"),
        about=gettext_lazy("Executives who read some complaints every working day."),
        group=GROUP,
        permission=VIEW,
        columns=(
            CodeColumn("unit", gettext_lazy("Unit")),
            CodeColumn("hour", gettext_lazy("From which hour on")),
            CodeColumn("count", gettext_lazy("How many"), "number"),
            CodeColumn("until", gettext_lazy("Until")),
        ),
        load=_readers,
        order=96,
        audit_table="cases_digestreader",
        actions=(
            CodeAction(
                key="add",
                label=gettext_lazy("Name a reader"),
                icon="plus",
                permission=CONFIGURE,
                fields=_reader_fields,
                apply=_set_reader,
                on_row=False,
                whole_company=True,
            ),
            CodeAction(
                key="change",
                label=gettext_lazy("Change"),
                icon="edit",
                permission=CONFIGURE,
                fields=_reader_fields,
                apply=_set_reader,
                whole_company=True,
            ),
        ),
    ),
)
