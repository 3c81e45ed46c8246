"""One clerk of the kill test: moves random cases for ever, noting what the database confirmed.

Run as ``python -m tests.kills.clerk prepare`` once, then ``work SEED LOG`` in several processes.
A killed database is waited for; a killed clerk leaves a log that holds only confirmed moves.
"""

import os
import sys
import time
from pathlib import Path
from random import Random

import django
from django.db import Error, connection
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiao.config.settings")
OPENINGS = 60
KIND = "water.small_leak"


def prepare() -> None:
    """The demo company with a few customers."""
    from qiao.core.demo import build_world

    build_world(customers=200, cases=0, interactions=0, pack="water", progress=print)


def work(seed: int, log: Path) -> None:
    """Open cases and move them until killed."""
    rng = Random(seed)
    with log.open("a", buffering=1) as confirmed:
        while True:
            try:
                confirmed.write(_one_move(rng) + "\n")
            except Error:
                connection.close()
                time.sleep(0.3)


def _one_move(rng: Random) -> str:
    from qiao.cases.definitions import case_types, process_of
    from qiao.cases.models import Case
    from qiao.cases.operations import OpenRequest, add_note, open_case, report_duty_done
    from qiao.core.demo_facts import sample_facts, sample_value
    from qiao.core.transactions import acting
    from qiao.staff.models import Organisation, Staff
    from qiao.staff.queries import system_actor

    now = timezone.now()
    branch = rng.choice(list(Organisation.objects.filter(kind="branch")))
    actor = system_actor(organisation_id=branch.pk)
    roles = frozenset(role for role in ("agent", "dispatcher", "technician", "supervisor"))
    staff = Staff.objects.get(number="1027")
    actor = type(actor)(
        staff_id=staff.pk, name=staff.name, organisation_id=branch.pk, grants=actor.grants,
        roles=roles,
    )  # fmt: skip
    # Other cases of the demo ask for more than a clerk knows.
    own = Case.objects.open().filter(
        case_type__key=KIND, parent__isnull=True, merged_into__isnull=True
    )
    waiting = list(own.values_list("id", flat=True)[:OPENINGS])
    with acting(actor):
        if len(waiting) < OPENINGS or rng.random() < 0.1:
            item = case_types()[KIND]
            case = open_case(
                request=OpenRequest(
                    type_key=item.key,
                    organisation_id=branch.pk,
                    title=f"漏水 {rng.random():.6f}",
                    channel="phone",
                    area=branch.region,
                    facts=sample_facts(item.fields, rng, ["漏水"]),
                ),
                actor=actor,
                now=now,
            )
        else:
            case = Case.objects.get(id=rng.choice(waiting))
            step = process_of(case.process).step(case.step)
            forward = [a for a in step.actions if not a.automatic and a.kind == "forward"]
            if not forward or rng.random() < 0.2:
                case = add_note(case_id=case.pk, text="核实", actor=actor, now=now)
            else:
                fields = {f.key: f for f in process_of(case.process).fields}
                needed = {*step.required, *forward[0].needs}
                case = report_duty_done(
                    case_id=case.pk,
                    duty=step.duty,
                    result={},
                    actor=actor,
                    now=now,
                    action=forward[0].key,
                    given={k: sample_value(fields[k], rng, ["已处理"]) for k in sorted(needed)},
                )
    return f"{case.pk} {case.event_count}"


if __name__ == "__main__":
    django.setup()
    if sys.argv[1] == "prepare":
        prepare()
    else:
        work(int(sys.argv[2]), Path(sys.argv[3]))
