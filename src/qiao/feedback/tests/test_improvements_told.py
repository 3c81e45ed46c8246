"""Those who complained of a cause are told what became of it."""

from copy import copy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from qiao.cases.models import Case
from qiao.cases.operations import (
    Cause,
    join_reports,
    make_parent,
    merge_cases,
    take_out,
)
from qiao.cases.tests.browsing import client_of, text_of
from qiao.customers.models import Customer
from qiao.customers.operations import merge_customers
from qiao.customers.tests.factories import make_customer
from qiao.feedback.models import Improvement
from qiao.feedback.operations.improvements import (
    ImprovementRefused,
    close_improvement,
    drop_improvement,
)
from qiao.feedback.operations.telling import tell_by_message
from qiao.feedback.queries.improvements import complainants_of
from qiao.feedback.queries.paging import page_of
from qiao.feedback.tests.test_improvements import (
    NOON,
    Home,
    complaint,
    home,
    judged,
    opened,
)
from qiao.messaging.models import Message
from qiao.messaging.operations import add_email

__all__ = ["home"]  # fixtures
pytestmark = pytest.mark.django_db


def test_those_who_complained_get_one_message_each(home: Home) -> None:
    row = judged(home, after=1)
    told: dict[str, Any] = {
        "improvement_id": row.pk,
        "actor": home.company.agent,
        "now": NOON + timedelta(days=64),
    }
    found = tell_by_message(subject="处理结果", text="已降低加氯量。", **told)
    assert found.queued + found.left == 20


def somebody(home: Home, name: str) -> Customer:
    """Another customer, who has an e-mail address."""
    customer = make_customer(home.company.agent, name=name)
    address = f"{customer.pk}@example.com"
    add_email(customer_id=customer.pk, address=address, actor=home.company.agent, now=NOON)
    return customer


def test_everybody_who_complained_is_told_once(home: Home) -> None:
    company = home.company
    names = ("own", "merged", "reported", "taken_out", "merged_report", "late")
    people = {name: somebody(home, name) for name in names}
    cases = {
        name: complaint(replace(home, customer=customer), 40 if name == "late" else 3)
        for name, customer in people.items()
    }
    again = complaint(replace(home, customer=people["own"]), 4)
    Case.objects.exclude(pk__in=(cases["own"].pk, again.pk)).update(main_cause=None)
    now = NOON + timedelta(days=6)
    done: dict[str, Any] = {"actor": company.agent, "now": now}
    merge_cases(survivor_id=cases["own"].pk, merged=[cases["merged"].pk], **done)
    main = complaint(home, -9)  # opened before the period: its reports complained within it
    cause = Cause(kind="quality", area="339102", since=now)
    make_parent(case_id=main.pk, cause=cause, actor=company.chief, now=now)
    merge_cases(survivor_id=cases["reported"].pk, merged=[cases["merged_report"].pk], **done)
    ids = [cases[name].pk for name in ("reported", "taken_out", "late")]
    join_reports(parent_id=main.pk, case_ids=ids, **done)
    take_out(case_id=cases["taken_out"].pk, **done)
    row = judged(home, after=0, count=0)
    asked = {name: cases[name].pk for name in ("own", "merged", "reported", "merged_report")}
    assert {each.case_id for each in complainants_of(row)} == {*asked.values(), again.pk}
    told: dict[str, Any] = {
        "improvement_id": row.pk, "actor": company.agent, "now": NOON + timedelta(days=64)
    }  # fmt: skip
    found = tell_by_message(subject="处理结果", text="已降低加氯量。", **told)
    assert (found.queued, found.left) == (5, 0)
    receivers = Message.objects.filter(kind="improvement").values_list("customer_id", flat=True)
    assert sorted(receivers) == sorted(people[name].pk for name in asked)
    with pytest.raises(ImprovementRefused, match="nobody"):
        tell_by_message(subject="处理结果", text="再说一次", **told)


