"""Interval data of meters, as a head-end sends it."""

from typing import Annotated, Literal

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from qiao.api.views.v1.calls import Done, ProgramRequest, actor_of
from qiao.api.views.v1.service import changes
from qiao.api.views.v1.shapes import Body, Moment, Shown, line
from qiao.metering import operations
from qiao.metering.queries import refused_of

GROUP = "readings"
MOST = 10_000
SHOWN = 1_000


class NewInterval(Body):
    """What a meter used in an interval that begins at `start`. `value` is decimal text in the
    unit of its register, rounded to four places."""

    meter_number: Annotated[str, line(40, 1)]
    start: Moment
    value: Annotated[str, line(30, 1)]
    minutes: Literal[5, 10, 15, 20, 30, 60] = 30
    is_estimated: bool = False


class NewIntervals(Body):
    """Up to ten thousand intervals. `key` names the call for ever among those of this program:
    sent again it is taken in once."""

    key: Annotated[str, line(80, 1)]
    intervals: Annotated[list[NewInterval], Field(min_length=1, max_length=MOST)]


class IntervalRefused(Shown):
    """An interval that was set aside: its place in what was sent (the first is 1), and which
    field is wrong and how."""

    place: int
    field: str
    code: str


class IntervalsTaken(Shown):
    """How many intervals were taken in; those that were refused, at most a thousand of them."""

    load_id: int
    taken: int
    refused: int
    items: list[IntervalRefused]


@changes(
    "/intervals", "takeIntervals", scope="readings:write", answer=IntervalsTaken, group=GROUP,
    title=_("Take interval data of meters in"),
    about=_(
        "An interval that was told before is corrected by what is told later. One that is refused"
        " says why and does not keep the others from being taken; send it again under another key."
    ),
)  # fmt: skip
def take_intervals(request: ProgramRequest, body: NewIntervals) -> Done:
    """Take intervals in, each call once."""
    actor = actor_of(request)
    load = operations.take_intervals(
        actor=actor,
        organisation_id=actor.organisation_id,
        source=f"api.{actor.staff_id}",
        key=body.key,
        now=request.call.now,
        intervals=[
            operations.NewInterval(
                meter_number=each.meter_number,
                start=each.start,
                value=each.value,
                minutes=each.minutes,
                is_estimated=each.is_estimated,
            )
            for each in body.intervals
        ],
    )
    items = [
        IntervalRefused(place=row.row_number, field=row.field, code=row.code)
        for row in refused_of(load, limit=SHOWN)
    ]
    answer = IntervalsTaken(
        load_id=load.pk, taken=load.taken_count, refused=load.refused_count, items=items
    )
    return Done(answer, "/api/v1/intervals")
