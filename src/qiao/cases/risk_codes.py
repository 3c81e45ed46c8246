"""Rules of risk as a code table: read by many, changed by administrators."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qiao.cases.complaint_codes import GROUP, VIEW, refused
from qiao.cases.models import RiskRuleRow
from qiao.cases.operations.complaint_rules import (
    CONFIGURE,
    change_risk_rule,
    end_risk_rule,
)
from qiao.cases.showing.risk import LEVELS
from qiao.core.actor import Actor
from qiao.core.code_tables import (
    CodeAction,
    CodeColumn,
    CodeField,
    CodeQuery,
    CodeRow,
    CodeTable,
    Text,
    Values,
    among,
)
from qiao.core.wording import from_names

KINDS: Final[Mapping[str, Text]] = {
    "words": gettext_lazy("Words that were said"),
    "repeat": gettext_lazy("Repeated complaints"),
    "chased": gettext_lazy("Asked again"),
    "reopened": gettext_lazy("Reopened"),
    "late": gettext_lazy("Deadline missed"),
    "vulnerable": gettext_lazy("Protected customer"),
}


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
)
