"""The third complaint on the same matter: by the coded cause, by the kind of case until then."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from qiao.cases.models import Case, CaseRisk, RiskRuleRow
from qiao.cases.operations import OpenRequest, code_causes, open_case
from qiao.cases.operations.cause_tree import merge_causes
from qiao.cases.operations.complaint_rules import install_rules
from qiao.cases.tests.test_risk import rule
from qiao.cases.tests.world import NOW
from qiao.core.packs.enabled import catalogue
from qiao.customers.tests.factories import make_customer
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
CHLORINE, AIR, TANK = "water.quality_chlorine", "water.quality_air", "water.quality_tank"


class Matter:
    """One customer who complains, and the rule that counts."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.customer = make_customer(company.agent)

    def complains(self, day: int, cause: str = "", kind: str = "works_complaint") -> Case:
        """Open a complaint that many days after the start, coded at once if its cause is given."""
        now = NOW + timedelta(days=day)
        case = open_case(
            request=OpenRequest(
                type_key=f"water.{kind}",
                organisation_id=self.company.lake.pk,
                title="水有异味",
                channel="phone",
                area="339102",
                customer_id=self.customer.pk,
                facts={},
            ),
            actor=self.company.agent,
            now=now,
        )
        return self.code(case, cause, day) if cause else case

    def code(self, case: Case, cause: str, day: int) -> Case:
        """Say what was found to be the reason."""
        told: dict[str, Any] = {"actor": self.company.agent, "now": NOW + timedelta(days=day)}
        return code_causes(case_id=case.pk, main=cause, **told)


@pytest.fixture
def matter() -> Matter:
    RiskRuleRow.objects.all().delete()
    pack = catalogue().packs["water"]
    counting = rule("third", "repeat", "high", count=3, days=30, same="cause")
    install_rules(packs=[replace(pack, risk_rules=(counting,))], now=NOW - timedelta(days=400))
    return Matter(make_company())


def found(case: Case) -> list[int]:
    """How many complaints were counted where the case was found to be one too many."""
    return list(CaseRisk.objects.filter(case=case).values_list("count", flat=True))


def test_the_third_of_one_cause_is_a_risk_whatever_its_type(matter: Matter) -> None:
    matter.complains(0, CHLORINE)
    matter.complains(1, CHLORINE, kind="service_complaint")
    third = matter.complains(2)
    assert found(third) == [], "not coded yet: one complaint of its type before"
    matter.code(third, CHLORINE, 2)
    assert found(third) == [3]


def test_complaints_of_one_type_with_other_causes_are_other_matters(matter: Matter) -> None:
    matter.complains(0, CHLORINE)
    matter.complains(1, AIR)
    third = matter.complains(2)
    assert found(third) == [3], "what is not coded may be the same"
    Case.objects.filter(pk=third.pk).update(risk="")
    CaseRisk.objects.filter(case=third).delete()
    matter.code(third, TANK, 2)
    assert found(third) == []


def test_what_is_not_coded_goes_by_its_type(matter: Matter) -> None:
    matter.complains(0)
    matter.complains(1, kind="service_complaint")
    assert found(matter.complains(2)) == []
    assert found(matter.complains(3)) == [3]


def test_a_cause_that_was_merged_is_the_one_that_took_its_place(matter: Matter) -> None:
    matter.complains(0, AIR)
    matter.complains(1, AIR, kind="service_complaint")
    merge_causes(key=AIR, into=CHLORINE, actor=matter.company.chief, now=NOW + timedelta(days=2))
    third = matter.complains(3)
    matter.code(third, CHLORINE, 3)
    assert found(third) == [3]


def test_what_is_too_long_ago_or_closed_counts_nothing_anew(matter: Matter) -> None:
    matter.complains(0, CHLORINE)
    matter.complains(1, CHLORINE, kind="service_complaint")
    late = matter.complains(60)
    matter.code(late, CHLORINE, 60)
    assert found(late) == []
    closed = matter.complains(2)
    Case.objects.filter(pk=closed.pk).update(
        closed_at=NOW + timedelta(days=3), closed_date=date(2026, 11, 23), phase="closed"
    )
    matter.code(closed, CHLORINE, 4)
    assert found(closed) == []
