"""Bills by what meters say of accounts that are due, issued batch by batch.

A batch is one transaction. An account that was billed is no longer due, so a run that was killed
goes on where it stood and bills nobody twice.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from unicodedata import normalize

from django.db.models import Q

from qiao.billing.models import Bill, BillingAccount
from qiao.billing.operations.billing import issue_rated, lock_to_issue
from qiao.billing.operations.rating import NewBill, RatedBill, rate_bills
from qiao.billing.queries.due import hand_overs
from qiao.billing.rules.tariffs.inputs import CannotRate
from qiao.billing.rules.tariffs.model import USAGE
from qiao.billing.rules.tariffs.planning import CannotPlan, Use
from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.core.rules.periods import Period
from qiao.metering.operations import mark_many_billed
from qiao.metering.queries import DEMAND, TOTAL, UsageSegment, usage_with_obstacles

BATCH: Final = 500
BLOCKING: Final = frozenset({"exception", "backwards", "no_start", "no_closing", "no_register"})
"""What has to be decided before an account is billed; see `metering.queries.Obstacle`."""
CORRECTED_BELOW: Final = "corrected_below"
"""A correction of billed days is more than what was used since: people decide."""
NOTHING_READ: Final = "nothing_read"
CANNOT_RATE: Final = "cannot_rate"
"""Its terms do not reach over its days, or say too little for its tariff."""
NO_FINAL: Final = "no_final"
"""It was handed over, or is billed no more, from a day up to which its meter was not read."""
READ_APART: Final = "read_apart"
"""The registers of its meter were read up to different days."""
CHANGED: Final = "changed"
"""What its bill would say is not any more what was looked at."""
_POINTS: Final = """
SELECT a.id, a.service_point_id FROM customers_account a
 WHERE a.id = ANY(%(ids)s::bigint[]) AND a.service_point_id IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class RunResult:
    """The bills that were issued, by account, and why other accounts were not billed."""

    bills: Mapping[int, int]
    held: Mapping[int, str]

    @property
    def bill_ids(self) -> tuple[int, ...]:
        """Bills in the order in which they were issued."""
        return tuple(self.bills.values())


@dataclass(slots=True)
class Reckoning:
    """Bills that would be issued, rated, with the readings that each rests on by account, and
    why other accounts would not be billed."""

    rated: list[RatedBill] = field(default_factory=list)
    readings: dict[int, set[int]] = field(default_factory=dict)
    held: dict[int, str] = field(default_factory=dict)


def unbilled_accounts(
    *, organisation_ids: Collection[int], until: date, after: int = 0, limit: int = BATCH
) -> list[int]:
    """Accounts with days before `until` that no bill covers, in the order of their ids."""
    rows = BillingAccount.objects.filter(
        Q(closed_date__isnull=True) | Q(closed_date__gt=until),
        organisation__in=list(organisation_ids),
        billed_until__lt=until,
        pk__gt=after,
    )
    return list(rows.order_by("pk").values_list("pk", flat=True)[:limit])


def reckon_bills(
    *, account_ids: Collection[int], until: date, issued_date: date, due_days: int
) -> Reckoning:
    """What would be billed for what was read up to `until`: each from where its bills end to its
    last reading. Nothing is written.

    An account of which something has to be decided first is held, with a code of `BLOCKING` or of
    this module.
    """
    accounts = {row.pk: row for row in BillingAccount.objects.filter(pk__in=account_ids)}
    points = dict(fetch_all(_POINTS, {"ids": list(accounts)}))
    since = {points[pk]: row.billed_until for pk, row in accounts.items() if pk in points}
    used, obstacles = usage_with_obstacles(service_point_ids=list(since), since=since, until=until)
    stopped = {each.service_point_id: each.code for each in obstacles if each.code in BLOCKING}
    unread = {each.service_point_id for each in obstacles if each.code == "unread"}
    cuts = hand_overs(accounts, until=until)
    segments: dict[int, list[UsageSegment]] = defaultdict(list)
    for segment in used:
        segments[segment.service_point_id].append(segment)
    found = Reckoning()
    bills: list[NewBill] = []
    for pk, row in accounts.items():
        point = points.get(pk)
        if point is None or point in stopped:
            found.held[pk] = stopped[point] if point is not None else "no_register"
            continue
        cut = cuts.get(pk)
        own = [each for each in segments.get(point, ()) if cut is None or each.end_date <= cut]
        made = _bill(row, own, issued_date, due_days, cut=cut)
        if not isinstance(made, str) and point in unread:  # one of its registers, not all
            made = READ_APART
        if isinstance(made, str):
            found.held[pk] = made
            continue
        bills.append(made)
        found.readings[pk] = {
            reading
            for segment in own
            for reading in (segment.start_reading_id, segment.end_reading_id)
        }
    found.rated = list(_rated(bills, accounts, found.held))
    return found


