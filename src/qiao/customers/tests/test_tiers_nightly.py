"""The grading of everybody: in steps of its own, what is left after a stop, and what it told."""

from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from qiao.core.models import Event
from qiao.customers import tier_tasks as tasks
from qiao.customers.models import Customer, TierChange, TierCount, TierDue, TierRun
from qiao.customers.operations import note_facts, set_tier
from qiao.customers.tests.factories import make_customer
from qiao.customers.tests.test_tiers_replay import complaints
from qiao.staff.tests.cast import make_company

START = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)


def test_the_nightly_job_grades_everybody(own_database: str) -> None:
    with transaction.atomic():
        world = make_company()
        people = [make_customer(world.agent, now=START) for _number in range(4)]
        for place, each in enumerate(people):
            note_facts(facts=complaints(each.pk, place, at=START, mark=f"p{place}-"), now=START)
        set_tier(
            actor=world.agent, now=START, customer_id=people[3].pk, tier="A", reason="重点",
            until=date(2026, 3, 2),
        )  # fmt: skip
    night = START + timedelta(hours=20)
    tasks.grade_everybody(night)
    tiers = list(Customer.objects.order_by("id").values_list("tier", flat=True))
    assert tiers == ["C", "C", "C", "D"], own_database
    assert list(TierChange.objects.order_by("id").values_list("kind", flat=True)) == [
        "manual",
        "expired",
    ]
    tasks.grade_everybody(night + timedelta(hours=1))
    assert TierChange.objects.count() == 2
    tasks.grade_news(night)
    assert not TierDue.objects.exists()
    last = TierRun.objects.order_by("-id")[0]
    assert (last.customer_count, last.changed_count) == (4, 0)
    assert last.finished_at is not None
    assert Event.objects.filter(name="customers.tiers_graded").count() == 1
    counts = TierCount.objects.values_list("tier", "n").order_by("tier")
    assert list(counts) == [("C", 3), ("D", 1)]