def test_nobody_is_cut_off_where_many_complained(home: Home) -> None:
    row = judged(home, after=0, count=1)
    ((case_id, customer_id),) = [(c.case_id, c.customer_id) for c in complainants_of(row)]
    copies = Case.objects.get(pk=case_id)
    rows = []
    for n in range(520):
        copies.pk, copies.number = None, f"X{n:06d}"
        rows.append(copy(copies))
    Case.objects.bulk_create(rows)
    assert {each.customer_id for each in complainants_of(row)} == {customer_id}
    assert len(complainants_of(row)) == 521


def test_whom_the_message_did_not_reach_is_shown_and_told_by_telephone(home: Home) -> None:
    company, one, other = home.company, somebody(home, "甲"), somebody(home, "乙")
    for customer in (one, other, one):
        complaint(replace(home, customer=customer), 3)
    row = judged(home, after=0, count=0)
    told: dict[str, Any] = {
        "improvement_id": row.pk, "actor": company.agent, "now": NOON + timedelta(days=64)
    }  # fmt: skip
    assert tell_by_message(subject="结果", text="已降低加氯量。", **told).queued == 3
    page = reverse("feedback:improvement", args=[row.pk])
    agent = client_of(company.agent_staff)
    agent.cookies["q-language"] = "en"
    assert "0 of 3 told · 3 on the way" in text_of(agent.get(page))
    messages = Message.objects.filter(kind="improvement")
    ended = {"ended_at": told["now"]}
    messages.update(state="bounced", reason="refused", **ended)
    with pytest.raises(ImprovementRefused, match="not_told"):
        close_improvement(lessons="x", **told)
    messages.filter(customer_id=other.pk).update(state="sent", sent_at=told["now"])
    assert "1 of 3 told · 2 did not arrive" in text_of(agent.get(page))
    lost = next(each for each in complainants_of(row) if each.customer_id == one.pk)
    address = reverse("feedback:improvement_told", args=[row.pk, lost.case_id])
    assert agent.post(address).status_code == 302
    assert "3 of 3 told" in text_of(agent.get(page))
    complaint(replace(home, customer=other), 5)  # coded when it was all told
    assert "4 of 4 told" in text_of(agent.get(page))
    assert close_improvement(lessons="按余氯调节", **told).state == "closed"


@pytest.mark.parametrize(("key", "newest_first"), [("due_date", False), ("opened_at", True)])
def test_pages_show_every_row_once_though_one_before_them_goes(
    home: Home, key: str, newest_first: bool
) -> None:
    row = opened(home, count=1)
    drop_improvement(
        improvement_id=row.pk, reason="x", actor=home.company.agent, now=NOON + timedelta(days=31)
    )
    row.refresh_from_db()
    for n in range(3):
        row.pk, row.number = None, f"GJ-{n}"
        row.save(force_insert=True)
    numbers: list[str] = []
    after = ""
    for _page in range(4):
        rows = Improvement.objects.exclude(number__in=numbers[:1])  # gone since it was shown
        found, after = page_of(rows, key=key, size=1, after=after, newest_first=newest_first)
        numbers += [each.number for each in found]
    assert after == ""
    assert len(set(numbers)) == 4
    assert page_of(rows, key=key, size=9, after="bm8=", newest_first=newest_first)[0]


def test_customers_who_were_merged_twice_are_named_as_who_stands_for_them(home: Home) -> None:
    row = opened(home, count=1)
    for _step in range(2):
        standing = Customer.objects.get(pk=complainants_of(row)[0].customer_id or 0)
        other = make_customer(home.company.agent)
        merge_customers(
            actor=home.company.agent, now=NOON, customer_id=other.pk, merged_id=standing.pk
        )
        assert [each.customer_id for each in complainants_of(row)] == [other.pk]


def test_who_complained_of_somebody_of_the_house_is_named_to_nobody(home: Home) -> None:
    row = opened(home, count=2)
    sealed, usual = (each.case_id for each in complainants_of(row))
    Case.objects.filter(pk=sealed).update(about_unit=home.company.lake)
    assert [each.case_id for each in complainants_of(row)] == [usual]
