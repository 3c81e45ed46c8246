"""Rules of risk and complaint desks as code tables: read by many, changed by administrators."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.cases.models import ComplaintDesk, DigestReader, RiskRuleRow
from qiao.cases.operations.complaint_rules import (
    CONFIGURE,
    BadRule,
    NotAble,
    RuleMissing,
    change_risk_rule,
    end_risk_rule,
    set_desk,
    set_digest_reader,
)
from qiao.cases.showing.risk import LEVELS
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
from qiao.core.wording import from_names
from qiao.staff.queries import company_id, holders_of, organisation, teams_for, units_among

VIEW: Final = "cases.view"
GROUP: Final = gettext_lazy("Complaints")
COMPLAINTS: Final = "complaints"  # the duty of teams that take them
KINDS: Final[Mapping[str, Text]] = {
    "words": gettext_lazy("Words that were said"),
    "repeat": gettext_lazy("Repeated complaints"),
    "chased": gettext_lazy("Asked again"),
    "reopened": gettext_lazy("Reopened"),
    "late": gettext_lazy("Deadline missed"),
    "vulnerable": gettext_lazy("Protected customer"),
}


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


def _terms(row: RiskRuleRow) -> str:
    terms = row.terms
    if row.kind == "words":
        return ", ".join(terms.get("words", ()))
    if row.kind == "repeat":
        return _("%(n)d complaints within %(days)d days") % {
            "n": terms["count"],
            "days": terms["days"],
        }
    return f"≥ {terms['count']}" if "count" in terms else ""


def _rule(row: RiskRuleRow) -> CodeRow:
    more: tuple[tuple[Text, Any], ...] = (
        (gettext_lazy("What it looks at"), _terms(row)),
        (gettext_lazy("Harmless uses"), ", ".join(row.terms.get("unless", ()))),
        (gettext_lazy("Source"), from_names(row.source)),
        (gettext_lazy("Until"), row.valid_to.isoformat() if row.valid_to else ""),
    )
    return CodeRow(
        key=str(row.pk),
        names=row.names,
        cells={
            "kind": str(KINDS[row.kind]),
            "level": str(LEVELS[row.level]),
            "terms": _terms(row),
            "from": row.valid_from.isoformat(),
        },
        is_active=row.valid_to is None,
        source=row.pack if row.from_pack else gettext_lazy("the company"),
        record_id=row.pk,
        more=more,
    )


def _rules(actor: Actor, query: CodeQuery) -> Sequence[CodeRow]:
    del actor
    rows = RiskRuleRow.objects.order_by("pack", "level", "id", "-valid_from")
    if query.part != "all" and not query.only:
        rows = rows.filter(valid_to__isnull=True)
    return among([_rule(row) for row in rows], query)


def _rule_fields(actor: Actor, row: CodeRow | None, day: date) -> tuple[CodeField, ...]:
    del actor
    rule = RiskRuleRow.objects.get(pk=int(row.key)) if row else None
    terms = rule.terms if rule else {}
    fields: list[CodeField] = []
    if "words" in terms:
        fields.append(
            CodeField(
                "words",
                gettext_lazy("Words"),
                initial=", ".join(terms["words"]),
                max_length=4_000,
                hint=gettext_lazy("Both scripts, pinyin and English, separated by commas."),
            )
        )
        fields.append(
            CodeField(
                "unless",
                gettext_lazy("Harmless uses"),
                initial=", ".join(terms.get("unless", ())),
                is_required=False,
                max_length=4_000,
            )
        )
    labels = {"count": gettext_lazy("From how many on"), "days": gettext_lazy("Within days")}
    fields += [
        CodeField(key, label, initial=str(terms[key]))
        for key, label in labels.items()
        if key in terms
    ]
    return (
        *fields,
        CodeField(
            "level",
            gettext_lazy("Weight"),
            "choice",
            choices=tuple(LEVELS.items()),
            initial=rule.level if rule else "high",
        ),
        CodeField("valid_from", gettext_lazy("From"), "date", initial=day + timedelta(days=1)),
        CodeField("source", gettext_lazy("Source"), max_length=200),
    )


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.replace("，", ",").replace("、", ",").split(",")]


def _change_rule(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    terms: dict[str, Any] = {}
    for key in ("words", "unless"):
        if key in values:
            terms[key] = _listed(values[key] or "")
    for key in ("count", "days"):
        if key in values:
            number = str(values[key]).strip()
            terms[key] = int(number) if number.isdecimal() else None
    with refused():
        change_risk_rule(
            actor=actor,
            now=now,
            rule_id=int(row_key),
            valid_from=values["valid_from"],
            level=values["level"],
            terms=terms,
            source=values["source"],
        )
    return _("The rule holds from that day on; open cases are weighed anew.")


def _end_fields(actor: Actor, row: CodeRow | None, day: date) -> tuple[CodeField, ...]:
    del actor, row
    label = gettext_lazy("First day without it")
    return (CodeField("valid_to", label, "date", initial=day + timedelta(days=1)),)


def _end_rule(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    with refused():
        end_risk_rule(actor=actor, now=now, rule_id=int(row_key), valid_to=values["valid_to"])
    return _("The rule ends on that day.")


def _is_active(actor: Actor, row: CodeRow) -> bool:
    del actor
    return row.is_active


def _parts(actor: Actor, day: date) -> Sequence[tuple[str, Text]]:
    del actor, day
    return [("", gettext_lazy("In force")), ("all", gettext_lazy("All versions"))]


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
        key="cases.risk",
        label=gettext_lazy("Rules of risk"),
        about=gettext_lazy(
            "What shows that a customer is about to go to government, media or court."
        ),
        group=GROUP,
        permission=VIEW,
        columns=(
            CodeColumn("kind", gettext_lazy("Kind")),
            CodeColumn("level", gettext_lazy("Weight")),
            CodeColumn("terms", gettext_lazy("What it looks at")),
            CodeColumn("from", gettext_lazy("From")),
        ),
        load=_rules,
        order=92,
        parts=_parts,
        audit_table="cases_riskrule",
        actions=(
            CodeAction(
                key="change",
                label=gettext_lazy("Change from a day on"),
                icon="edit",
                permission=CONFIGURE,
                fields=_rule_fields,
                apply=_change_rule,
                offered=_is_active,
                whole_company=True,
            ),
            CodeAction(
                key="end",
                label=gettext_lazy("End the rule"),
                icon="x",
                permission=CONFIGURE,
                fields=_end_fields,
                apply=_end_rule,
                offered=_is_active,
                whole_company=True,
                is_grave=True,
            ),
        ),
    ),
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
