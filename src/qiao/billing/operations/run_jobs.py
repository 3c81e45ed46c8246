"""The jobs of a run of bills: reckoning and issuing in batches; each goes on where it stood."""
# ruff: noqa: S608 - statements are put together from our own pieces; values are bound

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.db.models import F

from qiao.billing.models import BillRun, RunAccount, TariffVersion
from qiao.billing.operations.posting import DayClosed
from qiao.billing.operations.rating import RatedBill
from qiao.billing.operations.running import reckon_bills, run_bills
from qiao.billing.operations.runs import Of, State, held, locked
from qiao.billing.queries.parties import BEGUN, WITH_DAYS
from qiao.billing.queries.review_limits import limits_for
from qiao.billing.rules.bills.reviewing import Neighbours, Reckoned, findings
from qiao.core.actor import Actor
from qiao.core.memory import uncollected
from qiao.core.side_by_side import side_by_side
from qiao.core.transactions import acting

BATCH: Final = 500
AT_ONCE: Final = 2  # batches: the database works on one, the processor on the other
JUDGED: Final = 5_000
PAST_DAYS: Final = 400


def reckon_run(*, run_id: int, actor: Actor) -> None:
    """The job: reckon what is left of a run, then say which bills somebody looks at."""

    def batch() -> bool:
        with acting(actor), uncollected():
            run = held(run_id)
            return run.state == State.RECKONING and bool(_reckon_some(run))

    side_by_side(batch, workers=AT_ONCE)
    neighbours: dict[int | None, Neighbours] = {}
    while True:
        with acting(actor):
            run = locked(run_id)
            if run.state != State.RECKONING:
                return
            neighbours = neighbours or _neighbours(run)
            if not _judge_some(run, neighbours):
                run.state = State.REVIEW
                run.save(update_fields=["state"])
                return


def _some(run: BillRun, state: str, limit: int) -> list[RunAccount]:
    """Accounts that wait, and that no other batch is at; they are this one's."""
    rows = RunAccount.objects.filter(run=run, state=state).order_by("account")
    return list(rows.select_for_update(no_key=True, skip_locked=True)[:limit])


def _count(run: BillRun, **more: int) -> None:
    """So many more, at the end of a batch: others wait for this row until it is over."""
    changed = {name: F(name) + by for name, by in more.items()}
    BillRun.objects.filter(pk=run.pk).update(**changed)


_RECKONED: Final = """
UPDATE billing_runaccount r
   SET state = w.state, code = w.code, days = w.days, usage = w.usage, unit = w.unit,
       usual = w.usual, tariff_id = w.tariff_id,
       is_estimated = w.is_estimated, minor = w.minor
  FROM unnest(%(id)s::bigint[], %(state)s::text[], %(code)s::text[], %(days)s::int[],
              %(usage)s::numeric[], %(unit)s::text[], %(usual)s::numeric[],
              %(tariff_id)s::bigint[], %(is_estimated)s::boolean[], %(minor)s::bigint[])
       AS w (id, state, code, days, usage, unit, usual, tariff_id, is_estimated, minor)
 WHERE r.id = w.id
"""
# The middle of what an account's own bills of the last year say: one strange bill moves it little.
_PAST: Final = f"""
SELECT w.id, b.usual
  FROM unnest(%(ids)s::bigint[]) AS w (id)
  JOIN billing_billingaccount a ON a.account_id = w.id
 CROSS JOIN LATERAL (
      SELECT round(percentile_cont(0.5) WITHIN GROUP (
                     ORDER BY l.usage / (l.end_date - l.start_date))::numeric, 6) AS usual
        FROM (SELECT * FROM billing_bill x
               WHERE x.account_id = w.id AND x.state = 'issued' AND x.usage IS NOT NULL
                 AND x.end_date > %(until)s::date - %(past)s::int
                 AND x.end_date > {BEGUN.format(account="w.id", day="a.billed_until")}
               ORDER BY x.end_date DESC OFFSET 0) l) b
"""


