"""A run of bills, step by step: begun, reckoned, looked at, issued.

Reckoning and issuing are jobs that go on where they stood, batch by batch; what was decided of an
account counts only while its bill would still say the same.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from qiao.billing.models import BillRun, ClosedDay, RunAccount
from qiao.billing.operations.posting import DayClosed
from qiao.billing.queries.due import DUE, ELSEWHERE, due_now, due_terms
from qiao.billing.queries.runs import ISSUE
from qiao.billing.queries.units import units_asked
from qiao.core import background
from qiao.core.actor import Actor
from qiao.core.numbering import next_number
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.staff.queries.places import subtrees

PREFIX: Final = "CP"  # 出账批次
RECKON_TASK, ISSUE_TASK = "billing.reckon_run", "billing.issue_run"
NOTE_LENGTH: Final = 300
UNDECIDED: Final = "undecided"
"""Nobody had decided of it when the others were issued."""
State, Of = BillRun.State, RunAccount.State
WORKING: Final = (State.RECKONING, State.ISSUING)


class NothingDue(Exception):  # noqa: N818 - a refusal, not a fault
    """No account is due; `elsewhere` many would be, but are in another run that is under way."""

    def __init__(self, elsewhere: int) -> None:
        super().__init__(f"{elsewhere} accounts are in other runs")
        self.elsewhere = elsewhere


class RunMovedOn(Exception):  # noqa: N818 - a refusal, not a fault
    """Somebody went on with the run meanwhile."""


class TooEarly(Exception):  # noqa: N818 - a refusal, not a fault
    """Bills are issued when their days are over, not before; `day` is the first that may be."""

    def __init__(self, day: date) -> None:
        super().__init__(day.isoformat())
        self.day = day


@dataclass(frozen=True, slots=True)
class NewRun:
    """What is to be billed: a unit with all below it, or one of its reading routes, up to a day
    (the first that is not billed), issued on a day, due `due_days` later."""

    organisation_id: int
    until: date
    issued_date: date
    due_days: int
    route_id: int | None = None


_BEGIN: Final = f"""
INSERT INTO billing_runaccount (run_id, account_id, state, code, findings, unit, is_estimated,
                                minor, note)
SELECT %(run)s, a.account_id, 'due', '', '[]', '', false, 0, ''
{DUE} AND a.currency = %(currency)s AND NOT {ELSEWHERE}
 ORDER BY a.account_id
ON CONFLICT DO NOTHING
"""


def begin_run(new: NewRun, *, actor: Actor, now: datetime) -> BillRun:
    """Note all accounts that are due, once; they are reckoned by a job.

    Accounts of one currency make a run: that of the most. Raises `TooEarly`, `NothingDue`,
    `Forbidden`.
    """
    required()
    actor.require(ISSUE, new.organisation_id)
    if new.issued_date < new.until:
        raise TooEarly(new.until)
    units = units_asked(actor, ISSUE, new.organisation_id)
    due = due_now(unit_ids=units, until=new.until, route_id=new.route_id)
    if due.currency is None:
        raise NothingDue(due.elsewhere)
    run = BillRun.objects.create(
        number=next_number(prefix=PREFIX, day=new.issued_date),
        organisation_id=new.organisation_id,
        route_id=new.route_id,
        currency=due.currency,
        until=new.until,
        issued_date=new.issued_date,
        due_days=new.due_days,
        elsewhere_count=due.elsewhere,
        created_at=now,
        created_by_id=actor.person_id,
    )
    terms = due_terms(unit_ids=units, until=new.until, route_id=new.route_id)
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, {**terms, "run": run.pk, "currency": run.currency})
        run.total_count = run.due_count = cursor.rowcount
    if not run.total_count:  # another run took them at the same moment
        raise NothingDue(due.free + due.elsewhere)
    run.save(update_fields=["total_count", "due_count"])
    _defer(run, actor.person_id)
    return run


def lock_of(run_id: int) -> str:
    """The lock under which the jobs of a run go one after another."""
    return f"billing.run.{run_id}"


def locked(run_id: int) -> BillRun:
    """A run that nobody else decides of, and no batch is at work on, until this transaction
    ends."""
    _hold(run_id, "pg_advisory_xact_lock")
    return BillRun.objects.select_for_update(no_key=True).get(pk=run_id)


def held(run_id: int) -> BillRun:
    """A run as a batch of a job finds it: other batches go on beside it, who wants it `locked`
    waits until this one is over."""
    _hold(run_id, "pg_advisory_xact_lock_shared")
    return BillRun.objects.get(pk=run_id)


def _hold(run_id: int, function: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {function}(hashtextextended(%s, 0))",
            [lock_of(run_id)],
        )


def decide(
    *,
    run_id: int,
    account_ids: Collection[int] | None,
    release: bool,
    finding: str = "",
    note: str = "",
    actor: Actor,
    now: datetime,
) -> int:
    """Release bills that were to be looked at, or leave accounts out of the run; how many.

    `account_ids` None: all that wait, or all with a `finding`. Who leaves one out says why. What
    was left out may be released again, unless another run has it. Raises `RunMovedOn`, `BadText`,
    `Forbidden`.
    """
    required()
    run = locked(run_id)
    actor.require(ISSUE, run.organisation_id)
    if run.state != State.REVIEW:
        raise RunMovedOn
    said = clean(note, field="note", max_length=NOTE_LENGTH, required=not release, one_line=True)
    target = Of.READY if release else Of.ASIDE
    values: dict[str, Any] = {
        "run": run.pk,
        "states": [Of.OUTLIER, Of.ASIDE if release else Of.READY],
        "accounts": None if account_ids is None else list(account_ids),
        "finding": finding,
        "target": target,
        "note": said,
        "now": now,
        "actor": actor.person_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DECIDE, values)
        before = {state: (int(n), int(minor)) for state, n, minor in cursor.fetchall()}
    count = sum(n for n, _minor in before.values())
    for state, (n, minor) in before.items():
        _count(run, Of(state), -n, -minor)
        _count(run, target, n, minor)
    run.save(update_fields=["outlier_count", "ready_count", "aside_count", "ready_minor"])
    return count


# Without accounts: all that wait to be looked at, or those of them with a finding. What was left
# out and is in another run by now stays there.
_DECIDE: Final = f"""
WITH chosen AS MATERIALIZED (
       SELECT id, state, minor FROM billing_runaccount a
        WHERE run_id = %(run)s AND state = ANY(%(states)s)
          AND (state <> 'aside' OR NOT {ELSEWHERE})
          AND CASE WHEN %(accounts)s::bigint[] IS NULL
                   THEN state = 'outlier'
                        AND (%(finding)s = '' OR findings @> to_jsonb(ARRAY[%(finding)s]))
                   ELSE account_id = ANY(%(accounts)s::bigint[]) END
          FOR UPDATE),
     done AS (
       UPDATE billing_runaccount r
          SET state = %(target)s, note = %(note)s, code = '', decided_at = %(now)s,
              decided_by_id = %(actor)s
         FROM chosen c WHERE c.id = r.id)
