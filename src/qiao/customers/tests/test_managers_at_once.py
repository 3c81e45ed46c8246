"""What a hand-over takes: nobody twice, and nobody of units that are not the supervisor's."""

from datetime import timedelta
from time import sleep

from django.db import transaction

from qiao.customers.models import HandedOver, HandOverOfCustomers
from qiao.customers.operations.managing import hand_over_customers
from qiao.customers.queries.managers import ASSIGN
from qiao.customers.tests.at_once import in_turn
from qiao.customers.tests.factories import NOW, make_customer
from qiao.customers.tests.managing import give, keeper, name_of
from qiao.staff.queries import actor_for, organisation
from qiao.staff.tests.cast import TODAY, make_company, person


def test_of_two_hand_overs_at_once_the_second_finds_nobody_left(own_database: str) -> None:
    with transaction.atomic():
        company = make_company()
        leaver, *heirs = (keeper(company, f"130{n}", f"经理{n}") for n in range(3))
        customers = [make_customer(company.agent) for _ in range(3)]
        give(company, customers, leaver, TODAY - timedelta(days=9))

    def pass_on(heir: int) -> None:
        hand_over_customers(
            actor=company.chief, now=NOW, from_manager_id=leaver.person_id,
            to_manager_id=heirs[heir].person_id, day=TODAY, reason="岗位调整",
        )  # fmt: skip
        sleep(1)

    answers = in_turn(0.4, lambda: pass_on(0), lambda: pass_on(1))

    assert answers == ["NothingToAssign", "done"]
    assert HandedOver.objects.count() == len(customers)
    assert {name_of(each) for each in customers} == {"经理1"}


def test_customers_of_units_out_of_the_supervisors_sight_stay_and_are_not_counted(
    db: None,
) -> None:
    company = make_company()
    rights = ("customers.view", "customers.manage_own")
    whole = organisation(company.chief.organisation_id)
    both = person(number="1301", name="方经理", branch=whole, permissions=rights)
    leaver, heir = actor_for(both, day=TODAY), keeper(company, "1302", "孟经理")
    here, there = make_customer(company.agent), make_customer(company.outsider)
    give(company, [here, there], leaver, TODAY - timedelta(days=9))
    supervisor = person(
        number="1303", name="主管", branch=company.lake, permissions=("customers.view", ASSIGN)
    )

    done = hand_over_customers(
        actor=actor_for(supervisor, day=TODAY), now=NOW, from_manager_id=leaver.person_id,
        to_manager_id=heir.person_id, day=TODAY, reason="岗位调整",
    )  # fmt: skip

    assert (done.assigned, done.unseen) == (1, 0)
    assert (name_of(here), name_of(there)) == ("孟经理", "方经理")
    assert HandOverOfCustomers.objects.get().customer_count == 1