def _reckon_some(run: BillRun) -> int:
    rows = _some(run, Of.DUE, BATCH)
    if not rows:
        return 0
    by_account = {row.account_id: row for row in rows}
    found = reckon_bills(
        account_ids=list(by_account),
        until=run.until,
        issued_date=run.issued_date,
        due_days=run.due_days,
    )
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"ids": list(by_account), "until": run.until, "past": PAST_DAYS}
        cursor.execute(_PAST, values)
        usual = dict(cursor.fetchall())
    tariffs = _tariffs(found.rated)
    told = [
        _told(by_account[each.bill.account_id].pk, each, usual, tariffs) for each in found.rated
    ]
    told += [
        {**_HELD, "id": by_account[account].pk, "code": code}
        for account, code in found.held.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(_RECKONED, {key: [each[key] for each in told] for key in told[0]})
    if found.held:
        _count(run, due_count=-len(found.held), held_count=len(found.held))
    return len(rows)


_HELD: Final[Mapping[str, Any]] = {
    "state": Of.HELD.value,
    "days": None,
    "usage": None,
    "unit": "",
    "usual": None,
    "tariff_id": None,
    "is_estimated": False,
    "minor": 0,
}


def _told(
    pk: int,
    rated: RatedBill,
    usual: Mapping[int, Decimal | None],
    tariffs: Mapping[str, int],
) -> dict[str, Any]:
    period = rated.bill.period
    last = rated.parts[-1] if rated.parts else None
    return {
        "id": pk,
        "state": Of.RECKONED.value,
        "code": "",
        "days": ((period.end or period.start) - period.start).days,
        "usage": rated.usage,
        "unit": rated.unit,
        "usual": usual.get(rated.bill.account_id),
        "tariff_id": tariffs[last.part.version] if last else None,
        "is_estimated": rated.bill.is_estimated,
        "minor": rated.minor,
    }


def _tariffs(rated: Iterable[RatedBill]) -> dict[str, int]:
    versions = {each.parts[-1].part.version for each in rated if each.parts}
    rows = TariffVersion.objects.filter(pk__in=[int(version) for version in versions])
    return {str(pk): tariff for pk, tariff in rows.values_list("pk", "tariff_id")}


_NEIGHBOURS: Final = """
SELECT tariff_id, count(*) FILTER (WHERE usual > 0),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY usage / days / usual) FILTER (WHERE usual > 0),
       count(*), percentile_cont(0.9) WITHIN GROUP (ORDER BY usage / days)
  FROM billing_runaccount
 WHERE run_id = %s AND state <> 'held' AND usage IS NOT NULL
 GROUP BY tariff_id
"""


def _neighbours(run: BillRun) -> dict[int | None, Neighbours]:
    with connection.cursor() as cursor:
        cursor.execute(_NEIGHBOURS, [run.pk])
        rows = cursor.fetchall()
    found: dict[int | None, Neighbours] = defaultdict(Neighbours)
    for tariff_id, with_past, ratio, count, high in rows:
        found[tariff_id] = Neighbours(
            with_past=with_past,
            ratio=Decimal(str(ratio)) if ratio is not None else Decimal(1),
            count=count,
            high=Decimal(str(high)) if high is not None else None,
        )
    return found


# How many of the latest bills rest on estimates one after another, and whether there is any.
_STREAKS: Final = f"""
SELECT w.id, w.account_id, a.months, b.before, b.streak
  FROM unnest(%(ids)s::bigint[], %(accounts)s::bigint[]) AS w (id, account_id)
  JOIN billing_billingaccount a ON a.account_id = w.account_id
 CROSS JOIN LATERAL (
      SELECT count(*) AS before,
             coalesce(min(l.place) FILTER (WHERE NOT l.is_estimated) - 1, count(*)) AS streak
        FROM (SELECT x.is_estimated, row_number() OVER (ORDER BY x.end_date DESC) AS place
                FROM billing_bill x WHERE x.account_id = w.account_id AND x.state = 'issued'
                 AND x.end_date > {BEGUN.format(account="w.account_id", day="a.billed_until")}
                 AND {WITH_DAYS.format(bill="x")}
               ORDER BY x.end_date DESC LIMIT 12) l) b
"""
_JUDGED: Final = """
UPDATE billing_runaccount r SET state = w.state, findings = w.findings
  FROM unnest(%s::bigint[], %s::text[], %s::jsonb[]) AS w (id, state, findings)
 WHERE r.id = w.id
"""


def _judge_some(run: BillRun, neighbours: Mapping[int | None, Neighbours]) -> int:
    rows = _some(run, Of.RECKONED, JUDGED)
    if not rows:
        return 0
    limits = limits_for(organisation_id=run.organisation_id, day=run.issued_date)
    with connection.cursor() as cursor:
        values = {"ids": [row.pk for row in rows], "accounts": [row.account_id for row in rows]}
        cursor.execute(_STREAKS, values)
        before = {pk: (months, count, streak) for pk, _a, months, count, streak in cursor}
    states, codes, ready_minor = [], [], 0
    for row in rows:
        months, count, streak = before[row.pk]
        codes.append(
            findings(
                Reckoned(
                    days=row.days or 1,
                    usage=row.usage,
                    usual=row.usual,
                    minor=row.minor,
                    months=months,
                    estimates=streak + 1 if row.is_estimated else 0,
                    is_first=not count,
                ),
                neighbours.get(row.tariff_id, Neighbours()),
                limits,
            )
        )
        states.append(Of.OUTLIER if codes[-1] else Of.READY)
        ready_minor += 0 if codes[-1] else row.minor
    with connection.cursor() as cursor:
        texts = ["[" + ", ".join(f'"{code}"' for code in each) + "]" for each in codes]
        cursor.execute(_JUDGED, [values["ids"], [str(state) for state in states], texts])
    ready = states.count(Of.READY)
    _count(
        run,
        due_count=-len(rows),
        ready_count=ready,
        outlier_count=len(rows) - ready,
        ready_minor=ready_minor,
    )
    return len(rows)


def issue_run(*, run_id: int, actor: Actor, now: datetime) -> None:
    """The job: issue what is left of a run, batch by batch."""

    def batch() -> bool:
        with acting(actor), uncollected():
            run = held(run_id)
            return run.state == State.ISSUING and bool(_issue_some(run, actor, now))

    try:
        side_by_side(batch, workers=AT_ONCE)
        with acting(actor):
            run = locked(run_id)
            if run.state == State.ISSUING:
                run.state, run.finished_at = State.ISSUED, now
                run.save(update_fields=["state", "finished_at"])
    except DayClosed as closed:  # while this was under way
        with acting(actor):
            BillRun.objects.filter(pk=run_id, state=State.ISSUING).update(
                state=State.REVIEW, failure=f"day_closed {closed.day.isoformat()}"
            )


_ISSUED: Final = """
UPDATE billing_runaccount r SET state = w.state, code = w.code, bill_id = w.bill_id
  FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[]) AS w (id, state, code, bill_id)
 WHERE r.id = w.id
"""


def _issue_some(run: BillRun, actor: Actor, now: datetime) -> int:
    rows = _some(run, Of.READY, BATCH)
    if not rows:
        return 0
    result = run_bills(
        account_ids=[row.account_id for row in rows],
        until=run.until,
        issued_date=run.issued_date,
        due_days=run.due_days,
        actor=actor,
        now=now,
        expected={row.account_id: row.minor for row in rows},
    )
    bills = [result.bills.get(row.account_id) for row in rows]
    states = [Of.HELD.value if bill is None else Of.ISSUED.value for bill in bills]
    codes = [result.held.get(row.account_id, "") for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(_ISSUED, [[row.pk for row in rows], states, codes, bills])
    issued = [row for row, bill in zip(rows, bills, strict=True) if bill is not None]
    _count(
        run,
        ready_count=-len(rows),
        issued_count=len(issued),
        held_count=len(rows) - len(issued),
        ready_minor=-sum(row.minor for row in rows),
        issued_minor=sum(row.minor for row in issued),
    )
    return len(rows)
