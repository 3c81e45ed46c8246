"""Two clerks change one group at the same moment, in connections of their own."""

from datetime import date
from typing import Any

from django.db import connection, transaction

from qiao.customers.models import CustomerGroup, GroupMember
from qiao.customers.operations.groups import join_group, make_group, place_under
from qiao.customers.operations.refusals import AlreadyMember
from qiao.customers.tests.at_once import at_once
from qiao.customers.tests.factories import NOW, make_customer
from qiao.staff.tests.cast import make_company

DAY = date(2024, 5, 1)
LATER = date(2025, 5, 1)


def _placing(group: CustomerGroup, one: int, above: int) -> None:
    """Past the operations: a console, an import, a program to come."""
    GroupMember.objects.filter(group=group, customer_id=one).update(under_id=above)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.3)")


def test_two_that_would_close_a_circle_together_do_not(own_database: str) -> None:
    with transaction.atomic():
        world = make_company()
        top, left, right = (
            make_customer(world.agent, name=name, kind="organisation")
            for name in ("城建集团", "锦程酒店", "锦程物业")
        )
        group = make_group(
            actor=world.agent, now=NOW, kind="company", head_id=top.pk,
            member_ids=[left.pk, right.pk], since=DAY, name="城建",
        )  # fmt: skip
    told: dict[str, Any] = {"actor": world.agent, "now": NOW, "group_id": group.pk, "day": LATER}
    answers = at_once(
        lambda: place_under(customer_id=left.pk, under_id=right.pk, **told),
        lambda: place_under(customer_id=right.pk, under_id=left.pk, **told),
    )
    assert answers == ["WouldCircle", "done"]
    with transaction.atomic():
        GroupMember.objects.filter(group=group, period__startswith=LATER).delete()
        GroupMember.objects.filter(group=group).update(period=group.period)
    answers = at_once(
        lambda: _placing(group, left.pk, right.pk), lambda: _placing(group, right.pk, left.pk)
    )
    assert answers == ["IntegrityError", "done"]


def test_nobody_is_taken_into_two_households_at_once(own_database: str) -> None:
    with transaction.atomic():
        world = make_company()
        one, other, child = (make_customer(world.agent, name=n) for n in ("甲一", "乙二", "丙三"))
        homes = [
            make_group(actor=world.agent, now=NOW, kind="household", head_id=each.pk, since=DAY).pk
            for each in (one, other)
        ]
    told: dict[str, Any] = {
        "actor": world.agent,
        "now": NOW,
        "customer_id": child.pk,
        "since": LATER,
    }
    answers = at_once(
        lambda: join_group(group_id=homes[0], **told),
        lambda: join_group(group_id=homes[1], **told),
    )
    assert answers == [AlreadyMember.__name__, "done"]
