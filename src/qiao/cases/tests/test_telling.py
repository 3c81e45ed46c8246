"""Notices to customers: what happens to a case is told once, as its unit and customer wish."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from qiao.cases.forms.process_parts import Around
from qiao.cases.forms.processes import StepForm
from qiao.cases.message_tasks import on_messages
from qiao.cases.models import Case, CaseTelling
from qiao.cases.operations import pause, refresh_levels, take_action, undo_entry
from qiao.cases.operations.telling import HOLD, _promised, tell_due
from qiao.cases.queries.telling import LATE_FROM, NOT_TYPES, WISH, Owed
from qiao.cases.rules.telling import BY_KIND, OCCASIONS, occasion_of
from qiao.cases.tests import world
from qiao.cases.tests.browsing import text_of
from qiao.cases.tests.world import NOW, PROMISES, a_case
from qiao.core import settings as dated
from qiao.core.events import Envelope
from qiao.core.packs import enabled
from qiao.customers.models import Customer
from qiao.customers.operations.care import record_consent
from qiao.customers.tests.factories import make_account, make_customer
from qiao.messaging.events import MessageSent
from qiao.messaging.models import Message
from qiao.messaging.operations import add_email
from qiao.messaging.queries.notices import shipped
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.django_db


def reachable(company: Company, name: str = "王丽", address: str = "wang@example.com") -> Customer:
    customer = make_customer(company.agent, name=name, now=NOW)
    if address:
        add_email(customer_id=customer.pk, address=address, actor=company.agent, now=NOW)
    return customer


@pytest.fixture
def case(company: Company) -> Case:
    return a_case(company, customer_id=reachable(company).pk)


def look(at: datetime = NOW) -> int:
    """The job's look at what there is, when the time for it has come."""
    return tell_due(now=at + HOLD)


def told() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("kind", flat=True))


def left() -> list[tuple[str, str, str]]:
    rows = CaseTelling.objects.order_by("pk").values_list("occasion", "state", "reason")
    return [(occasion, state, reason) for occasion, state, reason in rows]


def wish(company: Company, key: str, value: Any) -> None:
    dated.put(
        key, value, valid_from=NOW.date(), source="test", actor=company.agent, now=NOW,
        organisation_id=company.lake.pk,
    )  # fmt: skip


def test_who_reported_something_is_told_its_number_once(company: Company, case: Case) -> None:
    assert tell_due(now=NOW) == 0  # something else may follow at once
    assert look() == 1
    assert look() == 0
    message = Message.objects.get()
    assert (message.kind, message.to_address, message.is_automatic) == (
        "case_received", "wang@example.com", True,
    )  # fmt: skip
    assert case.number in message.title
    assert case.title in message.body
    assert left() == [("case_received", "told", "")]
    assert CaseTelling.objects.get().message_id == message.pk


