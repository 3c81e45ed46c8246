"""What happens to registers and readings because something happened to a meter or an account."""

from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from qiao.core.actor import Actor
from qiao.core.background import QUEUE
from qiao.core.events import Envelope
from qiao.core.tasks import PATIENT, PeriodicJob
from qiao.core.transactions import acting
from qiao.customers.events import (
    AccountHandedOver,
    AccountOpened,
    MeterExchanged,
    MeterExchangeUndone,
    MoveUndone,
)
from qiao.metering.operations import (
    ensure_registers,
    files,
    follow_exchange,
    follow_hand_over,
    follow_undone_exchange,
    follow_undone_hand_over,
    head_ends,
    intervals,
    lake,
    rechecking,
)
from qiao.metering.queries import point_of_account
from qiao.staff.queries import actor_by_id


def on_account_opened(*, event: AccountOpened, envelope: Envelope) -> None:
    """The meter at its service point has registers from now on."""
    point = point_of_account(event.account_id)
    if point is not None:
        ensure_registers(now=envelope.occurred_at, service_point_ids=[point])


def on_meter_exchanged(*, event: MeterExchanged, envelope: Envelope) -> None:
    """Registers of the new meter, and what stood on both."""
    follow_exchange(
        service_point_id=event.service_point_id,
        installation_id=event.installation_id,
        organisation_id=envelope.organisation_id,
        now=envelope.occurred_at,
    )


def on_exchange_undone(*, event: MeterExchangeUndone, envelope: Envelope) -> None:
    """The registers of the meter that never hung count no more."""
    follow_undone_exchange(service_point_id=event.service_point_id, now=envelope.occurred_at)


def on_account_handed_over(*, event: AccountHandedOver, envelope: Envelope) -> None:
    """Where the meter stood on the day."""
    follow_hand_over(
        move_id=event.move_id,
        organisation_id=envelope.organisation_id,
        now=envelope.occurred_at,
    )


def on_move_undone(*, event: MoveUndone, envelope: Envelope) -> None:
    """The reading of a hand-over that never was is looked at."""
    del envelope
    follow_undone_hand_over(move_id=event.move_id)


def ensure_nightly(now: datetime) -> None:
    """Registers of meters that came with files of customers."""
    with acting(None):
        ensure_registers(now=now)


def _actor(staff_id: int) -> Actor:
    """Who asked, with the rights of today."""
    return actor_by_id(staff_id, day=timezone.localdate())


@app.task(name=files.CHECK_TASK, queue=QUEUE, retry=PATIENT)
def check_file(*, file_id: int, staff_id: int) -> None:
    """Read a whole file as it would be taken in."""
    files.FILES.run_check(actor=_actor(staff_id), file_id=file_id, now=timezone.now())


@app.task(name=files.TAKE_TASK, queue=QUEUE, retry=PATIENT)
def take_file(*, file_id: int, staff_id: int) -> None:
    """Take in what is left of a file."""
    files.FILES.run(actor=_actor(staff_id), file_id=file_id, now=timezone.now())


@app.task(name=intervals.TAKE_TASK, queue=QUEUE, retry=PATIENT)
def take_intervals(*, load_id: int, staff_id: int) -> None:
    """Take in what is left of a file of interval data."""
    intervals.run_load(actor=_actor(staff_id), load_id=load_id, now=timezone.now())


@app.task(name=head_ends.TRY_TASK, queue=QUEUE, retry=PATIENT)
def try_messages(*, head_end_id: int, staff_id: int) -> None:
    """Try the messages of a head-end again that were put aside."""
    head_ends.try_messages(actor=_actor(staff_id), head_end_id=head_end_id, now=timezone.now())


def sweep(now: datetime) -> None:
    """Remove files that have long belonged to nothing."""
    files.FILES.sweep(now)
    intervals.sweep_loads(now)
    lake.sweep_lake(now)


def merge(now: datetime) -> None:
    """One file of the lake instead of many."""
    lake.merge_months(now)


def recheck(now: datetime) -> None:
    """Readings whose intervals were told after them are looked at once more."""
    rechecking.recheck_readings(now=now)


PERIODIC = (
    # The clock of the jobs is UTC: at night in China.
    PeriodicJob("metering.registers", "41 17 * * *", ensure_nightly),
    PeriodicJob("metering.sweep_files", "51 19 * * *", sweep),
    PeriodicJob("metering.recheck", "31 18 * * *", recheck),
    PeriodicJob("metering.merge_lake", "17 18 * * *", merge),
)
