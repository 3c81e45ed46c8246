"""Runs of bills, reckoned and issued by a worker."""

from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from qiao.billing.events import BillsIssued
from qiao.billing.operations import (
    AccountMissing,
    account_files,
    balance_files,
    closing,
    lock_accounts,
    run_jobs,
    runs,
)
from qiao.billing.operations.feeds import deliveries
from qiao.billing.operations.feeds.keeping import CHECK_TASK, DELIVERIES, TAKE_TASK
from qiao.billing.operations.feeds.placing import place_rows
from qiao.billing.operations.figures import fold_figures
from qiao.billing.operations.invoices import ISSUED, want_by_itself
from qiao.billing.operations.settling import settle
from qiao.billing.operations.summaries import collect_bills
from qiao.billing.operations.telling import tell_bills
from qiao.billing.operations.telling_summaries import tell_summaries
from qiao.cases.events import DisputeEnded
from qiao.core.actor import Actor
from qiao.core.background import QUEUE
from qiao.core.events import Envelope
from qiao.core.tasks import PATIENT, PeriodicJob
from qiao.core.transactions import acting
from qiao.staff.queries import actor_by_id


def _actor(staff_id: int) -> Actor:
    """Who asked, with the rights of today."""
    return actor_by_id(staff_id, day=timezone.localdate())


@app.task(name=runs.RECKON_TASK, queue=QUEUE, retry=PATIENT)
def reckon_run(*, run_id: int, staff_id: int) -> None:
    """Reckon what is left of a run."""
    run_jobs.reckon_run(run_id=run_id, actor=_actor(staff_id))


@app.task(name=runs.ISSUE_TASK, queue=QUEUE, retry=PATIENT)
def issue_run(*, run_id: int, staff_id: int) -> None:
    """Issue what is left of a run."""
    run_jobs.issue_run(run_id=run_id, actor=_actor(staff_id), now=timezone.now())


@app.task(name=CHECK_TASK, queue=QUEUE, retry=PATIENT)
def check_delivery(*, delivery_id: int, staff_id: int) -> None:
    """Read a file of a feed as it would be taken in."""
    DELIVERIES.run_check(actor=_actor(staff_id), file_id=delivery_id, now=timezone.now())


@app.task(name=TAKE_TASK, queue=QUEUE, retry=PATIENT)
def take_delivery(*, delivery_id: int, staff_id: int) -> None:
    """Take in what a feed delivered."""
    del staff_id
    deliveries.run_take(delivery_id=delivery_id, now=timezone.now())


@app.task(name=account_files.CHECK_TASK, queue=QUEUE, retry=PATIENT)
def check_accounts(*, file_id: int, staff_id: int) -> None:
    """Read a file of accounts as it would be taken in."""
    account_files.ACCOUNTS.run_check(actor=_actor(staff_id), file_id=file_id, now=timezone.now())


@app.task(name=account_files.TAKE_TASK, queue=QUEUE, retry=PATIENT)
def take_accounts(*, file_id: int, staff_id: int) -> None:
    """Begin to bill what is left of a file of accounts."""
    account_files.ACCOUNTS.run(actor=_actor(staff_id), file_id=file_id, now=timezone.now())


@app.task(name=balance_files.CHECK_TASK, queue=QUEUE, retry=PATIENT)
def check_balances(*, file_id: int, staff_id: int) -> None:
    """Read a file of balances as it would be taken over."""
    balance_files.BALANCES.run_check(actor=_actor(staff_id), file_id=file_id, now=timezone.now())


@app.task(name=balance_files.TAKE_TASK, queue=QUEUE, retry=PATIENT)
def take_balances(*, file_id: int, staff_id: int) -> None:
    """Take over what is left of a file of balances."""
    balance_files.BALANCES.run(actor=_actor(staff_id), file_id=file_id, now=timezone.now())


def close_ended_accounts(now: datetime) -> None:
    """Close accounts whose last bill is issued."""
    with acting(None):
        closing.close_ended(now=now)


def sweep_accounts(now: datetime) -> None:
    """Remove files of accounts that have long belonged to nothing."""
    account_files.ACCOUNTS.sweep(now)


def sweep_balances(now: datetime) -> None:
    """Remove files of balances that have long belonged to nothing."""
    balance_files.BALANCES.sweep(now)


def sweep_deliveries(now: datetime) -> None:
    """Remove files of feeds that have long belonged to nothing."""
    DELIVERIES.sweep(now)


def continue_runs(now: datetime) -> None:
    """Go on with runs whose worker is gone."""
    del now
    with acting(None):
        runs.continue_runs()


def on_bills_issued(*, event: BillsIssued, envelope: Envelope) -> None:
    """Their invoices are wanted, where the unit has it so. Those of customers who have them
    collected come into the summary of their day; of the others their customers are told, all in
    one statement."""
    # First, since it holds accounts: who takes a bill back holds its account before its summary.
    issued = {envelope.organisation_id: event.bill_ids}
    want_by_itself(issued, when=ISSUED, now=envelope.occurred_at)
    collect_bills(bill_ids=event.bill_ids, now=envelope.occurred_at)
    tell_bills(bill_ids=event.bill_ids, now=envelope.occurred_at)


def on_dispute_ended(*, event: DisputeEnded, envelope: Envelope) -> None:
    """What was paid ahead pays what was disputed until then."""
    try:
        accounts = lock_accounts([event.account_id])
    except AccountMissing:  # it is not billed here
        return
    settle(
        accounts,
        booked_date=timezone.localdate(envelope.occurred_at),
        cause=f"dispute:{event.dispute_id}",
        actor=None,
        now=envelope.occurred_at,
    )


def tell_of_summaries(now: datetime) -> None:
    """Tell customers of summaries that have grown."""
    with acting(None):
        tell_summaries(now=now)


def place_fed_rows(now: datetime) -> None:
    """Give rows that other systems told long ago their unit."""
    del now
    with acting(None):
        place_rows()


def fold_kept_figures(now: datetime) -> None:
    """Fold what changed in the kept figures of money."""
    del now
    with acting(None):
        fold_figures()


PERIODIC = (
    PeriodicJob("billing.continue_runs", "* * * * *", continue_runs),
    PeriodicJob("billing.tell_summaries", "* * * * *", tell_of_summaries),
    PeriodicJob("billing.place_fed_rows", "* * * * *", place_fed_rows),
    PeriodicJob("billing.fold_figures", "* * * * *", fold_kept_figures),
    PeriodicJob("billing.close_ended_accounts", "7 * * * *", close_ended_accounts),
    PeriodicJob("billing.sweep_deliveries", "53 19 * * *", sweep_deliveries),
    PeriodicJob("billing.sweep_accounts", "55 19 * * *", sweep_accounts),
    PeriodicJob("billing.sweep_balances", "57 19 * * *", sweep_balances),
)