def test_cases_of_a_type_that_no_pack_has_any_more_are_told_of_and_come_to_their_end(
    company: Company, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = replace(world.PACK, case_types=(world.BILL, world.BURST))
    monkeypatch.setattr(enabled, "load_pack", lambda _path: without)
    enabled.catalogue.cache_clear()
    look()
    assert told() == ["case_received"]
    steps: tuple[tuple[str, dict[str, Any]], ...] = (
        ("hand_over", {}), ("done", {"cause": "pipe"}), ("satisfied", {}),
    )  # fmt: skip
    for action, given in steps:
        take_action(case_id=case.pk, action=action, given=given, actor=company.agent, now=NOW)
    assert Case.objects.get(pk=case.pk).closed_at == NOW


def test_of_what_follows_at_once_the_newest_is_told(company: Company, case: Case) -> None:
    agent = company.agent
    take_action(case_id=case.pk, action="hand_over", given={}, actor=agent, now=NOW)
    look()
    assert told() == ["case_visit"]
    pause(case_id=case.pk, reason="等待客户开门", actor=agent, now=NOW + timedelta(hours=1))
    look(NOW + timedelta(hours=1))
    assert told() == ["case_visit", "case_waiting"]
    assert "等待客户开门" in Message.objects.latest("pk").body
    assert left() == [("case_visit", "told", ""), ("case_waiting", "told", "")]


def test_the_end_and_a_reopening_are_told_and_an_undone_one_is_not(
    company: Company, case: Case
) -> None:
    agent, hour = company.chief, timedelta(hours=1)
    for n, (action, given) in enumerate(
        [
            ("hand_over", {}),
            ("done", {"cause": "pipe"}),
            ("satisfied", {}),
            ("reopen", {"reason": "又漏了"}),
        ]
    ):
        at = NOW + n * hour
        case = take_action(case_id=case.pk, action=action, given=given, actor=agent, now=at)
        if action != "reopen":
            look(at)
    assert told() == ["case_visit", "case_closed"]
    seq = case.events.get(kind="reopened").seq
    undo_entry(case_id=case.pk, seq=seq, actor=agent, now=NOW + 3 * hour)
    assert look(NOW + 3 * hour) == 0
    take_action(
        case_id=case.pk, action="reopen", given={"reason": "还漏"}, actor=agent,
        now=NOW + 4 * hour,
    )  # fmt: skip
    look(NOW + 4 * hour)
    assert told()[2:] == ["case_visit"]  # it is open again, and somebody comes: the newest


def test_it_is_told_that_it_takes_longer_before_anybody_asks(company: Company, case: Case) -> None:
    look()
    at = NOW + timedelta(minutes=105)  # of two hours for the first response
    refresh_levels(now=at)
    look(at)
    assert told() == ["case_received", "case_late"]
    body = Message.objects.latest("pk").body
    assert "首次响应" in body
    assert "12:00" in body
    late = NOW + timedelta(hours=3)
    refresh_levels(now=late)
    look(late)
    assert told() == ["case_received", "case_late"]


def test_a_unit_may_tell_of_it_only_when_the_time_has_run_out(
    company: Company, case: Case
) -> None:
    wish(company, LATE_FROM, "late")
    for minutes, kinds in ((105, []), (180, ["case_late"])):
        at = NOW + timedelta(minutes=minutes)
        refresh_levels(now=at)
        CaseTelling.objects.exclude(occasion="case_late").delete()
        look(at)
        assert told() == kinds


def test_a_unit_says_what_is_told_and_of_which_kinds_of_cases(company: Company) -> None:
    wish(company, WISH + "case_received", "no")
    wish(company, NOT_TYPES, ["water.bill"])
    customer = reachable(company)
    case = a_case(company, customer_id=customer.pk)
    bill = a_case(company, customer_id=customer.pk, type_key="water.bill")
    for each in (case, bill):
        take_action(case_id=each.pk, action="hand_over", given={}, actor=company.agent, now=NOW)
    look()
    assert told() == ["case_visit"]
    assert Message.objects.get().subject_id == case.pk
    assert left() == [("case_visit", "told", "")]


def test_letters_are_sent_only_where_the_setting_asks_for_them(company: Company) -> None:
    customer = reachable(company, address="")
    make_account(company.agent, owner=customer)
    a_case(company, customer_id=customer.pk)
    look()
    assert left() == [("case_received", "untold", "no_address")]
    wish(company, WISH + "case_received", "letter")
    a_case(company, customer_id=customer.pk)
    look()
    assert list(Message.objects.values_list("channel", flat=True)) == ["letter"]


def test_who_does_not_want_it_is_left_in_peace(company: Company, case: Case) -> None:
    record_consent(
        actor=company.agent, now=NOW, customer_id=case.customer_id or 0, purpose="service",
        channel="email", is_given=False, how="spoken",
    )  # fmt: skip
    look()
    assert told() == []
    assert left() == [("case_received", "untold", "no_consent")]


def test_old_news_and_cases_of_nobody_or_of_the_house_are_not_told(company: Company) -> None:
    customer = reachable(company)
    a_case(company)
    a_case(company, customer_id=customer.pk, at=NOW - timedelta(days=2))
    a_case(company, customer_id=customer.pk, about_unit_id=company.lake.pk)
    sealed = Case.objects.exclude(about_unit=None).get()
    assert not CaseTelling.objects.exclude(case=sealed).exists()
    look()
    assert told() == []


def test_what_nobody_could_tell_for_a_day_is_no_news(company: Company, case: Case) -> None:
    look(NOW + timedelta(days=2))
    assert left() == [("case_received", "untold", "too_late")]


def test_everybody_reads_it_in_their_language(company: Company) -> None:
    with override("zh-hans"):
        for n, language in enumerate(("en", "zh-hant", "zh-hans")):
            customer = reachable(company, name=f"客户{n}", address=f"c{n}@example.com")
            Customer.objects.filter(pk=customer.pk).update(language=language)
            a_case(company, customer_id=customer.pk, title="漏水")
        look()
    bodies = list(Message.objects.order_by("pk").values_list("body", flat=True))
    for body, word in zip(bodies, ("You hear from us", "有進展", "有进展"), strict=True):
        assert word in body


def test_what_is_promised_to_everybody_is_named_with_its_moment(case: Case) -> None:
    specs = {"answer": replace(PROMISES[1], public=True), "respond": PROMISES[0]}
    owed = [Owed("respond", NOW), Owed("answer", NOW), Owed("step:repair", NOW)]
    with override("en"):
        assert _promised(owed, specs, case, "en") == "We promise: Answer by Nov. 20, 2026 10:00."


def test_many_are_told_by_as_many_statements_as_few(company: Company) -> None:
    def counted(rows: int) -> int:
        for n in range(rows):
            found = reachable(company, name=f"客户{rows}{n}", address=f"m{rows}.{n}@example.com")
            a_case(company, customer_id=found.pk)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert look() == rows
        return len(queries)

    assert counted(2) == counted(20)
    assert len(told()) == 22


def test_a_sent_notice_stands_in_the_history_once_and_on_the_panel(
    company: Company, case: Case, agent: Client
) -> None:
    look()
    message = Message.objects.get()
    page = reverse("cases:detail", args=[case.pk])
    agent.cookies["q-language"] = "en"
    assert "Waits to be sent" in text_of(agent.get(page))
    Message.objects.filter(pk=message.pk).update(state="sent", sent_at=NOW, ended_at=NOW)
    event = MessageSent((message.pk,), "case", (case.pk,))
    envelope = Envelope(1, case.organisation_id, None, NOW, "")
    for _again in range(2):
        on_messages(event=event, envelope=envelope)
    assert case.events.filter(kind="notice_sent").count() == 1
    assert "Told that the case was received" in text_of(agent.get(page))


def test_every_occasion_has_a_cause_and_a_text() -> None:
    assert set(OCCASIONS) <= set(shipped())
    assert set(BY_KIND.values()) < set(OCCASIONS)


def test_a_step_tells_what_its_process_says(case: Case) -> None:
    from qiao.cases.definitions import process_of  # noqa: PLC0415

    process = process_of(case.process)
    assert occasion_of("step_entered", {"step": "repair"}, process) == "case_visit"
    assert occasion_of("step_entered", {"step": "call_back"}, process) == ""
    assert occasion_of("step_entered", {"step": "gone"}, process) == ""
    assert occasion_of("note", {}, process) == ""


def test_the_editor_of_processes_keeps_what_a_step_tells() -> None:
    before = {"key": "go", "name": {"en": "Go"}, "phase": "work", "tells": "case_visit"}
    around = Around(data={}, fields={})
    shown = StepForm(around=around, values=before)
    assert shown.initial["tells"] == "case_visit"
    given = {"key": "go", "phase": "work", "amount": "", "unit": "h", "tells": "case_waiting"}
    typed = StepForm(given, around=around, values=before)
    assert typed.is_valid(), typed.errors
    assert typed.values()["tells"] == "case_waiting"
