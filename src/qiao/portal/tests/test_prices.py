"""Prices for everybody: no sign-in, no script, in the reader's language."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qiao.billing.queries import price_lists
from qiao.staff.tests.cast import make_company

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def company() -> None:
    make_company()


def words(address: str, language: str = "en") -> str:
    response = Client(headers={"accept-language": language}).get(address)
    assert response.status_code == 200
    assert set(response.cookies) <= {"q-csrf"}  # of the form that chooses the language
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", text)


def household(query: str) -> str:
    lists = price_lists(day=timezone.localdate())
    found = next(each for each in lists if "居民" in each.name or each.name == "Households")
    return f"{reverse('portal:price', args=[found.tariff_id])}?{query}"


def test_the_list_leaves_out_what_does_not_hold_yet() -> None:
    assert "Households Water · since 2026-01-01" in words(reverse("portal:prices"))
    early = words(f"{reverse('portal:prices')}?day=2019-01-01")
    assert "No prices hold on this day yet." in early
    assert "Households" not in early


def test_anybody_reckons_what_a_bill_would_come_to() -> None:
    first = words(household("day=2026-06-01"))
    assert "What would a bill come to?" in first
    assert "Total" not in first
    asked = words(household("day=2026-06-01&usage=30&used_before=170&people=4"))
    assert "Tier 2 180–260 20 × 3.00 CNY 60.00" in asked
    assert "Total CNY 114.50" in asked
    dearer = words(household("day=2025-06-01&usage=30&used_before=170&people=4"))
    assert "Total CNY 110.50" in dearer
    assert "Use: Enter a number, 0 or more." in words(household("usage=-3"))


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "合计"), ("zh-hant", "合計")])
def test_both_scripts_of_chinese(language: str, said: str) -> None:
    assert said in words(household("usage=30"), language)


def test_what_is_not_there_is_not_found() -> None:
    assert Client().get(reverse("portal:price", args=[10**9])).status_code == 404
    assert Client().post(reverse("portal:prices")).status_code == 405
