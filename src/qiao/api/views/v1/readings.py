"""Readings of meters, as a head-end or another system sends them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from qiao.api.views.v1.calls import Done, ProgramRequest, actor_of
from qiao.api.views.v1.service import changes
from qiao.api.views.v1.shapes import Shown
from qiao.metering import operations
from qiao.metering.operations.bodies import NewReadings

GROUP = "readings"


class FindingShown(Shown):
    """What a check says of a reading: ``refuse``, ``stop`` or ``note``, what it saw and what it
    expected."""

    rule: str
    severity: str
    seen: dict[str, Any]
    expected: dict[str, Any]


class ReadingTaken(Shown):
    """What became of a reading: ``taken``, ``known`` (it, or its value, is held) or ``refused``.
    One in the state ``exception`` waits until somebody decides."""

    key: str
    outcome: str
    reading_id: int | None
    state: str
    findings: list[FindingShown]


class ReadingsTaken(Shown):
    """Counts, and each reading in the order in which it was sent."""

    taken: int
    known: int
    refused: int
    exceptions: int
    items: list[ReadingTaken]


@changes(
    "/readings", "takeReadings", scope="readings:write", answer=ReadingsTaken, group=GROUP,
    title=_("Take readings of meters in"),
    about=_(
        "They go through the same checks as those of files. One that is refused says why and does"
        " not keep the others from being taken; send it again under another key."
    ),
)  # fmt: skip
def take_readings(request: ProgramRequest, body: NewReadings) -> Done:
    """Take readings in, each once."""
    actor = actor_of(request)
    found = operations.take_readings(
        actor=actor,
        now=request.call.now,
        source=f"api.{actor.staff_id}",
        readings=body.given(),
    )
    items = [
        ReadingTaken(
            key=each.key, outcome=each.outcome, reading_id=each.reading_id, state=each.state,
            findings=[FindingShown.model_validate(finding) for finding in each.findings],
        )
        for each in found
    ]  # fmt: skip
    counts = {
        name: sum(each.outcome == name for each in found) for name in ("taken", "known", "refused")
    }
    exceptions = sum(each.state == "exception" for each in found)
    return Done(ReadingsTaken(items=items, exceptions=exceptions, **counts), "/api/v1/readings")
