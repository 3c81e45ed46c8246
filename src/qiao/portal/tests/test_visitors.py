"""Limits of visitors hold against a crowd, too."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from qiao.feedback.tests.suggesting import fresh_company, passed, taken  # noqa: F401 - a fixture
from qiao.portal import visitors
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.django_db


def test_a_flood_does_not_push_out_what_counts_it(
    company: Company,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(visitors.LIMITS, "vote", (5, 3))
    page = reverse(
        "portal:opinion_vote", args=[passed(company, taken(company, "停水通知")).number]
    )
    codes = [Client().post(page).status_code for _n in range(5)]
    assert codes == [302] * 3 + [429] * 2
    for n in range(320):
        cache.set(f"portal:vote:v{n}", (0, 1))
    assert Client().post(page).status_code == 429
