"""Stale numbers: noted once, judged, ranked last, put right, kept as former ones."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qiao.customers.models import (
    Customer,
    CustomerPhone,
    FormerPhone,
    PhoneAttempt,
)
from qiao.customers.operations import add_phone, merge_customers, note_call
from qiao.customers.operations.numbers import (
    replace_number,
    retire_number,
    say_of_number,
)
from qiao.customers.operations.refusals import UnknownOutcome
from qiao.customers.queries import NotVisible, find_customers, match_phone
from qiao.customers.queries.numbers import flagged_numbers
from qiao.customers.tests.factories import make_customer
from qiao.staff.models import Staff
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
NOW = timezone.now()
PHONE, STORED = "13805712264", "+8613805712264"


def browser(staff: Staff) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(staff, backend="qiao.staff.signin.StaffBackend")
    client.cookies["q-language"] = "en"
    return client


@pytest.fixture
def world() -> Company:
    return make_company()


@pytest.fixture
def known(world: Company) -> Customer:
    return make_customer(world.agent, name="陈慧敏", phones=[PHONE], now=NOW - timedelta(days=99))


def phone_of(customer: Customer) -> CustomerPhone:
    return CustomerPhone.objects.get(customer=customer)


def call(customer: Customer, outcome: str, ref: str, *, day: int = 0, number: str = "") -> None:
    at = NOW - timedelta(days=30 - day)
    number = number or CustomerPhone.objects.filter(customer=customer).order_by("id")[0].number
    note_call(
        customer_id=customer.pk,
        outcome=outcome,
        source="test",
        ref=ref,
        at=at,
        now=NOW,
        number=number,
    )


def test_a_call_is_noted_once_however_often_it_is_told(known: Customer) -> None:
    for _time in range(3):
        call(known, "no_answer", "a")
    assert PhoneAttempt.objects.count() == 1
    assert phone_of(known).standing == ""
    call(known, "no_answer", "b", day=1)
    call(known, "no_answer", "c", day=2)
    phone = phone_of(known)
    assert (phone.standing, phone.standing_reason) == ("doubtful", "no_answer")
    assert phone.standing_since == NOW - timedelta(days=28)
    call(known, "reached", "d", day=3)
    assert phone_of(known).standing == ""


def test_a_late_report_of_an_earlier_call_changes_no_later_word(known: Customer) -> None:
    call(known, "reached", "later", day=9)
    call(known, "wrong_person", "earlier", day=2)
    assert phone_of(known).standing == ""
    call(known, "wrong_person", "after", day=10)
    assert phone_of(known).standing == "wrong"


def test_an_unknown_outcome_and_a_strange_number_leave_nothing(known: Customer) -> None:
    with pytest.raises(UnknownOutcome):
        call(known, "vanished", "x")
    call(known, "wrong_person", "y", number="+8613900000000")
    assert not PhoneAttempt.objects.exists()


def test_whose_number_is_wrong_comes_last_where_several_match(
    world: Company, known: Customer
) -> None:
    other = make_customer(world.agent, name="王建国", phones=[PHONE])
    call(known, "called_us", "seen", day=20)
    first = [m.customer_id for m in match_phone(actor=world.agent, e164=STORED)]
    assert set(first) == {known.pk, other.pk}
    stale = known if first[0] == known.pk else other
    call(stale, "wrong_person", "z", day=29)
    ranked = match_phone(actor=world.agent, e164=STORED)
    assert [m.customer_id for m in ranked][-1] == stale.pk
    assert [m.standing for m in ranked] == ["", "wrong"]
    found = find_customers(actor=world.agent, text=PHONE, limit=5)
    assert found[-1].customer_id == stale.pk


def test_a_replaced_number_becomes_a_former_one_and_the_new_one_is_called_first(
    world: Company, known: Customer
) -> None:
    old = phone_of(known)
    call(known, "not_in_service", "n")
    replace_number(
        actor=world.agent, now=NOW, customer_id=known.pk, phone_id=old.pk, number="13905710001"
    )
    phone = phone_of(known)
    assert (phone.number, phone.standing, phone.is_primary) == ("+8613905710001", "", True)
    found = find_customers(actor=world.agent, text=PHONE, limit=5)
    assert [(hit.customer_id, hit.why) for hit in found] == [(known.pk, "phone_former")]
    former = FormerPhone.objects.get(customer=known)
    assert (former.number, former.reason, former.until) == (STORED, "not_in_service", NOW)


def test_the_number_to_call_first_is_a_good_one(world: Company, known: Customer) -> None:
    first = phone_of(known)
    for number in ("13905710002", "13905710003"):
        add_phone(actor=world.agent, now=NOW, customer_id=known.pk, number=number)
    call(known, "wrong_person", "w", number="+8613905710002")
    retire_number(
        actor=world.agent, now=NOW, customer_id=known.pk, phone_id=first.pk, reason="asked"
    )
    assert CustomerPhone.objects.get(customer=known, is_primary=True).number == "+8613905710003"
    left = CustomerPhone.objects.filter(customer=known).order_by("id")[0]
    with pytest.raises(UnknownOutcome):
        retire_number(
            actor=world.agent, now=NOW, customer_id=known.pk, phone_id=left.pk, reason="bored"
        )


def test_an_outsider_neither_sees_nor_says_anything(world: Company, known: Customer) -> None:
    call(known, "wrong_person", "w")
    assert [line.customer_id for line in flagged_numbers(actor=world.agent).lines] == [known.pk]
    assert flagged_numbers(actor=world.outsider).lines == []
    with pytest.raises(NotVisible):
        say_of_number(
            actor=world.outsider, now=NOW, customer_id=known.pk, phone_id=phone_of(known).pk,
            outcome="confirmed",
        )  # fmt: skip


def test_the_work_goes_on_where_it_ended(world: Company) -> None:
    people = [
        make_customer(world.agent, name=f"人{n}", phones=[f"1390571100{n}"]) for n in range(5)
    ]
    for n, each in enumerate(people):
        call(each, "wrong_person", f"p{n}", day=n // 2)
    seen: list[int] = []
    after = ""
    for _page in range(3):
        page = flagged_numbers(actor=world.agent, after=after, limit=2)
        seen += [line.customer_id for line in page.lines]
        after = page.following
    assert after == ""
    assert sorted(seen) == sorted(each.pk for each in people)
    assert flagged_numbers(actor=world.agent, reason="no_answer").lines == []
    for strange in ("x_y", "2026-01-01_1", "_", "9" * 60):
        assert len(flagged_numbers(actor=world.agent, after=strange).lines) == 5


def test_a_merged_row_s_number_is_told_of_the_one_who_stands(
    world: Company, known: Customer
) -> None:
    twin = make_customer(world.agent, name="陈慧敏", phones=["13905710009"])
    call(twin, "wrong_person", "t")
    merge_customers(actor=world.agent, now=NOW, customer_id=known.pk, merged_id=twin.pk)
    (line,) = flagged_numbers(actor=world.agent).lines
    assert line.customer_id == known.pk
    call(known, "called_us", "back", day=29, number="+8613905710009")
    assert flagged_numbers(actor=world.agent).lines == []


def test_an_agent_marks_a_number_and_puts_it_right(world: Company, known: Customer) -> None:
    agent = browser(world.agent_staff)
    phone = phone_of(known)
    url = reverse("customers:number_change", args=[known.pk, phone.pk])
    work = reverse("customers:numbers")
    assert "Every number is good" in agent.get(work).content.decode()
    done = agent.post(url, {"what": "wrong_person"}, headers={"HX-Request": "true"})
    assert (done.status_code, done["HX-Redirect"]) == (
        204,
        reverse("customers:page", args=[known.pk]),
    )
    page = agent.get(reverse("customers:page", args=[known.pk])).content.decode()
    assert "phone-x" in page
    assert "陈慧敏" in agent.get(work).content.decode()
    at_work = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{work}?reason="}
    for wrong in ({"what": "replace"}, {"what": "replace", "number": "abc"}, {}):
        assert agent.post(url, wrong, headers=at_work).status_code == 422
    taken = agent.post(url, {"what": "replace", "number": PHONE}, headers=at_work)
    assert (taken.status_code, phone_of(known).pk) == (422, phone.pk)
    done = agent.post(url, {"what": "replace", "number": "13905710001"}, headers=at_work)
    assert done["HX-Redirect"].startswith(work)
    file = agent.get(reverse("customers:page", args=[known.pk]), {"topic": "customer.file"})
    assert "1 former number" in file.content.decode()
    assert "Every number is good" in agent.get(work).content.decode()
