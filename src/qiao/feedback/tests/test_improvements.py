"""From a finding to a proven effect, through operations and pages, by hand and by rule."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from qiao.cases.models import Case
from qiao.cases.operations import (
    OpenRequest,
    code_causes,
    open_case,
)
from qiao.cases.tests.browsing import HTMX, client_of, text_of
from qiao.core.actor import Forbidden
from qiao.customers.models import Customer
from qiao.customers.tests.factories import make_account, make_customer
from qiao.feedback.improvement_words import story_of
from qiao.feedback.models import Improvement, ImprovementEvent, ImprovementRule
from qiao.feedback.operations.improvements import (
    Finding,
    ImprovementRefused,
    add_action,
    close_improvement,
    drop_improvement,
    hand_over,
    measure,
    note_told,
    open_improvement,
    take_effect,
)
from qiao.feedback.operations.watching import add_rule, end_rule, watch_causes
from qiao.feedback.queries.improvements import complainants_of, curve_of
from qiao.feedback.rules.improvements import Period
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
CAUSE = "water.quality_chlorine"
START = date(2026, 3, 1)
NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Home:
    """The cast with a customer and an account of the lake branch."""

    company: Company
    customer: Customer


@pytest.fixture
def home() -> Home:
    company = make_company()
    customer = make_customer(company.agent)
    make_account(company.agent, owner=customer)
    return Home(company, customer)


def complaint(home: Home, day: int, cause: str = CAUSE) -> Case:
    """A case of the lake branch that many days after the start, coded at once."""
    company, now = home.company, NOON + timedelta(days=day)
    request = OpenRequest(
        type_key="water.works_complaint",
        organisation_id=company.lake.pk,
        title="水有氯味",
        description="厨房水氯味很重。",
        channel="phone",
        area="339102",
        customer_id=home.customer.pk,
        facts={},
    )
    case = open_case(request=request, actor=company.agent, now=now)
    return code_causes(case_id=case.pk, main=cause, actor=company.agent, now=now)


def finding(company: Company, **changes: Any) -> Finding:
    told: dict[str, Any] = {
        "organisation_id": company.lake.pk,
        "cause_key": CAUSE,
        "title": "氯味投诉增多",
        "finding": "末梢余氯偏高。",
        "owner_id": company.agent.person_id,
        "period": Period(START, START + timedelta(days=29)),
        **changes,
    }
    return Finding(**told)


def opened(home: Home, count: int = 20, **changes: Any) -> Improvement:
    for place in range(count):
        complaint(home, place)
    now = NOON + timedelta(days=30)
    return open_improvement(
        finding=finding(home.company, **changes), actor=home.company.agent, now=now
    )


def acting(row: Improvement, company: Company) -> Improvement:
    now = NOON + timedelta(days=31)
    told: dict[str, Any] = {"improvement_id": row.pk, "actor": company.agent, "now": now}
    add_action(text="降低加氯量", due_date=now.date(), cost_minor=120_000, **told)
    return take_effect(effective_date=now.date(), **told)


def judged(home: Home, after: int, count: int = 20) -> Improvement:
    row = acting(opened(home, count), home.company)
    for place in range(after):
        complaint(home, 32 + place)
    now = NOON + timedelta(days=63)
    return measure(improvement_id=row.pk, actor=home.company.agent, now=now)


def test_an_improvement_goes_from_finding_to_proof_and_is_told(home: Home) -> None:
    row = judged(home, after=2)
    assert (row.before_count, row.after_count, row.verdict) == (20, 2, "proved")
    assert (row.after_from, row.after_to) == (date(2026, 4, 2), date(2026, 5, 1))
    now = NOON + timedelta(days=64)
    told: dict[str, Any] = {"improvement_id": row.pk, "actor": home.company.agent, "now": now}
    with pytest.raises(ImprovementRefused, match="not_told"):
        close_improvement(lessons="按余氯调节", **told)
    cases = [each.case_id for each in complainants_of(row)]
    assert len(cases) == 20
    assert note_told(case_ids=cases, channel="phone", **told) == 20
    assert note_told(case_ids=cases, channel="phone", **told) == 0
    closed = close_improvement(lessons="按余氯调节", **told)
    assert (closed.state, closed.lessons) == ("closed", "按余氯调节")
    kinds = ImprovementEvent.objects.filter(improvement=row).order_by("seq")
    assert list(kinds.values_list("kind", flat=True)) == [
        "opened", "action_planned", "took_effect", "measured", "told", "closed",
    ]  # fmt: skip


def test_no_fall_proves_nothing_and_a_rise_is_called_worse(home: Home) -> None:
    row = judged(home, after=18)
    assert row.verdict == "not_proved"
    assert not row.is_small


def test_what_is_not_its_turn_is_refused(home: Home) -> None:
    company = home.company
    row = opened(home, count=2)
    now = NOON + timedelta(days=31)
    told: dict[str, Any] = {"improvement_id": row.pk, "actor": company.agent, "now": now}
    for reason, attempt in (
        ("state", lambda: take_effect(effective_date=now.date(), **told)),
        ("state", lambda: measure(**told)),
        ("state", lambda: note_told(case_ids=[1], channel="phone", **told)),
        ("open_already", lambda: open_improvement(
            finding=finding(company), actor=company.agent, now=now)),
        ("cause", lambda: open_improvement(
            finding=finding(company, cause_key="water.none"), actor=company.agent, now=now)),
        ("period", lambda: open_improvement(
            finding=finding(company, cause_key="water.quality_air",
                            period=Period(START, START + timedelta(days=400))),
            actor=company.agent, now=now)),
    ):  # fmt: skip
        with pytest.raises(ImprovementRefused, match=reason):
            attempt()
    with pytest.raises(Forbidden):
        drop_improvement(reason="x", **{**told, "actor": company.outsider})
    acted = acting(row, company)
    with pytest.raises(ImprovementRefused, match="too_early"):
        measure(improvement_id=acted.pk, actor=company.agent, now=now)
    assert drop_improvement(reason="水厂改造，另行处理", **told).state == "dropped"


def test_a_cause_has_one_open_improvement_in_a_unit(home: Home) -> None:
    row = opened(home, count=1)
    row.pk, row.number = None, "GJ-other"
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_another_person_takes_it_over(home: Home) -> None:
    row = opened(home, count=1)
    company = home.company
    hand_over(
        improvement_id=row.pk,
        owner_id=company.colleague.person_id,
        actor=company.agent,
        now=NOON + timedelta(days=40),
    )
    row.refresh_from_db()
    assert row.owner_id == company.colleague.person_id
    told: dict[str, Any] = {
        "improvement_id": row.pk,
        "actor": company.agent,
        "now": NOON + timedelta(days=41),
    }
    hand_over(owner_id=company.agent.person_id, **told)
    names = [each.detail for each in story_of(list(row.events.order_by("seq")))[1:]]
    assert names == [company.colleague_staff.name, company.agent_staff.name]


def test_a_threshold_opens_an_improvement_once(home: Home) -> None:
    company = home.company
    ImprovementRule.objects.all().delete()
    rule = add_rule(
        kind="count",
        cause_id=None,
        organisation_id=company.lake.pk,
        days=30,
        least=5,
        false_alarm=None,
        valid_from=START,
        actor=company.chief,
    )
    for place in range(4):
        complaint(home, place)
    now = NOON + timedelta(days=10)
    assert watch_causes(now=now) == []
    complaint(home, 8)
    (row,) = watch_causes(now=now)
    assert (row.rule, row.organisation_id, row.before_count) == (rule, company.lake.pk, 5)
    assert row.opened_by is None
    assert watch_causes(now=now) == []
    drop_improvement(improvement_id=row.pk, reason="x", actor=company.agent, now=now)
    assert watch_causes(now=now) == []
    end_rule(rule_id=rule.pk, valid_until=now.date(), actor=company.chief)
    assert watch_causes(now=now + timedelta(days=40)) == []


def test_what_is_usual_opens_nothing(home: Home) -> None:
    assert ImprovementRule.objects.filter(kind="unusual").exists()
    ImprovementRule.objects.update(valid_from=START)
    for place in range(12):
        complaint(home, place * 30)
    assert watch_causes(now=NOON + timedelta(days=345)) == []


def test_the_night_measures_what_is_due(home: Home) -> None:
    row = acting(opened(home), home.company)
    ImprovementRule.objects.all().delete()
    watch_causes(now=NOON + timedelta(days=61))
    row.refresh_from_db()
    assert row.state == "measuring"
    watch_causes(now=NOON + timedelta(days=62))
    row.refresh_from_db()
    assert (row.state, row.verdict) == ("judged", "proved")


def test_the_curve_counts_every_case_once(home: Home) -> None:
    row = opened(home)
    steps = curve_of(row, today=START + timedelta(days=30))
    assert [step.count for step in steps] == [15, 5]


def test_the_pages_tell_the_story(home: Home) -> None:
    row = judged(home, after=2)
    agent = client_of(home.company.agent_staff)
    page = text_of(agent.get(reverse("feedback:improvement", args=[row.pk])))
    assert row.number in page
    assert "<polyline" in page
    assert text_of(agent.get(reverse("feedback:improvements"))).count(row.number) == 1
    outsider = client_of(home.company.outsider_staff)
    assert outsider.get(reverse("feedback:improvement", args=[row.pk])).status_code == 404
    assert row.number not in text_of(outsider.get(reverse("feedback:improvements")))


def test_it_is_opened_acted_on_and_given_up_on_the_page(home: Home) -> None:
    company = home.company
    agent = client_of(company.agent_staff)
    new = reverse("feedback:improvement_new")
    assert agent.get(new, headers=HTMX).status_code == 200
    typed = {
        "cause": CAUSE,
        "unit": company.lake.pk,
        "title": "氯味",
        "finding": "偏高",
        "owner": company.agent_staff.pk,
        "since": "2026-03-01",
        "until": "2026-03-30",
    }
    assert agent.post(new, {**typed, "since": "2020-01-01"}).status_code == 422
    assert agent.post(new, typed).status_code == 302
    row = Improvement.objects.get()
    plan = reverse("feedback:improvement_plan", args=[row.pk])
    done = agent.post(
        plan, {"text": "调整", "due_date": "2026-12-01", "cost": "12.50"}, headers=HTMX
    )
    assert done.status_code == 204
    assert row.actions.get().cost_minor == 1250
    drop = reverse("feedback:improvement_drop", args=[row.pk])
    assert agent.post(drop, {"text": ""}).status_code == 422
    assert agent.post(drop, {"text": "另案处理"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "dropped"
