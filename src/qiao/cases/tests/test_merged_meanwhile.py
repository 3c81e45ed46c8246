"""What the clock does by itself goes on where a case was merged into another meanwhile."""

from datetime import timedelta
from typing import Any

from qiao.cases import operations, risk_tasks
from qiao.cases.events import RiskRulesChanged
from qiao.cases.models import Case, CaseEvent, CaseSnooze, CaseType, RiskAlarm, RiskRuleRow
from qiao.cases.operations import risk as risk_operations
from qiao.cases.operations import setting_aside
from qiao.cases.tests.test_risk import rules  # noqa: F401 - a fixture
from qiao.cases.tests.world import NOW, a_case
from qiao.core import events
from qiao.core.models import Event
from qiao.staff.tests.cast import Company

SOON = NOW + timedelta(minutes=5)


def _merge(company: Company, survivor: Case, merged: Case) -> None:
    operations.merge_cases(
        survivor_id=survivor.pk, merged=[merged.pk], actor=company.agent, now=SOON
    )


def test_a_merged_complaint_that_runs_late_stops_no_clock(company: Company) -> None:
    survivor, merged, other = (a_case(company) for _n in range(3))
    CaseType.objects.filter(key="water.leak").update(group="complaint")
    _merge(company, survivor, merged)
    operations.refresh_levels(now=NOW + timedelta(hours=3))
    assert Case.objects.get(pk=other.pk).level == "late"
    missed = CaseEvent.objects.filter(kind="deadline_missed").values_list("case_id", flat=True)
    assert set(missed) == {survivor.pk, other.pk}


def test_what_was_set_aside_and_merged_ends_quietly_and_the_others_come_back(
    company: Company,
) -> None:
    survivor, merged, other = (a_case(company, type_key="water.bill") for _n in range(3))
    for case in (merged, other):
        setting_aside.snooze(
            case_id=case.pk, until=NOW + timedelta(hours=1), until_answer=False, for_team=False,
            reason="", actor=company.agent, now=NOW,
        )  # fmt: skip
    _merge(company, survivor, merged)
    setting_aside.return_snoozed(now=NOW + timedelta(hours=1))
    assert CaseSnooze.objects.get(case=other).returned_why == "time"
    ended = CaseSnooze.objects.get(case=merged)
    assert (ended.returned_at, ended.ended_at) == (None, NOW + timedelta(hours=1))


def test_the_alarm_of_a_merged_case_is_passed_on_and_acknowledged(
    company: Company,
    rules: None,  # noqa: F811
) -> None:
    survivor, merged, other = a_case(company), *(a_case(company, title="12345") for _n in "ab")
    _merge(company, survivor, merged)
    assert operations.pass_on_alarms(now=NOW + timedelta(minutes=121)) == 2
    about: dict[str, Any] = {"actor": company.agent, "now": NOW + timedelta(minutes=122)}
    for case in (merged, other):
        operations.acknowledge_risk(case_id=case.pk, words="", **about)
    assert not RiskAlarm.objects.filter(ended_at__isnull=True).exists()


def test_a_changed_rule_is_weighed_in_batches_each_a_job_of_its_own(
    company: Company,
    rules: None,  # noqa: F811
    monkeypatch: Any,
) -> None:
    survivor, merged, other = (a_case(company, description="我去消委会") for _n in range(3))
    _merge(company, survivor, merged)
    row = RiskRuleRow.objects.get(key="hotline")
    row.terms = {"words": ["消委会"], "unless": []}
    row.save()
    monkeypatch.setattr(risk_operations, "BATCH", 2)
    told = events.Envelope(1, company.lake.pk, None, NOW, "")
    risk_tasks.on_rules_changed(event=RiskRulesChanged(row.pk), envelope=told)
    after = Event.objects.filter(name="cases.risk_rules_changed").latest("id").payload
    assert after == {"rule_id": row.pk, "after_id": merged.pk}
    risk_tasks.on_rules_changed(event=RiskRulesChanged(row.pk, merged.pk), envelope=told)
    assert set(Case.objects.values_list("risk", flat=True)) == {"high"}
    assert {survivor.pk, merged.pk, other.pk} == set(
        RiskAlarm.objects.values_list("case_id", flat=True)
    )
