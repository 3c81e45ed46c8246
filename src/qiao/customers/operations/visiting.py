"""Visits of customer managers: the plan, one visit ahead, and what came of it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from qiao.core.actor import Actor
from qiao.core.events import publish
from qiao.core.rules.text import clean
from qiao.customers.events import VisitClosed
from qiao.customers.models import Customer, CustomerVisit, VisitPlan
from qiao.customers.operations.access import (
    branch_of,
    local_day,
    lock_customer,
    note_last_contact,
)
from qiao.customers.operations.refusals import (
    CustomerRefusal,
    NotYet,
    ReasonMissing,
    TooEarly,
    UnknownChoice,
    WrongState,
)
from qiao.customers.queries import held_as
from qiao.customers.queries.managers import OWN, manager_of_customer, may_visit, units_of
from qiao.customers.queries.visits import visit_ahead
from qiao.customers.rules.managing import due_after, is_planned_one

AHEAD: Final = timedelta(days=400)
BACK: Final = timedelta(days=366)
TOPIC_LENGTH: Final = 200
NOTE_LENGTH: Final = 2_000
STEP_LENGTH: Final = 300


class NotTheManager(CustomerRefusal):
    """Somebody else looks after this customer."""


class NoManager(CustomerRefusal):
    """Nobody looks after this customer."""


class VisitAhead(CustomerRefusal):
    """A visit is planned already; `day` says for when."""

    def __init__(self, day: date) -> None:
        super().__init__(str(day))
        self.day = day


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a visit; `how` and `result` are of `CustomerVisit`."""

    result: str
    note: str = ""
    next_step: str = ""
    how: str = CustomerVisit.How.ON_SITE
    topic: str = ""


def set_visit_plan(
    *,
    actor: Actor,
    now: datetime,
    customer_id: int,
    every_months: int,
    due_date: date,
    purpose: str = "",
) -> VisitPlan:
    """Say how often a customer is to be visited, and by when the next time.

    Raises `UnknownChoice`, `NotYet`, `NoManager`, `NotTheManager`, `BadText`, `NotVisible`,
    `qiao.core.actor.Forbidden`.
    """
    customer, _manager_id, today = _own(actor, now, customer_id)
    if every_months not in VisitPlan.Rhythm.values:
        raise UnknownChoice(str(every_months))
    if due_date > today + AHEAD:
        raise NotYet(due_date, today + AHEAD)
    plan, _created = VisitPlan.objects.update_or_create(
        customer=customer,
        defaults={
            "every_months": every_months,
            "due_date": due_date,
            "purpose": clean(purpose, field="purpose", max_length=TOPIC_LENGTH),
            "changed_at": now,
            "changed_by_id": actor.staff_id,
        },
    )
    return plan


def plan_visit(
    *,
    actor: Actor,
    now: datetime,
    customer_id: int,
    day: date,
    topic: str,
    how: str = CustomerVisit.How.ON_SITE,
) -> CustomerVisit:
    """Plan a visit; one at a time.

    Raises `VisitAhead`, `TooEarly`, `NotYet`, `UnknownChoice`, `NoManager`, `NotTheManager`,
    `BadText`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    customer, manager_id, today = _own(actor, now, customer_id)
    _check_ahead(day, today)
    _check_how(how)
    ahead = visit_ahead(customer_id=customer.pk)
    if ahead is not None:
        raise VisitAhead(ahead.date)
    return CustomerVisit.objects.create(
        customer=customer,
        manager_id=manager_id,
        date=day,
        first_date=day,
        topic=clean(topic, field="topic", max_length=TOPIC_LENGTH, one_line=True, required=True),
        how=how,
        made_at=now,
        made_by_id=actor.staff_id,
    )


def record_visit(
    *, actor: Actor, now: datetime, customer_id: int, day: date, told: Told
) -> CustomerVisit:
    """Write down a visit: the one planned, or one that nobody had planned.

    It is the planned one from `rules.managing.EARLY_DAYS` before its day on; an older visit
    entered late leaves that one planned. If somebody was met, the plan's next due day moves on,
    never back, unless a later visit is known already; and it is the customer's latest contact if
    none came after it.
    Raises
    `NotYet`, `TooEarly`, `UnknownChoice`, `NoManager`, `NotTheManager`, `BadText`, `NotVisible`,
    `qiao.core.actor.Forbidden`.
    """
    customer, manager_id, today = _own(actor, now, customer_id)
    if day > today:
        raise NotYet(day, today)
    if day < today - BACK:
        raise TooEarly(today - BACK)
    if told.result not in CustomerVisit.Result.values:
        raise UnknownChoice(told.result)
    _check_how(told.how)
    ahead = visit_ahead(customer_id=customer.pk)
    if ahead is None or not is_planned_one(day, ahead.date):
        ahead = None
    visit = ahead or CustomerVisit(
        customer=customer, first_date=day, made_at=now, made_by_id=actor.staff_id
    )
    topic = clean(told.topic, field="topic", max_length=TOPIC_LENGTH, one_line=True)
    visit.topic = topic or visit.topic or str(CustomerVisit.How(told.how).label)
    visit.manager_id, visit.date, visit.how = manager_id, day, told.how
    visit.state, visit.result, visit.closed_at = CustomerVisit.State.DONE, told.result, now
    visit.note = clean(told.note, field="note", max_length=NOTE_LENGTH)
    visit.next_step = clean(told.next_step, field="next_step", max_length=STEP_LENGTH)
    visit.save()
    if told.result != CustomerVisit.Result.ABSENT:
        if not _met_later(customer.pk, day):
            _move_on(customer.pk, day)
        note_last_contact(
            customer_id=customer.pk,
            at=now - (today - day),
            channel="phone" if told.how == CustomerVisit.How.PHONE else "visit",
            subject=visit.topic,
        )
    _tell(actor, now, visit)
    return visit


def move_visit(
    *, actor: Actor, now: datetime, customer_id: int, day: date, reason: str
) -> CustomerVisit:
    """Put the planned visit on another day, with the reason.

    Raises `WrongState` if none is planned, `ReasonMissing`, `TooEarly`, `NotYet`, `NoManager`,
    `NotTheManager`, `BadText`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    customer, _manager_id, today = _own(actor, now, customer_id)
    _check_ahead(day, today)
    visit = _planned(customer.pk)
    visit.date, visit.reason = day, _reason(reason)
    visit.save(update_fields=["date", "reason"])
    return visit