def _rated(
    bills: Sequence[NewBill], accounts: Mapping[int, BillingAccount], held: dict[int, str]
) -> Iterable[RatedBill]:
    """Rate all; one that cannot be rated is held, and does not keep the others from it."""
    try:
        return rate_bills(bills, accounts=accounts)
    except (CannotPlan, CannotRate):
        if len(bills) == 1:
            held[bills[0].account_id] = CANNOT_RATE
            return []
    half = len(bills) // 2
    return [
        *_rated(bills[:half], accounts, held),
        *_rated(bills[half:], accounts, held),
    ]


def run_bills(
    *,
    account_ids: Sequence[int],
    until: date,
    issued_date: date,
    due_days: int,
    actor: Actor | None,
    now: datetime,
    expected: Mapping[int, int] | None = None,
    tell: bool = True,
) -> RunResult:
    """Bill accounts for what was read up to `until`, see `reckon_bills`; one that is held changes
    nothing.

    With `expected`, totals in minor units by account, one that comes to anything else is held as
    `CHANGED`. `tell` as in `issue_bills`. Raises `AccountMissing`, `DayClosed`, `Forbidden`.
    """
    accounts = lock_to_issue(account_ids, actor=actor)
    found = reckon_bills(
        account_ids=account_ids, until=until, issued_date=issued_date, due_days=due_days
    )
    rated = found.rated
    if expected is not None:
        changed = {r.bill.account_id for r in rated if r.minor != expected[r.bill.account_id]}
        found.held.update(dict.fromkeys(changed, CHANGED))
        rated = [each for each in rated if each.bill.account_id not in changed]
    ids = issue_rated(rated, accounts=accounts, actor=actor, now=now, tell=tell)
    numbers = dict(Bill.objects.filter(pk__in=ids).values_list("pk", "number"))
    bills = {each.bill.account_id: pk for pk, each in zip(ids, rated, strict=True)}
    if bills:
        marked = {numbers[pk]: found.readings[account] for account, pk in bills.items()}
        mark_many_billed(bills=marked, now=now, actor=actor)
    return RunResult(bills, found.held)


def _bill(
    account: BillingAccount,
    segments: Sequence[UsageSegment],
    issued: date,
    due_days: int,
    *,
    cut: date | None,
) -> NewBill | str:
    """What is billed of these segments, or why nothing is.

    A correction of days that were billed counts with the first days of this bill; one that is more
    than all that was used since is left to people. Up to a `cut` it is the final bill of who left.
    """
    counted = [segment for segment in segments if segment.register_kind != DEMAND]
    own = [segment for segment in counted if not segment.is_correction]
    end = max((segment.end_date for segment in own), default=account.billed_until)
    if cut is not None and end < cut:
        return NO_FINAL
    if end <= account.billed_until:
        return NOTHING_READ
    if len(set(_ends(own).values())) > 1:
        return READ_APART
    uses = _uses(counted, account.billed_until)
    if uses is None:
        return CORRECTED_BELOW
    return NewBill(
        account_id=account.pk,
        period=Period(account.billed_until, end),
        uses=tuple(uses),
        issued_date=max(issued, end),
        due_date=max(issued, end) + timedelta(days=due_days),
        is_estimated=any(segment.estimated for segment in own),
        kind=Bill.Kind.REGULAR if cut is None else Bill.Kind.FINAL,
        numbers=_demands(segments),
    )


def _uses(segments: Sequence[UsageSegment], since: date) -> list[Use] | None:
    """What is billed of them; None where a correction is more than what was used."""
    corrected: dict[str, Decimal] = defaultdict(Decimal)
    for segment in segments:
        if segment.is_correction:
            corrected[_quantity(segment)] += segment.usage
    uses = []
    for segment in segments:
        if segment.is_correction:
            continue
        name = _quantity(segment)
        usage = segment.usage + corrected.pop(name, Decimal(0))
        if usage < 0:
            return None
        start = max(segment.start_date, since)
        uses.append(Use(Period(start, segment.end_date), {name: usage}))
    return None if any(corrected.values()) else uses  # what is left is of what is not counted now


def _ends(segments: Iterable[UsageSegment]) -> dict[tuple[str, str], date]:
    """Up to which day each register was read; an exchanged meter goes on in the new one."""
    found: dict[tuple[str, str], date] = {}
    for segment in segments:
        key = (segment.register_kind, segment.period)
        found[key] = max(found.get(key, segment.end_date), segment.end_date)
    return found


def _demands(segments: Iterable[UsageSegment]) -> dict[str, Decimal]:
    """The highest demand that was read, by the name by which a tariff knows it."""
    found: dict[str, Decimal] = {}
    for segment in segments:
        if segment.register_kind == DEMAND and not segment.is_correction:
            name = _quantity(segment)
            found[name] = max(found.get(name, segment.usage), segment.usage)
    return found


def _quantity(segment: UsageSegment) -> str:
    """By which name a tariff knows what a register counts: ``usage``, ``peak_kwh`` for the hours
    of a register of time of use, ``demand_kw``."""
    if segment.register_kind == TOTAL:
        return USAGE
    hours = segment.period or segment.register_kind
    return f"{hours}_{normalize('NFKC', segment.unit).lower()}"
