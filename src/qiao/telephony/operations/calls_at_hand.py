"""A call that is conducted: its row, how its log folds, its line's terms, what it waits for."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import structlog

from qiao.contact.operations import Wish
from qiao.core.packs.enabled import catalogue
from qiao.core.rows import Reading
from qiao.telephony.models import Call as Row
from qiao.telephony.models import CallAsk, Line
from qiao.telephony.operations.callers import NOBODY, Caller
from qiao.telephony.queries import Served, served_menu
from qiao.telephony.rules import asks, conduct
from qiao.telephony.rules.calls import Call
from qiao.telephony.rules.conducting import Conduct, Terms
from qiao.telephony.rules.switch import Order

log: Final = structlog.get_logger(__name__)
KIND: Final = "call"
OF_AGENTS: Final = (
    asks.Hold, asks.Mute, asks.TransferTo, asks.Consult, asks.EndConsult, asks.HandOver,
    asks.JoinAll, asks.PauseRecording, asks.HangUp,
)  # fmt: skip
"""What whoever has a call asks of it."""
_LINE: Final = Reading(Line, where="t.number = %(number)s AND t.is_active")


@dataclass(frozen=True, slots=True)
class Given:
    """An order of a call, to be given after those before it."""

    call_id: int
    order: Order


@dataclass(slots=True)
class Known:
    """A living call: its row, how its log folds, and the terms of its line."""

    row: Row
    call: Call
    terms: Terms
    caller: Caller = NOBODY


Decide = Callable[[Call, Terms], Conduct]


def wish_of(known: Known, word: asks.Waits) -> Wish:
    """What waits, and for whom."""
    row = known.row
    is_emergency = word.is_emergency or (row.line is not None and row.line.is_emergency)
    return Wish(
        word.queue,
        "phone",
        KIND,
        row.pk,
        row.organisation_id,
        known.call.queued_at or row.arrived_at,
        customer_id=row.customer_id,
        tier=known.caller.tier,
        skills=dict(word.skills),
        is_emergency=is_emergency,
        last_agent_id=known.caller.last_agent_id,
    )


def people_of(call: Call) -> set[int]:
    """Whoever is rung, talks or watches, and who sent the caller on: they see who takes them."""
    found = {leg.staff for leg in call.legs.values()} | {call.sent_by}
    return {each for each in found if each is not None}


def thirds_of(call: Call) -> set[int]:
    """Whoever was asked to the talk by whom has the call."""
    third = call.leg("consulted")
    return {third.staff} if third is not None and third.staff is not None else set()


def comes_again(had: int | None, step: Conduct) -> bool:
    """Whether a call that somebody sent on comes to them again: they may have closed its contact
    meanwhile."""
    return had is not None and any(each.kind == "connected" for each in step.entries)


def asking(ask: asks.Ask, now: datetime) -> Decide:
    """What comes of something that is asked of a call."""

    def decide(call: Call, terms: Terms) -> Conduct:
        return conduct.asked(call, ask, now, terms)

    return decide


def ask_of(row: CallAsk) -> asks.Ask | None:
    """The ask that a row holds; None for one of another version of the program, and for one of
    somebody who has the call no more: it was taken over, or went on, at the same moment."""
    kind: Any = getattr(asks, row.kind, None)
    if not (isinstance(kind, type) and issubclass(kind, asks.Ask)):
        log.warning("ask_not_known", kind=row.kind)
        return None
    if issubclass(kind, OF_AGENTS) and not still_has_call(row):
        return None
    found: asks.Ask = kind(**row.data)
    return found


def still_has_call(row: CallAsk) -> bool:
    """Whether who asked something of their call has it when it comes to be carried out."""
    if row.asked_by_id is None:
        return True
    has = Row.objects.filter(pk=row.call_id).values_list("staff_id", flat=True).first()
    if has != row.asked_by_id:
        log.info("asked_by_who_has_the_call_no_more", kind=row.kind, call=row.call_id)
    return has == row.asked_by_id


def line_of(dialled: str) -> Line | None:
    """The line that somebody dialled, as long as it is in service."""
    return _LINE.first(number=dialled)


def terms_of(line: Line | None) -> Terms:
    """How calls of a line are conducted; whatever else was dialled, a person takes it."""
    if line is None:
        return Terms(first_queue())
    terms = Terms(line.queue, tuple(line.greeting), line.is_recorded)
    return _with_menu(terms, served_menu(line.menu))


def terms_of_calls(rows: Iterable[Row], folded: Mapping[int, Call]) -> Mapping[int, Terms]:
    """How calls that go on are conducted, by their ids: those that came through a menu keep the
    version with which they began, since it speaks with whoever waits, and with whom somebody sends
    on. As many statements as there are lines and versions."""
    rows = list(rows)
    lines = {row.line_id: row.line for row in rows}
    terms = {line_id: terms_of(line) for line_id, line in lines.items()}
    kept = {row.pk: folded[row.pk] for row in rows if folded[row.pk].visit is not None}
    wanted = {(call.menu, call.menu_version) for call in kept.values()}
    menus = {each: served_menu(*each) for each in wanted}
    found = {row.pk: terms[row.line_id] for row in rows}
    for pk, call in kept.items():
        found[pk] = _with_menu(found[pk], menus[call.menu, call.menu_version])
    return found


def _with_menu(terms: Terms, served: Served | None) -> Terms:
    if served is None:
        return replace(terms, menu=None, menu_version=0)
    return replace(terms, menu=served.menu, menu_version=served.version)


def first_queue() -> str:
    """The queue of whoever calls a number that no line has."""
    queues = catalogue().queues.values()
    return next(each.key for each in queues if "phone" in each.channels)
