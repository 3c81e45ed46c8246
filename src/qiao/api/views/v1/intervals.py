"""Interval data of meters, as a head-end sends it."""

from django.utils.translation import gettext_lazy as _

from qiao.api.views.v1.calls import Done, ProgramRequest, actor_of
from qiao.api.views.v1.service import changes
from qiao.api.views.v1.shapes import Shown
from qiao.metering import operations
from qiao.metering.operations.bodies import NewIntervals
from qiao.metering.queries import refused_of

GROUP = "readings"
SHOWN = 1_000


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
        intervals=body.given(),
    )
    items = [
        IntervalRefused(place=row.row_number, field=row.field, code=row.code)
        for row in refused_of(load, limit=SHOWN)
    ]
    answer = IntervalsTaken(
        load_id=load.pk, taken=load.taken_count, refused=load.refused_count, items=items
    )
    return Done(answer, "/api/v1/intervals")