SELECT state, count(*), sum(minor) FROM chosen GROUP BY state
"""  # noqa: S608 - put together from our own pieces; values are bound


def _count(run: BillRun, state: RunAccount.State, accounts: int, minor: int) -> None:
    """So many more accounts of a run are in a state, whose bills come to so much."""
    name = f"{state.value}_count"
    setattr(run, name, getattr(run, name) + accounts)
    if state == Of.READY:
        run.ready_minor += minor


def release_run(*, run_id: int, issued_date: date, actor: Actor, now: datetime) -> BillRun:
    """Have all bills issued that are ready; what nobody decided of is left out.

    Raises `RunMovedOn`, `TooEarly`, `DayClosed`, `Forbidden`.
    """
    required()
    run = locked(run_id)
    actor.require(ISSUE, run.organisation_id)
    if run.state != State.REVIEW or not run.ready_count:
        raise RunMovedOn
    if issued_date < run.until:
        raise TooEarly(run.until)
    units = subtrees([run.organisation_id]).get(run.organisation_id, ())
    if ClosedDay.objects.filter(organisation__in=units, day__gte=issued_date).exists():
        raise DayClosed(issued_date)
    RunAccount.objects.filter(run=run, state=Of.OUTLIER).update(state=Of.ASIDE, code=UNDECIDED)
    run.aside_count += run.outlier_count
    run.outlier_count = 0
    run.state, run.issued_date = State.ISSUING, issued_date
    run.released_at, run.released_by_id, run.failure = now, actor.person_id, ""
    run.save()
    _defer(run, actor.person_id)
    return run


def go_on(*, run_id: int, actor: Actor) -> None:
    """Have the job of a run begun once more whose worker is gone. Raises `RunMovedOn`,
    `Forbidden`."""
    required()
    run = locked(run_id)
    actor.require(ISSUE, run.organisation_id)
    if run.state not in WORKING or background.state_of(lock_of(run.pk)):
        raise RunMovedOn
    _defer(run, actor.person_id)


def continue_runs() -> int:
    """Have the jobs of runs begun once more whose workers are gone; how many."""
    required()
    lost = [
        run
        for run in BillRun.objects.filter(state__in=WORKING)
        if not background.state_of(lock_of(run.pk))
    ]
    for run in lost:
        _defer(run, run.released_by_id or run.created_by_id)
    return len(lost)


def _defer(run: BillRun, staff_id: int) -> None:
    task = RECKON_TASK if run.state == State.RECKONING else ISSUE_TASK
    background.defer(task, lock=lock_of(run.pk), run_id=run.pk, staff_id=staff_id)


def drop_run(*, run_id: int, actor: Actor, now: datetime) -> BillRun:
    """Give a run up before anything was issued: its accounts are free for another one. Raises
    `RunMovedOn`, `Forbidden`."""
    required()
    run = locked(run_id)
    actor.require(ISSUE, run.organisation_id)
    if run.state not in (State.RECKONING, State.REVIEW) or run.issued_count:
        raise RunMovedOn
    open_ = (Of.DUE, Of.RECKONED, Of.READY, Of.OUTLIER)
    RunAccount.objects.filter(run=run, state__in=open_).update(state=Of.ASIDE)
    run.aside_count += run.due_count + run.ready_count + run.outlier_count
    run.due_count = run.ready_count = run.outlier_count = run.ready_minor = 0
    run.state, run.finished_at = State.DROPPED, now
    run.released_at, run.released_by_id = now, actor.person_id
    run.save()
    return run
