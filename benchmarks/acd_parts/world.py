"""A call centre in a company of so many customers: a line, and people who take its calls."""

import os
import time
from datetime import date
from typing import TYPE_CHECKING

from customers_parts import world
from measuring.databases import administration, say, set_up, work_on

if TYPE_CHECKING:
    from qiao.core.actor import Actor

LINE = "96900"
QUEUE = SKILL = "water.billing"
SINCE = date(2020, 1, 1)


def ready(customers: int) -> str:
    """A fresh copy of the company, Django bound to it; the name of its database."""
    source = world.ensure(customers)
    began = time.monotonic()
    name = world.copy(source, f"acd_{customers}")
    # What the copy left to be written is no part of what the calls are measured at.
    with administration() as owner:
        owner.execute("CHECKPOINT")
    os.sync()
    say(f"{name}: copied in {time.monotonic() - began:.0f} s")
    work_on(name)
    set_up()
    from django.db import connections

    connections.close_all()  # those of a part before this one were to the copy that is gone
    return name


def people(count: int) -> "list[Actor]":
    """So many people who may take calls, and the line that leads to them."""
    from django.db import transaction
    from django.utils import timezone

    from qiao.staff.models import Organisation, Role
    from qiao.staff.operations import assign_role, give_skill, hire, install_skills
    from qiao.staff.queries import actor_for, company_id
    from qiao.telephony.operations import add_line

    company, role = Organisation.objects.get(pk=company_id()), Role.objects.get(key="agent")
    today = timezone.localdate()
    with transaction.atomic():
        install_skills()
        add_line(
            number=LINE, name="热线", organisation_id=company.pk, queue=QUEUE, is_recorded=False
        )
        hired = []
        for number in range(count):
            staff = hire(organisation=company, number=f"T{number:04d}", name=f"坐席{number}")
            assign_role(staff=staff, role=role, organisation=company, valid_from=SINCE)
            give_skill(staff=staff, skill_key=SKILL, level=3)
            hired.append(staff)
    return [actor_for(each, day=today) for each in hired]


def numbers(count: int) -> list[str]:
    """Numbers of customers who will call, spread over all of them."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number FROM customers_customerphone WHERE number LIKE '+861%%'"
            " ORDER BY md5(id::text) LIMIT %s",
            [count],
        )
        return [number for (number,) in cursor.fetchall()]
