"""Two clerks hand the same account over at the same moment, in connections of their own."""

from datetime import date
from threading import Barrier, Thread

from django.db import connection, transaction

from qiao.customers.models import AccountParty, Customer, Move
from qiao.customers.operations import ChangedMeanwhile, Coming, HandOver, hand_over_account
from qiao.customers.tests.factories import NOW, make_account, make_customer
from qiao.staff.tests.cast import make_company


def test_of_two_clerks_at_once_the_second_is_refused(own_database: str) -> None:
    with transaction.atomic():
        world = make_company()
        account = make_account(world.agent, owner=make_customer(world.agent, name="前任"))
        rivals = [make_customer(world.agent, name=name) for name in ("甲", "乙")]
    leaving = (AccountParty.objects.get(account=account).pk,)
    start, answers = Barrier(2), []

    def clerk(rival: Customer) -> None:
        try:
            start.wait()
            with transaction.atomic():
                hand_over_account(
                    actor=world.agent,
                    now=NOW,
                    account_id=account.pk,
                    hand_over=HandOver(
                        date(2026, 11, 1), leaving, (Coming(rival.pk, ("owner",)),)
                    ),
                )
            answers.append("done")
        except ChangedMeanwhile:
            answers.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=clerk, args=(rival,)) for rival in rivals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["done", "refused"]
    assert Move.objects.count() == 1
