"""Days of a unit that are open or closed."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from qiao.billing.models import CashierShift, ClosedDay, Posting
from qiao.billing.queries.day_totals import MeansTotal, Total, day_totals, means_totals, sums_of
from qiao.billing.queries.shifts import open_shifts

LISTED: Final = 31


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a unit: what is booked on it, what came in, whose drawers of it are still open,
    and which closing reaches it, if any. `before` are earlier days that are open and have
    something booked."""

    organisation_id: int
    day: date
    totals: list[Total]
    means: list[MeansTotal]
    shifts: list[CashierShift]
    closed: ClosedDay | None
    before: list[date]

    @property
    def sums(self) -> dict[str, tuple[int, int]]:
        """All debits and all credits, by currency."""
        return sums_of(self.totals)

    @property
    def balances(self) -> bool:
        """Whether both are the same in every currency."""
        return all(debit == credit for debit, credit in self.sums.values())


def day_of_unit(*, organisation_id: int, day: date) -> Day:
    """A day as it stands. The caller has checked the right."""
    closed = ClosedDay.objects.filter(organisation=organisation_id, day__gte=day)
    return Day(
        organisation_id=organisation_id,
        day=day,
        totals=day_totals(organisation_id=organisation_id, day=day),
        means=means_totals(organisation_id=organisation_id, day=day),
        shifts=[each for each in open_shifts([organisation_id]) if each.booked_date <= day],
        closed=closed.select_related("closed_by").order_by("day").first(),
        before=open_days(organisation_id=organisation_id, until=day),
    )


def open_days(*, organisation_id: int, until: date) -> list[date]:
    """Days before `until` on which something is booked and that no closing reaches, the oldest
    first; at most `LISTED`."""
    last = ClosedDay.objects.filter(organisation=organisation_id).order_by("-day").first()
    rows = Posting.objects.filter(organisation=organisation_id, booked_date__lt=until)
    if last is not None:
        rows = rows.filter(booked_date__gt=last.day)
    days = rows.values_list("booked_date", flat=True).order_by("booked_date").distinct()
    return list(days[:LISTED])


def closed_days(*, organisation_id: int) -> list[tuple[ClosedDay, dict[str, tuple[int, int]]]]:
    """The last days that were closed, the latest first, each with its debits and credits."""
    rows = ClosedDay.objects.filter(organisation=organisation_id).select_related("closed_by")
    return [
        (row, sums_of(Total(**total) for total in row.totals))
        for row in rows.order_by("-day")[:LISTED]
    ]
