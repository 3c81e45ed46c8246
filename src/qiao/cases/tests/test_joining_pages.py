"""The page of merging, through the real stack."""

import pytest
from django.test import Client

from qiao.cases.tests.test_splitting import archived
from qiao.cases.tests.world import a_case
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.django_db


def test_a_case_that_ended_meanwhile_is_not_offered_for_merging(
    company: Company, agent: Client
) -> None:
    running, over = a_case(company), archived(company)
    assert agent.get(f"/cases/{running.pk}/merge").status_code == 200
    assert agent.get(f"/cases/{over.pk}/merge").status_code == 404
