"""What is heard of cases: a remark that ended was answered."""

from qiao.cases.events import CaseClosed
from qiao.core.events import Envelope
from qiao.rollout.operations.remarks import tell_answered


def on_case_closed(*, event: CaseClosed, envelope: Envelope) -> None:
    """Tell who said something that it was answered."""
    tell_answered(case_id=event.case_id, now=envelope.occurred_at)
