"""What improvements bring to the house: rights, navigation, the nightly look, rules as codes."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.cases.queries.cause_choices import cause_by_key, cause_choices
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
from qiao.core.manifest import AuditTable, Command, DemoStage, NavItem, Permission
from qiao.core.tasks import PeriodicJob
from qiao.core.transactions import acting
from qiao.core.wording import from_names
from qiao.feedback import improvement_demo
from qiao.feedback.models import ImprovementRule
from qiao.feedback.operations.watching import add_rule, end_rule, rule_words, watch_causes
from qiao.staff.queries import units_among

VIEW, RULES = "improvements.view", "improvements.rules"
PERMISSIONS = (
    Permission(VIEW, gettext_lazy("See improvements")),
    Permission("improvements.work", gettext_lazy("Open improvements, act and measure")),
    Permission(RULES, gettext_lazy("Say when a cause opens an improvement by itself")),
)
NAVIGATION = (
    NavItem(
        key="improvements",
        label=pgettext_lazy("navigation", "Improve"),
        icon="target",
        url_name="feedback:improvements",
        permission="improvements.work",
        order=27,
        group="improve",
    ),
)
COMMANDS = (
    Command(
        "feedback.improvements",
        gettext_lazy("Improvements"),
        "target",
        "feedback:improvements",
        VIEW,
    ),
)


def _watch(now: datetime) -> None:
    with acting(None):
        watch_causes(now=now)


PERIODIC = (PeriodicJob("feedback.watch_causes", "50 * * * *", _watch),)
DEMO = (DemoStage("feedback.improvements", 64, improvement_demo.build, improvement_demo.audit),)
APPEND_ONLY = ("feedback_improvementevent", "feedback_improvementtold")
AUDITED = ("feedback_improvement", "feedback_improvementrule")
AUDIT_WORDS = (
    AuditTable(
        "feedback_improvement",
        gettext_lazy("Improvements"),
        {
            "number": gettext_lazy("Number"),
            "title": pgettext_lazy("improvement", "Title"),
            "state": gettext_lazy("State"),
            "verdict": gettext_lazy("Effect"),
            "due_date": gettext_lazy("Due"),
            "effective_date": gettext_lazy("In effect since"),
        },
    ),
    AuditTable(
        "feedback_improvementrule",
        gettext_lazy("Rules for improvements"),
        {
            "kind": gettext_lazy("Kind"),
            "days": gettext_lazy("Within days"),
            "least": gettext_lazy("At least so many cases"),
            "false_alarm": gettext_lazy("By chance once in so many looks"),
            "valid_from": gettext_lazy("In use from"),
            "valid_until": gettext_lazy("In use until before"),
        },
    ),
)


def _load(actor: Actor, query: CodeQuery) -> Sequence[CodeRow]:
    del actor
    today = timezone.localdate(query.now)
    rows = ImprovementRule.objects.select_related("cause", "organisation").order_by("id")
    return among([_row(rule, today) for rule in rows], query)


def _row(rule: ImprovementRule, today: date) -> CodeRow:
    unit = rule.organisation
    return CodeRow(
        key=str(rule.pk),
        names={"": rule_words(rule)},
        cells={
            "cause": from_names(rule.cause.names, rule.cause.key) if rule.cause else _("any"),
            "unit": from_names(unit.names, unit.name) if unit else _("each unit"),
            "from": rule.valid_from.isoformat(),
        },
        is_active=rule.valid_until is None or rule.valid_until > today,
        source=_("the company") if rule.created_by_id else _("the product"),
        record_id=rule.pk,
        more=((_("In use until before"), rule.valid_until or ""),),
    )


def _add_fields(actor: Actor, row: CodeRow | None, day: date) -> tuple[CodeField, ...]:
    del row
    units = units_among(actor.organisations(RULES), language=translation.get_language() or "en")
    causes = [choice for _group, of in cause_choices(day=day) for choice in of]
    return (
        CodeField(
            "kind", gettext_lazy("Kind"), "choice", choices=tuple(ImprovementRule.Kind.choices)
        ),
        CodeField(
            "cause",
            gettext_lazy("Cause"),
            "choice",
            choices=(("", gettext_lazy("any")), *causes),
            is_required=False,
        ),
        CodeField(
            "unit",
            gettext_lazy("Unit"),
            "choice",
            choices=(
                ("", gettext_lazy("each unit")),
                *((str(each.unit_id), "\u2003" * each.depth + each.name) for each in units),
            ),
            is_required=False,
        ),
        CodeField("days", gettext_lazy("Within days"), initial="30", max_length=3),
        CodeField("least", gettext_lazy("At least so many cases"), initial="5", max_length=5),
        CodeField(
            "false_alarm",
            gettext_lazy("By chance once in so many looks"),
            initial="1000",
            is_required=False,
            max_length=7,
            hint=gettext_lazy("Only for “more than usual”; 20 or more."),
        ),
        CodeField("valid_from", gettext_lazy("From the day"), "date", initial=day),
    )


def _whole(values: Values, key: str, least: int, most: int) -> int:
    text = str(values[key] or "")
    if not text.isdecimal() or not least <= int(text) <= most:
        words = _("A whole number from %(least)s to %(most)s.")
        raise CodeRefused(words % {"least": least, "most": most}, key)
    return int(text)


def _add(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    del now, row_key
    cause = cause_by_key(values["cause"]) if values["cause"] else None
    is_unusual = values["kind"] == ImprovementRule.Kind.UNUSUAL
    add_rule(
        kind=values["kind"],
        cause_id=cause.pk if cause else None,
        organisation_id=int(values["unit"]) if values["unit"] else None,
        days=_whole(values, "days", 1, 365),
        least=_whole(values, "least", 2, 99_999),
        false_alarm=_whole(values, "false_alarm", 20, 1_000_000) if is_unusual else None,
        valid_from=values["valid_from"],
        actor=actor,
    )
    return _("The rule holds from that day on.")


def _end_fields(actor: Actor, row: CodeRow | None, day: date) -> tuple[CodeField, ...]:
    del actor, row
    return (CodeField("valid_until", gettext_lazy("Not used from the day"), "date", initial=day),)


def _end(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    del now
    end_rule(rule_id=int(row_key), valid_until=values["valid_until"], actor=actor)
    return _("The rule ends on that day.")


CODE_TABLES = (
    CodeTable(
        key="feedback.improvement_rules",
        label=gettext_lazy("Rules for improvements"),
        about=gettext_lazy("When a cause opens an improvement by itself; looked at every hour."),
        group=gettext_lazy("Cases"),
        permission=RULES,
        columns=(
            CodeColumn("cause", gettext_lazy("Cause")),
            CodeColumn("unit", gettext_lazy("Unit")),
            CodeColumn("from", gettext_lazy("In use from"), "code"),
        ),
        load=_load,
        order=97,
        audit_table="feedback_improvementrule",
        actions=(
            CodeAction(
                "add", gettext_lazy("Add a rule"), "plus", RULES, _add_fields, _add,
                on_row=False, whole_company=True,
            ),
            CodeAction(
                "end", gettext_lazy("End its use"), "x", RULES, _end_fields, _end,
                offered=lambda _actor, row: row.is_active, whole_company=True,
            ),
        ),
    ),
)  # fmt: skip
