"""Telephones on the screen: who may be played, which lines there are, and what is heard."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from typing import Final

from django.utils.translation import get_language

from qiao.core.actor import Actor
from qiao.customers.queries import SomeCustomer, some_customers
from qiao.staff.queries import names_of, region_names
from qiao.telephony.models import Call, Line
from qiao.telephony.queries.at_hand import queue_name
from qiao.telephony.queries.deeds import OwnPhone
from qiao.telephony.queries.logs import histories
from qiao.telephony.queries.menus import served_menu
from qiao.telephony.rules.conduct_menu import visit_of
from qiao.telephony.rules.speech import heard_at

MOST_CALLERS: Final = 5


@dataclass(frozen=True, slots=True)
class Heard:
    """What the caller hears: a `kind`, and the words or the name that go with it.

    Kinds: ``dialling``, ``ringing``, ``greeting``, ``menu``, ``music``, ``talk``, ``held``,
    ``over``, ``nothing`` where no switch answers. `ahead` is how many wait before the caller.
    """

    kind: str
    name: str = ""
    ahead: int = 0
    since: datetime | None = None


def _said_to(call: Call) -> str:
    folded = histories([call.pk])[call.pk]
    served, visit = served_menu(folded.menu, folded.menu_version), visit_of(folded)
    if served is None or visit is None or visit.node not in served.menu.index:
        return ""
    return heard_at(served.menu, visit)


def lines_to_dial() -> Sequence[Line]:
    """The numbers that customers dial."""
    return list(Line.objects.filter(is_active=True).order_by("number"))


def some_callers(*, actor: Actor, seed: datetime) -> Sequence[SomeCustomer]:
    """A few customers whose part may be played: others at every look."""
    if not actor.can("customers.contact"):
        return []
    place = Random(seed.timestamp()).random() * 0.95  # noqa: S311 - a choice, no secret
    found = some_customers(actor=actor, place=place, limit=MOST_CALLERS)
    names = region_names(get_language() or "zh-hans")
    return [replace(each, region=names.get(each.region, each.region)) for each in found]


def what_is_heard(phone: OwnPhone) -> Heard:
    """What the telephone on the screen lets hear now."""
    call = phone.call
    if call is None:
        return Heard("nothing" if phone.is_over else "dialling", since=phone.deed.asked_at)
    match call.phase:
        case Call.Phase.NEW | Call.Phase.ARRIVED:
            return Heard("ringing", since=call.arrived_at)
        case Call.Phase.GREETED:
            return Heard("greeting", call.line.name if call.line else "", since=call.arrived_at)
        case Call.Phase.MENU:
            return Heard("menu", _said_to(call), since=call.arrived_at)
        case Call.Phase.WAITING:
            before = Call.objects.filter(
                phase=Call.Phase.WAITING, queue=call.queue, queued_at__lt=call.queued_at
            )
            return Heard("music", queue_name(call.queue), before.count(), call.queued_at)
        case Call.Phase.TALKING:
            names = names_of([call.staff_id or 0])
            return Heard("talk", names.get(call.staff_id or 0, ""), since=call.connected_at)
        case Call.Phase.ENDED:
            return Heard("over", call.end, since=call.ended_at)
    return Heard("held", since=call.connected_at)
