"""What the clock and changed rules do to risk."""

from datetime import datetime
from typing import Any, Final

from django.utils import timezone

from qiao.cases import operations
from qiao.cases.events import RiskRulesChanged
from qiao.core.transactions import acting

MOST_ROUNDS: Final = 200


def pass_on(now: datetime) -> None:
    """Hand on alarms that nobody acknowledged in time."""
    with acting(None):
        operations.pass_on_alarms(now=now)


def on_rules_changed(*, event: RiskRulesChanged, envelope: Any) -> None:
    """Weigh open cases anew, a batch at a time, in the job's one transaction."""
    del envelope
    after: int | None = 0
    for _round in range(MOST_ROUNDS):
        after = operations.reweigh_open(
            rule_id=event.rule_id, after=after or 0, now=timezone.now()
        )
        if after is None:
            return