def skip_visit(*, actor: Actor, now: datetime, customer_id: int, reason: str) -> CustomerVisit:
    """Leave the planned visit out, with the reason; the plan's next due day moves on, never back.

    Raises `WrongState` if none is planned, `ReasonMissing`, `NoManager`, `NotTheManager`,
    `BadText`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    customer, _manager_id, _today = _own(actor, now, customer_id)
    visit = _planned(customer.pk)
    visit.state, visit.reason, visit.closed_at = CustomerVisit.State.SKIPPED, _reason(reason), now
    visit.save(update_fields=["state", "reason", "closed_at"])
    _move_on(customer.pk, visit.date)
    _tell(actor, now, visit)
    return visit


def _own(actor: Actor, now: datetime, customer_id: int) -> tuple[Customer, int, date]:
    """The customer, locked, who looks after them, and today. Who assigns may stand in."""
    customer = lock_customer(actor=actor, customer_id=customer_id, permission=OWN)
    today = local_day(organisation_id=actor.organisation_id, now=now)
    manager = manager_of_customer(customer_id=customer.pk, day=today)
    if manager is None:
        raise NoManager(str(customer.pk))
    units = units_of(customer_id=customer.pk)
    if not may_visit(actor=actor, manager_id=manager.staff_id, units=units):
        raise NotTheManager(manager.name)
    return customer, manager.staff_id, today


def _planned(customer_id: int) -> CustomerVisit:
    found = visit_ahead(customer_id=customer_id)
    if found is None:
        raise WrongState(f"no visit to {customer_id} is planned")
    return found


def _met_later(customer_id: int, day: date) -> bool:
    done = CustomerVisit.objects.filter(
        customer_id__in=held_as(customer_id), state=CustomerVisit.State.DONE, date__gt=day
    )
    return done.exclude(result=CustomerVisit.Result.ABSENT).exists()


def _move_on(customer_id: int, day: date) -> None:
    """Let the next visit be due a rhythm after `day`; never sooner than it is."""
    for plan in VisitPlan.objects.filter(customer_id__in=held_as(customer_id)):
        due = max(plan.due_date, due_after(day, plan.every_months))
        VisitPlan.objects.filter(pk=plan.pk).update(due_date=due)


def _check_ahead(day: date, today: date) -> None:
    if day < today:
        raise TooEarly(today)
    if day > today + AHEAD:
        raise NotYet(day, today + AHEAD)


def _check_how(how: str) -> None:
    if how not in CustomerVisit.How.values:
        raise UnknownChoice(how)


def _reason(reason: str) -> str:
    words = clean(reason, field="reason", max_length=STEP_LENGTH)
    if not words:
        raise ReasonMissing
    return words


def _tell(actor: Actor, now: datetime, visit: CustomerVisit) -> None:
    publish(
        VisitClosed(visit.pk, visit.customer_id, visit.state),
        organisation_id=branch_of(actor=actor, customer_id=visit.customer_id, permission=OWN),
        actor=actor,
        now=now,
    )
