"""Causes that pass their threshold open an improvement by themselves, once."""

from datetime import date, datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from qiao.cases.queries.cause_choices import causes_by_id
from qiao.cases.queries.cause_figures import counts_by_unit
from qiao.core.actor import Actor
from qiao.core.transactions import required
from qiao.core.wording import from_names
from qiao.feedback.models import Improvement, ImprovementRule
from qiao.feedback.operations.improvements import (
    WORK,
    Finding,
    ImprovementRefused,
    measure,
    open_improvement,
)
from qiao.feedback.queries.improvements import busy_causes, rules_on
from qiao.feedback.rules.improvements import USUAL_DAYS, Period, Threshold, is_crossed
from qiao.staff.queries import chain_of, company_id, holders_of, local_days, organisation

REST_DAYS: Final = 30
"""After one ended its cause is left alone so long: the cases that led to it are still in sight."""


def watch_causes(*, now: datetime) -> list[Improvement]:
    """Measure improvements whose time has come; open one for every cause above a threshold.

    Run again it does nothing: a cause in a unit, or in one above it, has one open improvement at
    most, and rests after it.
    """
    required()
    today = local_days(now)[company_id()]
    _measure_due(today, now)
    opened: list[Improvement] = []
    for rule in rules_on(day=today):
        opened += _watch(rule, today, now)
    return opened


def _measure_due(today: date, now: datetime) -> None:
    due = Improvement.objects.filter(state=Improvement.State.MEASURING, after_to__lt=today)
    for pk in due.order_by("id").values_list("id", flat=True):
        try:
            measure(improvement_id=pk, actor=None, now=now)
        except ImprovementRefused:
            continue  # its own zone has another day, or no accounts are left: a person decides


def _watch(rule: ImprovementRule, today: date, now: datetime) -> list[Improvement]:
    period = Period(today - timedelta(days=rule.days - 1), today)
    since = period.start - timedelta(days=USUAL_DAYS)
    counts = counts_by_unit(since=since, recent=period.start, until=today)
    busy = busy_causes(rested_since=now - timedelta(days=REST_DAYS))
    threshold = Threshold(rule.kind, rule.days, rule.least, rule.false_alarm)
    opened = []
    for (cause_id, unit), (count, usual) in sorted(counts.items()):
        chain = chain_of(unit)
        taken = any((cause_id, above) in busy for above in chain)
        if taken or not _is_meant(rule, cause_id, chain):
            continue
        if is_crossed(threshold, count=count, usual=usual, usual_days=USUAL_DAYS):
            row = _open(rule, cause_id, unit, period, (count, usual), now)
            opened += [row] if row else []
    return opened


def _is_meant(rule: ImprovementRule, cause_id: int, chain: tuple[int, ...]) -> bool:
    in_cause = rule.cause_id is None or rule.cause_id == cause_id
    return in_cause and (rule.organisation_id is None or rule.organisation_id in chain)


def _open(
    rule: ImprovementRule,
    cause_id: int,
    unit: int,
    period: Period,
    seen: tuple[int, int],
    now: datetime,
) -> Improvement | None:
    """Open one in the language of the unit; None where nobody there could own it."""
    owner = owner_for(unit, now)
    cause = causes_by_id([cause_id])[cause_id]
    if owner is None:
        return None
    with override(next(iter(organisation(unit).languages), "zh-hans")):
        words = _(
            "%(count)s cases in %(days)s days; %(usual)s in the year before. The rule: %(rule)s."
        )
        finding = Finding(
            organisation_id=unit,
            cause_key=cause.key,
            title=from_names(cause.names, cause.key),
            finding=words
            % {
                "count": seen[0],
                "days": rule.days,
                "usual": seen[1],
                "rule": rule_words(rule),
            },
            owner_id=owner,
            period=period,
            rule=rule,
        )
    return open_improvement(finding=finding, actor=None, now=now)


def rule_words(rule: ImprovementRule) -> str:
    """A rule as people read it."""
    told = {"least": rule.least, "days": rule.days, "alarm": rule.false_alarm}
    if rule.kind == ImprovementRule.Kind.COUNT:
        return _("at least %(least)s cases in %(days)s days") % told
    return (
        _(
            "at least %(least)s cases in %(days)s days, and so many more than usual"
            " that chance does it in one of %(alarm)s looks"
        )
        % told
    )


def owner_for(unit: int, now: datetime) -> int | None:
    """Who owns what a rule opens: the holder of the right nearest to the unit."""
    day = local_days(now)[unit]
    for above in chain_of(unit):
        held = holders_of(permission=WORK, organisation_ids=[above], day=day)
        if held:
            return held[0].staff_id
    return None


def add_rule(
    *,
    kind: str,
    cause_id: int | None,
    organisation_id: int | None,
    days: int,
    least: int,
    false_alarm: int | None,
    valid_from: date,
    actor: Actor,
) -> ImprovementRule:
    """A new rule from a day on. Raises `Forbidden`."""
    required()
    actor.require("improvements.rules", organisation_id or company_id())
    return ImprovementRule.objects.create(
        kind=kind,
        cause_id=cause_id,
        organisation_id=organisation_id,
        days=days,
        least=least,
        false_alarm=false_alarm if kind == ImprovementRule.Kind.UNUSUAL else None,
        valid_from=valid_from,
        created_by_id=actor.staff_id,
    )


def end_rule(*, rule_id: int, valid_until: date, actor: Actor) -> ImprovementRule:
    """A rule holds to before a day. Raises `Forbidden`."""
    required()
    rule = ImprovementRule.objects.select_for_update(of=("self",)).get(pk=rule_id)
    actor.require("improvements.rules", rule.organisation_id or company_id())
    rule.valid_until = max(valid_until, rule.valid_from)
    rule.save()
    return rule


FIRST_RULE: Final[dict[str, Any]] = {
    "kind": "unusual", "days": 30, "least": 5, "false_alarm": 1_000,
}  # fmt: skip


def install_rule(*, today: date) -> None:
    """The rule that every installation starts with, where none was ever made."""
    required()
    if not ImprovementRule.objects.exists():
        ImprovementRule.objects.create(valid_from=today, **FIRST_RULE)
