"""What the clock, changed rules and the end of a case do to complaints."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from qiao.cases import operations
from qiao.cases.events import CaseClosed, RiskRulesChanged
from qiao.cases.operations.complaint_rules import begin_risk_rules
from qiao.core import events
from qiao.core.transactions import acting


def pass_on(now: datetime) -> None:
    """Hand on alarms that nobody acknowledged in time."""
    with acting(None):
        operations.pass_on_alarms(now=now)


def begin_rules(now: datetime) -> None:
    """Take up rules of risk whose day has come."""
    with acting(None):
        begin_risk_rules(now=now)


def on_rules_changed(*, event: RiskRulesChanged, envelope: Any) -> None:
    """Weigh a batch of open cases anew; the next batch is a job of its own."""
    now = timezone.now()
    after = operations.reweigh_open(rule_id=event.rule_id, after=event.after_id, now=now)
    if after is not None:
        events.publish(
            RiskRulesChanged(event.rule_id, after),
            organisation_id=envelope.organisation_id,
            actor=None,
            now=now,
        )


def on_case_closed(*, event: CaseClosed, envelope: Any) -> None:
    """End what was disputed with the case; let the outlet read what was found."""
    now = envelope.occurred_at
    operations.end_with_case(case_id=event.case_id, now=now)
    operations.give_finding(case_id=event.case_id, now=now)


def draw_digests(now: datetime) -> None:
    """Draw the digests whose hour has come."""
    with acting(None):
        operations.draw_due(now=now)
