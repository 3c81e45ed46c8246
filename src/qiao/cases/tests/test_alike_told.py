"""What became of telling many reports of one cause: on its way, told, or to be called."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from django.urls import reverse

from qiao.cases import queries
from qiao.cases.message_tasks import on_messages
from qiao.cases.models import (
    AlikeNotice,
    Case,
)
from qiao.cases.operations import (
    alike_running,
    broadcast,
    end_reports,
    merge_cases,
)
from qiao.cases.rules.alike import count_of
from qiao.cases.tests.browsing import client_of, text_of
from qiao.cases.tests.test_alike import LATER, join, parent_of, run
from qiao.cases.tests.test_merging import mirrored
from qiao.cases.tests.world import NOW, a_case
from qiao.core.events import Envelope, from_payload
from qiao.core.models import Event
from qiao.core.parameters import find as find_parameter
from qiao.customers.tests.factories import make_customer
from qiao.messaging.events import MessageFailed, MessageSent
from qiao.messaging.models import Message
from qiao.messaging.operations import add_email, cancel_message
from qiao.messaging.operations.sending import tell
from qiao.messaging.parameters import AUTOMATIC_AN_HOUR
from qiao.staff.tests.cast import Company


def known(company: Company, name: str) -> int:
    """A customer who can be written to."""
    customer = make_customer(company.agent, name=name)
    address = f"{customer.pk}@example.com"
    add_email(customer_id=customer.pk, address=address, actor=company.agent, now=NOW)
    return customer.pk


def heard(case: Case, event: type[MessageSent | MessageFailed], **became: Any) -> None:
    """What is told of messages about a case, once and again."""
    about = Message.objects.filter(kind="broadcast", subject_id=case.pk)
    messages = about.exclude(state="skipped")
    messages.update(ended_at=LATER, **became)
    ids = tuple(messages.values_list("pk", flat=True))
    envelope = Envelope(1, case.organisation_id, None, LATER, "")
    for _again in range(2):
        on_messages(event=event(ids, "case", (case.pk,) * len(ids)), envelope=envelope)


def counts(notice: AlikeNotice) -> tuple[int, int, int, int]:
    """The kept counts, which agree with what they count."""
    notice.refresh_from_db()
    kept = (notice.waiting_count, notice.told_count, notice.failed_count, notice.missed_count)
    named = Counter(count_of(row.told) for row in notice.told.all())
    names = ("waiting_count", "told_count", "failed_count", "missed_count")
    assert kept == tuple(named[name] for name in names)
    return kept


def to_call(company: Company, parent: Case) -> list[tuple[int, str]]:
    """Who is to be called, and why."""
    found = queries.reports_of(actor=company.agent, parent_id=parent.pk, side="missed")
    figures = queries.parent_page(actor=company.agent, case_id=parent.pk).figures
    assert figures.missed == len(found)
    return sorted((line.case_id, line.told) for line in found)


def test_told_is_whom_the_message_left_for_and_what_fails_is_to_be_called(
    company: Company,
) -> None:
    parent = parent_of(company)
    arrives, bounces, waits = (a_case(company, customer_id=known(company, n)) for n in "甲乙丙")
    join(company, parent, arrives, bounces, waits)
    notice = end_reports(parent_id=parent.pk, text="已恢复", actor=company.chief, now=LATER)
    run(notice)
    assert (counts(notice), to_call(company, parent)) == ((3, 0, 0, 0), [])
    heard(arrives, MessageSent, state="sent", sent_at=LATER)
    heard(bounces, MessageFailed, state="bounced", reason="refused")
    assert counts(notice) == (1, 1, 1, 0)
    assert to_call(company, parent) == [(bounces.pk, "failed")]
    figures = queries.parent_page(actor=company.agent, case_id=parent.pk).figures
    assert (figures.told, figures.waiting, figures.missed) == (1, 1, 1)
    assert bounces.events.filter(kind="message_failed").count() == 1
    heard(bounces, MessageSent, state="sent", sent_at=LATER)  # sent once more
    assert (counts(notice), to_call(company, parent)) == ((1, 2, 0, 0), [])


def test_what_messaging_refuses_is_not_told_and_stands_to_be_called(company: Company) -> None:
    parent, one = parent_of(company), a_case(company, customer_id=known(company, "甲"))
    join(company, parent, one)
    most = int(find_parameter(AUTOMATIC_AN_HOUR, day=LATER.date()).value)
    for n in range(most):
        notice = broadcast(parent_id=parent.pk, text=f"{n}", actor=company.chief, now=LATER)
        run(notice)
    assert (counts(notice), to_call(company, parent)) == ((1, 0, 0, 0), [])
    last = end_reports(parent_id=parent.pk, text="已恢复", actor=company.chief, now=LATER)
    run(last)
    assert counts(last) == (0, 0, 0, 1)
    assert to_call(company, parent) == [(one.pk, "too_many")]
    assert mirrored(one)["answered_at"] is None
    heard(one, MessageSent, state="sent", sent_at=LATER)
    assert to_call(company, parent) == [(one.pk, "too_many")], "older news does not tell the end"


def test_two_reports_of_one_customer_share_a_message_and_what_becomes_of_it(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent, customer = parent_of(company), known(company, "甲")
    cases = [a_case(company, customer_id=customer) for _n in range(3)]
    join(company, parent, *cases)
    monkeypatch.setattr(alike_running, "BATCH", 2)
    notice = broadcast(parent_id=parent.pk, text="预计 12 点", actor=company.chief, now=LATER)
    assert run(notice) == 2
    assert Message.objects.count() == 1
    assert counts(notice) == (3, 0, 0, 0)
    heard(cases[0], MessageFailed, state="failed", reason="too_long")
    assert counts(notice) == (0, 0, 3, 0)
    assert to_call(company, parent) == [(case.pk, "failed") for case in cases]


def test_a_case_merged_into_a_report_is_called_for_itself(company: Company) -> None:
    parent, one = parent_of(company), a_case(company, customer_id=known(company, "甲"))
    inside = a_case(company, customer_id=known(company, "乙"))
    nobody = a_case(company, caller_phone="+8613800000009")
    merge_cases(survivor_id=one.pk, merged=[inside.pk, nobody.pk], actor=company.agent, now=LATER)
    join(company, parent, one)
    notice = broadcast(parent_id=parent.pk, text="预计 12 点", actor=company.chief, now=LATER)
    run(notice)
    assert counts(notice) == (2, 0, 0, 1)
    heard(inside, MessageFailed, state="bounced", reason="refused")
    assert to_call(company, parent) == [(inside.pk, "failed"), (nobody.pk, "no_customer")]


def test_a_message_that_is_cancelled_tells_nobody(company: Company) -> None:
    parent, one = parent_of(company), a_case(company, customer_id=known(company, "甲"))
    join(company, parent, one)
    notice = broadcast(parent_id=parent.pk, text="预计 12 点", actor=company.chief, now=LATER)
    run(notice)
    grants = {**company.chief.grants, "messages.manage": company.chief.grants["cases.alike"]}
    clerk = replace(company.chief, grants=grants)
    cancel_message(message_id=Message.objects.get().pk, actor=clerk, now=LATER)
    assert tell(now=LATER) == 1
    event = Event.objects.get(name="messaging.message_failed")
    envelope = Envelope(1, one.organisation_id, None, LATER, "")
    on_messages(event=from_payload(event.name, event.payload), envelope=envelope)
    assert to_call(company, parent) == [(one.pk, "cancelled")]


def test_the_page_says_what_became_of_a_notice(company: Company) -> None:
    parent = parent_of(company)
    one = a_case(company, customer_id=known(company, "甲"))
    join(company, parent, one, a_case(company))
    run(broadcast(parent_id=parent.pk, text="预计 12 点", actor=company.chief, now=LATER))
    client, address = client_of(company.agent_staff), reverse("cases:alike_page", args=[parent.pk])
    client.cookies["q-language"] = "en"
    assert "on the way 1 · could not be written to 1" in text_of(client.get(address))
    heard(one, MessageFailed, state="bounced", reason="refused")
    page = text_of(client.get(f"{address}?side=missed"))
    assert "did not arrive 1 · could not be written to 1" in page
    assert "did not arrive: call" in page
