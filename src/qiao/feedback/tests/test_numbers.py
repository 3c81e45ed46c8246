"""Follow-up calls tell whether a number still leads to the customer."""

from typing import Any

import pytest

from qiao.cases.models import Case
from qiao.customers.models import CustomerPhone, PhoneAttempt
from qiao.customers.operations import add_phone
from qiao.customers.queries import number_to_call
from qiao.customers.tests.factories import make_customer
from qiao.dispatch.tests.cast import Crew
from qiao.feedback.calling_contributions import told
from qiao.feedback.operations import confirm, log_attempt
from qiao.feedback.tests.test_path import LATER, a_follow_up

pytestmark = pytest.mark.django_db
FIRST, SECOND = "+8613800000001", "+8613800000002"


def test_a_wrong_number_is_marked_at_once_and_the_next_call_goes_to_another(crew: Crew) -> None:
    follow_up = a_follow_up(crew)
    customer = make_customer(crew.agent, phones=[FIRST])
    Case.objects.filter(pk=follow_up.case_id).update(customer=customer, caller_phone=FIRST)
    said: dict[str, Any] = {"follow_up_id": follow_up.pk, "channel": "phone", "actor": crew.agent}
    log_attempt(**said, outcome="wrong_number", now=LATER, key="a")
    log_attempt(**said, outcome="wrong_number", now=LATER, key="a")
    row = CustomerPhone.objects.get(number=FIRST)
    assert (row.standing, row.standing_reason, row.standing_since) == (
        "wrong",
        "wrong_person",
        LATER,
    )
    assert PhoneAttempt.objects.count() == 1
    assert number_to_call(customer_id=customer.pk, preferred=FIRST) == FIRST, "there is no other"
    add_phone(actor=crew.agent, now=LATER, customer_id=customer.pk, number=SECOND)
    assert number_to_call(customer_id=customer.pk, preferred=FIRST) == SECOND
    confirm(**said, rating="very_satisfied", resolved=True, now=LATER)
    assert PhoneAttempt.objects.get(outcome="reached").number == SECOND
    row.refresh_from_db()
    assert row.standing == "wrong"


def test_what_came_of_a_call_is_noted_with_the_number_that_was_dialled(crew: Crew) -> None:
    follow_up = a_follow_up(crew)
    customer = make_customer(crew.agent, phones=[FIRST, SECOND])
    Case.objects.filter(pk=follow_up.case_id).update(customer=customer, caller_phone=FIRST)
    told(
        ref=follow_up.pk, kind="wrong_number", end="agent", number=SECOND, note="",
        actor=crew.agent, now=LATER,
    )  # fmt: skip
    assert (PhoneAttempt.objects.get().number, PhoneAttempt.objects.get().outcome) == (
        SECOND,
        "wrong_person",
    )
    standings = dict(CustomerPhone.objects.values_list("number", "standing"))
    assert (standings[FIRST], standings[SECOND]) == ("", "wrong")


def test_a_text_message_tells_nothing_of_a_number(crew: Crew) -> None:
    follow_up = a_follow_up(crew)
    customer = make_customer(crew.agent, phones=[FIRST])
    Case.objects.filter(pk=follow_up.case_id).update(customer=customer, caller_phone=FIRST)
    log_attempt(
        follow_up_id=follow_up.pk, channel="sms", outcome="no_answer", actor=crew.agent, now=LATER
    )
    assert not PhoneAttempt.objects.exists()
