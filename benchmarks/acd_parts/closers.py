"""People who close their contacts a moment after the talk, which makes them ready again.

A process of its own, `python closers.py < orders`: what they do is no work of the controller.
Reads one JSON object, `{"people": [number], "wait": [least, most]}` in seconds; ends when told to.
"""

import json
import random
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))

from measuring.databases import set_up

if TYPE_CHECKING:
    from qiao.core.actor import Actor

LOOK_SECONDS = 0.1


def main() -> None:
    """Close what is due, until told to end."""
    orders = json.load(sys.stdin)
    set_up()
    from django.utils import timezone

    from qiao.staff.models import Staff
    from qiao.staff.queries import actor_for

    signal.signal(signal.SIGTERM, lambda *_given: sys.exit(0))
    today = timezone.localdate()
    found = Staff.objects.filter(number__in=orders["people"])
    people = {each.pk: actor_for(each, day=today) for each in found}
    due: dict[int, float] = {}
    while True:
        _look(people, due, orders["wait"])
        time.sleep(LOOK_SECONDS)


def _look(people: "dict[int, Actor]", due: dict[int, float], wait: list[float]) -> None:
    from qiao.contact.models import AgentState

    wrapping = AgentState.objects.filter(state=AgentState.State.WRAP_UP)
    for staff_id in wrapping.values_list("staff_id", flat=True):
        moment = due.setdefault(staff_id, time.monotonic() + random.uniform(*wait))
        if time.monotonic() >= moment:
            del due[staff_id]
            _close(people[staff_id])


def _close(actor: "Actor") -> None:
    from django.db import DatabaseError, transaction
    from django.utils import timezone

    from qiao.contact.models import Interaction
    from qiao.contact.operations import InteractionRefusal, finish

    open_ones = Interaction.objects.at_hand().filter(agent_id=actor.person_id)
    for pk in open_ones.values_list("pk", flat=True):
        try:
            with transaction.atomic():
                finish(
                    interaction_id=pk, subject="账单", outcome="water.answered", actor=actor,
                    now=timezone.now(), note="已答复",
                )  # fmt: skip
        except (InteractionRefusal, DatabaseError):  # it is tried again
            continue


if __name__ == "__main__":
    main()
