"""Loads of interval data, and the rows of them that were set aside."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from qiao.core.actor import Actor
from qiao.metering.models import IntervalLoad, RefusedInterval

PAGE: Final = 30


class LoadUnknown(Exception):  # noqa: N818 - names the finding
    """There is no such load within the actor's sight."""


@dataclass(frozen=True, slots=True)
class LoadPage:
    """Loads in a list, and the id after which the next page begins."""

    rows: list[IntervalLoad]
    after: int | None


def loads(*, actor: Actor, after: int = 0) -> LoadPage:
    """Loads of the actor's units, the newest first."""
    rows = IntervalLoad.objects.visible_to(actor).order_by("-pk")
    found = list((rows.filter(pk__lt=after) if after else rows)[: PAGE + 1])
    return LoadPage(found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None)


def load_for(*, actor: Actor, load_id: int) -> IntervalLoad:
    """A load of a unit of the actor. Raises `LoadUnknown`."""
    found = IntervalLoad.objects.visible_to(actor).filter(pk=load_id).first()
    if found is None:
        raise LoadUnknown(load_id)
    return found


def refused_of(
    load: IntervalLoad, *, after: int = 0, limit: int | None = None
) -> Iterator[RefusedInterval]:
    """The rows of a load that were set aside, in their order."""
    rows = load.refused.filter(row_number__gt=after).order_by("row_number")
    yield from (rows[:limit] if limit else rows.iterator(2_000))
