"""Two at the counter at the same moment, in connections of their own: nothing is taken twice."""

from collections.abc import Callable
from datetime import date
from threading import Barrier, Thread

from django.db import connection, transaction

from qiao.billing import operations as ops
from qiao.billing.models import CashierShift, ClosedDay, Payment
from qiao.billing.queries.standings import fingerprint, standings_of
from qiao.billing.tests.lives import NOW, a_bill, an_account, audit, balance, issue
from qiao.core.actor import Actor
from qiao.staff.tests.cast import Company, make_company

DAY = date(2026, 11, 22)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Begin all at the same moment; what each came to: "done", or the name of its refusal."""
    start = Barrier(len(acts))
    answers: list[str] = []

    def run(act: Callable[[], object]) -> None:
        try:
            start.wait()
            with transaction.atomic():
                act()
            answers.append("done")
        except Exception as refusal:  # noqa: BLE001 - its name is what is looked at
            answers.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


def owing(company: Company) -> tuple[int, int, str]:
    """An account with a bill, what it owes, and what a cashier sees of it."""
    account = an_account(company)
    issue(a_bill(account, 0, "10"))
    return account, balance(account), fingerprint(standings_of([account])[account])


def drawer(actor: Actor, day: date = DAY) -> CashierShift:
    return ops.open_shift(
        organisation_id=actor.organisation_id, currency="CNY", float_minor=0, day=day,
        actor=actor, now=NOW,
    )  # fmt: skip


def taking(seen: tuple[int, int, str], actor: Actor, key: str) -> Callable[[], Payment]:
    account, minor, shown = seen
    payment = ops.AtCounter(account, minor, Payment.Means.CASH, key, shown)
    return lambda: ops.take_at_counter(payment=payment, actor=actor, now=NOW)


def test_of_two_cashiers_at_one_bill_one_takes_the_money(own_database: str) -> None:
    del own_database
    with transaction.atomic():
        company = make_company()
        seen = owing(company)
        for actor in (company.agent, company.colleague):
            drawer(actor)
    answers = at_once(taking(seen, company.agent, "one"), taking(seen, company.colleague, "two"))
    assert answers == ["OwedChanged", "done"]
    assert Payment.objects.count() == 1
    assert balance(seen[0]) == 0


def test_a_double_click_is_one_payment(own_database: str) -> None:
    del own_database
    with transaction.atomic():
        company = make_company()
        seen = owing(company)
        drawer(company.agent)
    click = taking(seen, company.agent, "the form")
    assert at_once(click, click, click) == ["done", "done", "done"]
    assert Payment.objects.count() == 1
    assert balance(seen[0]) == 0


def test_a_payment_and_its_count_leave_the_drawer_right(own_database: str) -> None:
    """Whoever comes second is refused, or counted."""
    del own_database
    with transaction.atomic():
        company = make_company()
        seen = owing(company)
        shift = drawer(company.agent)
    answers = at_once(
        taking(seen, company.agent, "k"),
        lambda: ops.close_shift(
            shift_id=shift.pk, counted_minor=0, note="", actor=company.agent, now=NOW
        ),
    )
    shift.refresh_from_db()
    taken = sum(Payment.objects.values_list("minor", flat=True))
    assert answers in (["NoShift", "done"], ["done", "done"])
    assert shift.expected_minor == taken
    with transaction.atomic():
        assert not audit()


def test_a_day_is_never_closed_over_an_open_drawer(own_database: str) -> None:
    del own_database
    with transaction.atomic():
        company = make_company()
    answers = at_once(
        lambda: drawer(company.agent),
        lambda: ops.close_day(
            organisation_id=company.lake.pk, day=DAY, today=DAY, actor=company.colleague, now=NOW
        ),
    )
    assert answers in (["DayClosed", "done"], ["ShiftOpen", "done"])
    assert CashierShift.objects.count() + ClosedDay.objects.count() == 1


def test_money_that_comes_while_a_day_is_closed_is_in_its_totals_or_refused(
    own_database: str,
) -> None:
    del own_database
    with transaction.atomic():
        company = make_company()
        account, minor, _seen = owing(company)
    transfer = ops.NewPayment(
        account_id=account, minor=minor, currency="CNY", channel=Payment.Channel.BANK,
        means=Payment.Means.TRANSFER, reference="B1", received_at=NOW, booked_date=DAY,
    )  # fmt: skip
    answers = at_once(
        lambda: ops.take_payment(payment=transfer, actor=None, now=NOW),
        lambda: ops.close_day(
            organisation_id=company.lake.pk, day=DAY, today=DAY, actor=company.colleague, now=NOW
        ),
    )
    assert answers in (["DayClosed", "done"], ["done", "done"])
    closed = ClosedDay.objects.get()
    bank = sum(total["debit"] for total in closed.totals if total["ledger"] == "bank")
    assert bank == sum(Payment.objects.values_list("minor", flat=True))
