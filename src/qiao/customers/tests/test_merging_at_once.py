"""Several people merge the same customers at the same moment."""

from threading import Barrier, Thread

from django.db import connections, transaction

from qiao.customers.models import Customer, Merge
from qiao.customers.operations import SameCustomer
from qiao.customers.queries import held_as
from qiao.customers.tests.factories import make_customer
from qiao.customers.tests.test_merging import merge
from qiao.staff.tests.cast import make_company


def test_opposite_and_circular_merges_at_once_leave_one_survivor(own_database: str) -> None:
    with transaction.atomic():
        world = make_company()
        people = [make_customer(world.agent, name=name) for name in "甲乙丙"]
    pairs = [(0, 1), (1, 0), (1, 2), (2, 0), (2, 1), (0, 2)]
    start, refusals = Barrier(len(pairs)), []

    def run(survivor: int, merged: int) -> None:
        try:
            start.wait()
            with transaction.atomic():
                merge(world, people[survivor], people[merged])
        except SameCustomer as refusal:
            refusals.append(refusal)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    survivors = Customer.objects.filter(merged_into=None)
    assert len(survivors) == 1
    assert sorted(held_as(survivors[0].pk)) == sorted(each.pk for each in people)
    assert Merge.objects.count() == 2
    assert len(refusals) == len(pairs) - 2
