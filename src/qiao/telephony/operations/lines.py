"""The numbers that customers dial."""

from collections.abc import Sequence

from qiao.core.packs.enabled import catalogue
from qiao.core.transactions import required
from qiao.telephony.models import Line


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
    """Take calls of a number, or change how they are taken.

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
