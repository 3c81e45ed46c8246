"""Lists of customers that are taken away: what may be asked for."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Final

from django.utils import timezone

from qiao.core.actor import Actor
from qiao.core.exports import NoReason
from qiao.core.exports import request_export as request_file
from qiao.core.models import Export
from qiao.customers.operations.refusals import CustomerRefusal, ReasonMissing
from qiao.customers.queries import get_open_segment_for
from qiao.customers.queries.exporting import ExportFilters
from qiao.customers.queries.portfolio import keeper_for
from qiao.customers.rules.export_columns import in_order

KIND: Final = "customers.list"
PERMISSION: Final = "customers.export"
REVEAL: Final = "customers.reveal"


class NothingChosen(CustomerRefusal):
    """An export needs at least one column."""


def units_of(actor: Actor) -> list[int]:
    """The units whose customers the actor may see and take away."""
    return sorted({*actor.organisations(PERMISSION)} & {*actor.organisations("customers.view")})


def may_have_full_phones(actor: Actor) -> bool:
    """Whether telephone numbers may be asked for in full: in every unit that is exported."""
    return set(units_of(actor)) <= set(actor.organisations(REVEAL))


def request_export(
    *,
    actor: Actor,
    now: datetime,
    filters: ExportFilters,
    columns: Iterable[str],
    form: str,
    full_phones: bool,
    reason: str,
    language: str,
) -> Export:
    """Ask for a list; it is written in the background.

    Raises `NothingChosen`, `ReasonMissing`, `BadText` and `Forbidden`, also where full numbers are
    asked for without the right to reveal them; `NotVisible` for a segment of somewhere else, and
    for a manager whose portfolio the actor may not see.
    """
    actor.require(PERMISSION)
    if filters.segment:
        get_open_segment_for(actor=actor, segment_id=filters.segment)
    if filters.manager:
        keeper_for(actor=actor, manager_id=filters.manager, day=timezone.localdate(now))
    if full_phones and not may_have_full_phones(actor):
        actor.require(REVEAL, 0)
    chosen = in_order(columns)
    if not chosen:
        raise NothingChosen("no column")
    try:
        return request_file(
            kind=KIND,
            terms={"filters": asdict(filters), "columns": chosen, "full_phones": full_phones},
            form=form,
            reason=reason,
            language=language,
            actor=actor,
            now=now,
        )
    except NoReason as missing:
        raise ReasonMissing("an export needs its reason") from missing
