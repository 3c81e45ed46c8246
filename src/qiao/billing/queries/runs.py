"""Runs of bills as people read them: the list, one run, and its accounts state by state."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import connection

from qiao.billing.models import BillRun, RunAccount
from qiao.core.actor import Actor
from qiao.customers.queries import AccountLine, account_lines
from qiao.metering.queries import RouteLine, routes_of

ISSUE: Final = "bills.issue"
PAGE: Final = 50
RUNS: Final = 30
SHOWN: Final = ("outlier", "held", "aside", "ready", "issued")


class RunMissing(LookupError):  # noqa: N818 - names the finding
    """There is no such run, or not for this reader."""


@dataclass(frozen=True, slots=True)
class RunAccountShown:
    """An account in a run with who stands for it."""

    row: RunAccount
    line: AccountLine | None

    @property
    def daily(self) -> Decimal | None:
        """Its use a day."""
        return None if self.row.usage is None else self.row.usage / (self.row.days or 1)

    @property
    def ratio(self) -> Decimal | None:
        """Its use a day as a multiple of its usual use."""
        if self.daily is None or not self.row.usual:
            return None
        return (self.daily / self.row.usual).quantize(Decimal("0.1"))


def list_runs(*, actor: Actor, before: int = 0) -> tuple[list[BillRun], int | None]:
    """Runs, the newest first, and the id before which the next page begins."""
    rows = BillRun.objects.visible_to(actor).order_by("-id")
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: RUNS + 1])
    return found[:RUNS], found[RUNS - 1].pk if len(found) > RUNS else None


def run_for(*, actor: Actor, run_id: int) -> BillRun:
    """A run of a unit in which the actor issues bills. Raises `RunMissing`."""
    run = BillRun.objects.visible_to(actor).filter(pk=run_id).first()
    if run is None:
        raise RunMissing(run_id)
    return run


def accounts_of(
    run: BillRun, *, actor: Actor, state: str, finding: str = "", after: int = 0
) -> tuple[list[RunAccountShown], int | None]:
    """Accounts of a run in a state, and the id after which the next page begins."""
    rows = RunAccount.objects.filter(run=run, state=state, account__gt=after).order_by("account")
    if finding:
        rows = rows.filter(findings__contains=[finding])
    found = list(rows.select_related("decided_by")[: PAGE + 1])
    shown = found[:PAGE]
    lines = account_lines(actor=actor, account_ids=[row.account_id for row in shown])
    by_id = {line.account_id: line for line in lines}
    return (
        [RunAccountShown(row, by_id.get(row.account_id)) for row in shown],
        shown[-1].account_id if len(found) > PAGE else None,
    )


_KINDS: Final = """
SELECT f.code, count(*) FROM billing_runaccount r
 CROSS JOIN LATERAL jsonb_array_elements_text(r.findings) AS f (code)
 WHERE r.run_id = %s AND r.state = 'outlier' GROUP BY f.code ORDER BY 2 DESC, 1
"""
_CODES: Final = """
SELECT code, count(*) FROM billing_runaccount WHERE run_id = %s AND state = 'held'
 GROUP BY code ORDER BY 2 DESC, 1
"""


def kinds_of(run: BillRun) -> list[tuple[str, int]]:
    """Why bills wait to be looked at, the most frequent first."""
    return _counts(_KINDS, run) if run.outlier_count else []


def codes_of(run: BillRun) -> list[tuple[str, int]]:
    """Why accounts are held up, the most frequent first."""
    return _counts(_CODES, run) if run.held_count else []


def _counts(sql: str, run: BillRun) -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [run.pk])
        return list(cursor.fetchall())


def routes_for(actor: Actor) -> list[RouteLine]:
    """The reading routes of the units in which the actor issues bills."""
    return routes_of(organisation_ids=actor.organisations(ISSUE))


def route_names(runs: Collection[BillRun], actor: Actor) -> dict[int, str]:
    """Routes that runs are of, by id."""
    if not any(run.route_id for run in runs):
        return {}
    return {route.route_id: route.name for route in routes_for(actor)}
