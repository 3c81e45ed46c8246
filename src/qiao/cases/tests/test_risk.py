"""Risk is heard in the words of a case, raised to a named person, and decided by people."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from qiao.cases import operations
from qiao.cases.models import Case, CaseRisk, RiskAlarm, RiskRuleRow
from qiao.cases.operations.complaint_rules import (
    BadRule,
    begin_risk_rules,
    change_risk_rule,
    end_risk_rule,
    install_rules,
    set_desk,
)
from qiao.cases.queries import alarms, rule_quality
from qiao.cases.tests import world
from qiao.cases.tests.world import NOW, a_case
from qiao.core.actor import Forbidden
from qiao.core.models import Event
from qiao.core.packs.risk_rules import RiskRuleSpec
from qiao.core.rules.texts import Text
from qiao.staff.models import Notice
from qiao.staff.tests.cast import Company

NAME = Text("Hotline", "热线", "熱線")


def rule(key: str, kind: str, level: str, **terms: Any) -> RiskRuleSpec:
    """A rule of the test pack."""
    return RiskRuleSpec(key, kind, level, NAME, NAME, date(2024, 1, 1), terms)


@pytest.fixture
def rules(company: Company) -> None:
    """Rules in force, and a named manager with a deputy for the lake branch."""
    pack = replace(
        world.PACK,
        risk_rules=(
            rule("hotline", "words", "high", words=["12345"], unless=[], not_channels=[]),
            rule("press", "words", "watch", words=["媒体"], unless=[], not_channels=[]),
        ),
    )
    RiskRuleRow.objects.all().delete()
    install_rules(packs=[pack], now=NOW)
    set_desk(
        actor=company.chief,
        now=NOW,
        organisation_id=company.lake.pk,
        pack="",
        manager_id=company.colleague.person_id,
        deputy_id=company.agent.person_id,
    )


def test_words_of_a_new_case_raise_it_to_the_named_manager_at_once(
    company: Company, rules: None
) -> None:
    case = a_case(company, description="再不来我就打12345")
    alarm = RiskAlarm.objects.get(case=case)
    assert Case.objects.get(pk=case.pk).risk == "high"
    assert alarm.manager_id == company.colleague.person_id
    assert alarm.due_at == NOW + timedelta(minutes=120)
    assert Notice.objects.filter(staff=alarm.manager_id, subject_id=case.pk).exists()
    assert [e.kind for e in case.events.order_by("seq")][-1] == "risk_found"


def test_the_deputy_is_told_while_the_manager_is_away(company: Company, rules: None) -> None:
    day = NOW.date()
    set_desk(
        actor=company.chief,
        now=NOW,
        organisation_id=company.lake.pk,
        pack="",
        manager_id=company.colleague.person_id,
        deputy_id=company.agent.person_id,
        away_from=day,
        away_to=day + timedelta(days=3),
    )
    alarm = RiskAlarm.objects.get(case=a_case(company, description="12345"))
    assert alarm.manager_id == company.agent.person_id
    assert alarm.stands_in_for_id == company.colleague.person_id


def test_where_no_manager_is_named_somebody_is_told_all_the_same(company: Company) -> None:
    RiskRuleRow.objects.all().delete()
    pack = replace(world.PACK, risk_rules=(rule("x", "words", "high", words=["12345"]),))
    install_rules(packs=[pack], now=NOW)
    assert RiskAlarm.objects.get(case=a_case(company, description="12345")).manager_id


def test_a_lighter_sign_is_shown_and_raised_with_the_next_one(
    company: Company, rules: None
) -> None:
    case = a_case(company, description="我找媒体")
    assert case.risk == "watch"
    assert not RiskAlarm.objects.filter(case=case).exists()
    operations.chase(case_id=case.pk, words="明天打12345", actor=company.agent, now=NOW)
    assert Case.objects.get(pk=case.pk).risk == "high"
    assert RiskAlarm.objects.filter(case=case).count() == 1


def test_what_was_found_once_is_not_raised_again(company: Company, rules: None) -> None:
    case = a_case(company, description="12345")
    operations.add_note(case_id=case.pk, text="客户又说12345", actor=company.agent, now=NOW)
    assert CaseRisk.objects.filter(case=case).count() == 1


def test_the_manager_acknowledges_and_nobody_twice(company: Company, rules: None) -> None:
    case = a_case(company, description="12345")
    done: dict[str, Any] = {"case_id": case.pk, "now": NOW + timedelta(minutes=5)}
    operations.acknowledge_risk(words="亲自联系", actor=company.colleague, **done)
    with pytest.raises(operations.NothingToDecide):
        operations.acknowledge_risk(words="", actor=company.colleague, **done)
    assert RiskAlarm.objects.get(case=case).ending == "acknowledged"


def test_an_outsider_decides_nothing(company: Company, rules: None) -> None:
    case = a_case(company, description="12345")
    sign = CaseRisk.objects.get(case=case)
    with pytest.raises(Forbidden):
        operations.acknowledge_risk(case_id=case.pk, words="", actor=company.outsider, now=NOW)
    with pytest.raises(Forbidden):
        operations.refuse_risk(
            case_id=case.pk, risk_id=sign.pk, reason="no", actor=company.outsider, now=NOW
        )
    assert not alarms(actor=company.outsider, now=NOW)


def test_a_refused_sign_counts_against_its_rule_and_new_words_raise_it_again(
    company: Company, rules: None
) -> None:
    case = a_case(company, description="12345")
    sign = CaseRisk.objects.get(case=case)
    who: dict[str, Any] = {"actor": company.colleague, "now": NOW}
    with pytest.raises(operations.ReasonMissing):
        operations.refuse_risk(case_id=case.pk, risk_id=sign.pk, reason=" ", **who)
    operations.refuse_risk(case_id=case.pk, risk_id=sign.pk, reason="引用他人", **who)
    assert Case.objects.get(pk=case.pk).risk == ""
    assert RiskAlarm.objects.get(case=case).ending == "refused"
    (line,) = rule_quality(actor=company.colleague, since=NOW - timedelta(days=1))
    assert (line.found, line.refused) == (1, 1)
    operations.chase(case_id=case.pk, words="这次真打12345", actor=company.agent, now=NOW)
    assert Case.objects.get(pk=case.pk).risk == "high"
    assert RiskAlarm.objects.filter(case=case, ended_at__isnull=True).count() == 1


def test_an_alarm_that_nobody_acknowledges_goes_to_the_next_one(
    company: Company, rules: None
) -> None:
    case = a_case(company, description="12345")
    assert operations.pass_on_alarms(now=NOW + timedelta(minutes=119)) == 0
    assert operations.pass_on_alarms(now=NOW + timedelta(minutes=121)) == 1
    assert RiskAlarm.objects.get(case=case).manager_id == company.agent.person_id
    assert operations.pass_on_alarms(now=NOW + timedelta(minutes=121)) == 0


def test_a_changed_rule_weighs_open_cases_anew(company: Company, rules: None) -> None:
    case = a_case(company, description="我去消委会")
    row = RiskRuleRow.objects.get(key="hotline")
    values: dict[str, Any] = {
        "actor": company.chief,
        "now": NOW,
        "rule_id": row.pk,
        "source": "通知 7 号",
    }
    terms = {"words": ["12345", "消委会"], "unless": []}
    with pytest.raises(BadRule):
        change_risk_rule(valid_from=date(2026, 1, 1), level="high", terms=terms, **values)
    changed = change_risk_rule(valid_from=NOW.date(), level="high", terms=terms, **values)
    assert operations.reweigh_open(rule_id=changed.pk, after=0, now=NOW) is None
    assert Case.objects.get(pk=case.pk).risk == "high"
    row.refresh_from_db()
    assert row.valid_to == NOW.date()


def test_a_rule_that_is_dated_ahead_weighs_open_cases_on_its_day_and_once(
    company: Company, rules: None
) -> None:
    case = a_case(company, description="我去消委会")
    row = RiskRuleRow.objects.get(key="hotline")
    changed = change_risk_rule(
        actor=company.chief,
        now=NOW,
        rule_id=row.pk,
        valid_from=date(2026, 11, 22),
        level="high",
        terms={"words": ["消委会"], "unless": []},
        source="通知 9 号",
    )
    told = Event.objects.filter(name="cases.risk_rules_changed")
    midnight = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)  # 0:00 of the 22nd in Shanghai
    assert begin_risk_rules(now=midnight - timedelta(minutes=1)) == 0
    assert not told.exists()
    assert begin_risk_rules(now=midnight) == 1
    assert begin_risk_rules(now=midnight + timedelta(hours=1)) == 0
    assert told.get().payload == {"rule_id": changed.pk, "after_id": 0}
    operations.reweigh_open(rule_id=changed.pk, after=0, now=midnight)
    assert Case.objects.get(pk=case.pk).risk == "high"


def test_a_pack_is_installed_once_and_leaves_changes_of_the_company(
    company: Company, rules: None
) -> None:
    before = RiskRuleRow.objects.count()
    pack = replace(
        world.PACK, risk_rules=(rule("hotline", "words", "watch", words=["x1"], unless=[]),)
    )
    install_rules(packs=[pack], now=NOW)
    assert RiskRuleRow.objects.count() == before


def test_a_rule_of_the_whole_company_is_changed_and_ended_in_the_company_alone(
    company: Company, rules: None
) -> None:
    row = RiskRuleRow.objects.get(key="hotline")
    values: dict[str, Any] = {"actor": company.agent, "now": NOW, "rule_id": row.pk}
    assert company.agent.can_in("core.configure", company.lake.pk)
    with pytest.raises(Forbidden):
        change_risk_rule(
            valid_from=NOW.date(), level="watch", terms=row.terms, source="通知 8 号", **values
        )
    with pytest.raises(Forbidden):
        end_risk_rule(valid_to=NOW.date(), **values)
    end_risk_rule(valid_to=NOW.date(), **{**values, "actor": company.chief})
    row.refresh_from_db()
    assert row.valid_to == NOW.date()
