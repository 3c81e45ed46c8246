"""What happens to work orders because something happened to a case."""

from django.utils.translation import gettext_noop

from qiao.cases.events import (
    CaseChanged,
    CaseClosed,
    CaseHandedPast,
    CasesHeld,
    StepEntered,
)
from qiao.cases.queries import case_of_event, is_held
from qiao.core.events import Envelope
from qiao.dispatch.operations import (
    DUTY,
    cancel_work_orders,
    create_work_order,
    follow_cases_order,
    follow_deadline,
    move_work_orders,
)

LEFT = gettext_noop("The case has left the step that waited for this work")
HELD = gettext_noop("Another case is worked on for this one")
FOLLOWED = frozenset({"assigned", "transferred"})


def on_step_entered(*, event: StepEntered, envelope: Envelope) -> None:
    """Cancel what the case no longer waits for; make an order if it waits for a crew."""
    now = envelope.occurred_at
    cancel_work_orders(case_id=event.case_id, before_seq=event.entered_seq, reason=LEFT, now=now)
    if event.duty == DUTY:
        case = case_of_event(event.case_id)
        create_work_order(case=case, entered_seq=event.entered_seq, now=now)
    follow_deadline(case_id=event.case_id)


def on_case_closed(*, event: CaseClosed, envelope: Envelope) -> None:
    """Cancel what is still open."""
    now = envelope.occurred_at
    cancel_work_orders(case_id=event.case_id, before_seq=None, reason=LEFT, now=now)


def on_case_changed(*, event: CaseChanged, envelope: Envelope) -> None:
    """Let an order know when its case is due, and go to the crew and person it was given to."""
    follow_deadline(case_id=event.case_id)
    if event.kind in FOLLOWED:
        follow_cases_order(case_id=event.case_id, now=envelope.occurred_at)


def on_cases_held(*, event: CasesHeld, envelope: Envelope) -> None:
    """Cancel what is still open: the crew works for the case that stands for these."""
    now = envelope.occurred_at
    for case_id in event.case_ids:
        if is_held(case_id):
            cancel_work_orders(case_id=case_id, before_seq=None, reason=HELD, now=now)


def on_case_handed_past(*, event: CaseHandedPast, envelope: Envelope) -> None:
    """Orders of a case that goes past somebody of the house are kept from them as well."""
    del envelope
    move_work_orders(case_id=event.case_id, organisation_id=event.organisation_id)
