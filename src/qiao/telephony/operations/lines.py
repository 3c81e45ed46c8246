"""The numbers that customers dial."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from qiao.core.actor import Actor
from qiao.core.packs.enabled import catalogue
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.telephony.models import Line
from qiao.telephony.queries.menus import menu_in_service
from qiao.telephony.rights import LINES

NUMBER_LENGTH: Final = 21
NAME_LENGTH: Final = 60
_NUMBER: Final = re.compile(r"\+?[0-9]{2,20}")


class NotALine(Exception):  # noqa: N818 - a refusal, not a fault
    """The line cannot be so. `reason` is the field at fault (``number``, ``queue``, ``menu``,
    ``unit``), or ``taken`` for a number that another line has, ``gone`` for a line that the actor
    may not change."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class LineTerms:
    """How calls of a line are taken: see `qiao.telephony.models.Line`."""

    name: str
    organisation_id: int
    queue: str
    menu: str = ""
    is_recorded: bool = True
    is_emergency: bool = False


def add_line(
    *,
    number: str,
    name: str,
    organisation_id: int,
    queue: str,
    greeting: Sequence[str] = (),
    menu: str = "",
    is_recorded: bool = True,
    is_emergency: bool = False,
) -> Line:
    """Take calls of a number, or change how they are taken: for what sets a company up by itself.

    Raises `KeyError` for a queue that no pack brings.
    """
    required()
    if queue not in catalogue().queues:
        raise KeyError(queue)
    line, _made = Line.objects.update_or_create(
        number=number,
        defaults={
            "name": name,
            "organisation_id": organisation_id,
            "queue": queue,
            "greeting": list(greeting),
            "menu": menu,
            "is_recorded": is_recorded,
            "is_emergency": is_emergency,
            "is_active": True,
        },
    )
    return line


def open_line(*, number: str, terms: LineTerms, actor: Actor) -> Line:
    """Take the calls of another number. Raises `NotALine`, `BadText`."""
    required()
    digits = re.sub(r"[\s()-]", "", number)
    if not _NUMBER.fullmatch(digits):
        raise NotALine("number")
    name = _checked(terms, actor)
    if Line.objects.filter(number=digits).exists():
        raise NotALine("taken")
    return Line.objects.create(
        number=digits,
        name=name,
        organisation_id=terms.organisation_id,
        queue=terms.queue,
        menu=terms.menu,
        is_recorded=terms.is_recorded,
        is_emergency=terms.is_emergency,
    )


def change_line(*, number: str, terms: LineTerms, actor: Actor) -> None:
    """Take calls of a line otherwise: the next one; those that live go on as they began.

    Raises `NotALine`, `BadText`.
    """
    required()
    line = _line(number, actor)
    line.name = _checked(terms, actor)
    line.organisation_id, line.queue, line.menu = terms.organisation_id, terms.queue, terms.menu
    line.is_recorded, line.is_emergency = terms.is_recorded, terms.is_emergency
    line.save(
        update_fields=["name", "organisation", "queue", "menu", "is_recorded", "is_emergency"]
    )


def turn_line(*, number: str, on: bool, actor: Actor) -> None:
    """Put a line into service, or out of it. Raises `NotALine`."""
    required()
    line = _line(number, actor)
    line.is_active = on
    line.save(update_fields=["is_active"])


def _line(number: str, actor: Actor) -> Line:
    units = actor.organisations(LINES)
    found = Line.objects.select_for_update().filter(number=number, organisation_id__in=units)
    line = found.first()
    if line is None:
        raise NotALine("gone")
    return line


def _checked(terms: LineTerms, actor: Actor) -> str:
    """The name as it is kept."""
    if terms.organisation_id not in actor.organisations(LINES):
        raise NotALine("unit")
    spec = catalogue().queues.get(terms.queue)
    if spec is None or "phone" not in spec.channels:
        raise NotALine("queue")
    if terms.menu and menu_in_service(terms.menu) is None:
        raise NotALine("menu")
    return clean(terms.name, field="name", max_length=NAME_LENGTH, one_line=True, required=True)
