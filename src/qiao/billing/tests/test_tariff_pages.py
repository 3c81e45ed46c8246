"""Prices on a day, and an example walked through, as an agent sees them."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from qiao.billing.models import Tariff
from qiao.billing.queries.price_lists import price_list_of
from qiao.billing.queries.tariffs import tariff_on
from qiao.staff.tests.cast import Company, make_company, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def page(company: Company) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(company.agent_staff)
    return client


def words(client: Client, address: str, query: str = "", **heads: str) -> str:
    response = client.get(f"{address}?{query}", headers=heads)
    assert response.status_code == 200
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", text)


def household() -> str:
    return reverse("billing:tariff", args=[Tariff.objects.get(pack="water", key="household").pk])


def test_the_list_shows_what_holds_on_a_day_and_when_it_ends(page: Client) -> None:
    address = reverse("billing:tariffs")
    now = words(page, address, "day=2026-06-01")
    assert "Households Water 2026-01-01 until changed" in now
    assert "Water · tier 2, above 180 m³ (People in the household 4) 3.00" in now
    before = words(page, address, "day=2025-06-01")
    assert "Households Water 2023-01-01 2026-01-01" in before
    assert "does not hold yet" in words(page, address, "day=2019-01-01")


def test_a_tariff_shows_the_prices_of_its_day(page: Client) -> None:
    now = words(page, household(), "day=2026-06-01")
    assert (
        "tier 1 2.00 tier 2, above 180 m³ (People in the household 4) reckoned as 180 + 36" in now
    )
    assert "36 × (the greater of 0 and People in the household − 4) 3.00" in now
    assert "tier 1 1.90" in words(page, household(), "day=2025-06-01")
    early = words(page, household(), "day=2019-01-01")
    assert "does not hold on this day yet" in early
    assert "An example" not in early


def test_a_price_that_is_reckoned_is_called_so_and_shows_its_formula() -> None:
    """With the names that people know, those of quantities spelled out."""
    with translation.override("en"):
        lists = [
            price_list_of(tariff_on(tariff_id=row.pk, day=date(2026, 6, 1)))
            for row in Tariff.objects.filter(pack="power")
        ]
    prices = [p for each in lists for charge in each.charges for p in charge.prices]
    reckoned = [p for p in prices if not p.price[0].isdigit()]
    assert {p.price for p in reckoned} == {"by a formula"}
    assert all("ower factor" in p.note for p in reckoned)
    assert reckoned[0].note.startswith("(0.5 × (the greater of 0 and 0.9 − Power factor)")


def test_an_example_is_walked_through_and_asked_anew_alone(page: Client) -> None:
    query = "day=2026-06-01&usage=30&used_before=170&people=4"
    whole = words(page, household(), query)
    walked = "Tier 1 0–180 10 × 2.00 CNY 20.00 Tier 2 180–260 20 × 3.00 CNY 60.00"
    assert walked in whole
    assert "Total CNY 114.50 VAT contained in the water price (3 %) CNY 2.33" in whole
    part = words(page, household(), f"part=example&{query}", **{"HX-Request": "true"})
    assert walked in part
    assert "Prices and tariffs" not in part


@pytest.mark.parametrize("usage", ["-1", "", "x", "NaN", "1e20"])
def test_what_is_no_quantity_is_said_beside_the_form(page: Client, usage: str) -> None:
    told = words(page, household(), f"usage={usage}")
    assert "Use:" in told
    assert "Total" not in told


def test_chinese_readers_see_chinese_prices(company: Company) -> None:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(company.agent_staff)
    told = words(client, household(), "day=2026-06-01&usage=30&used_before=170")
    assert "第1阶梯" in told
    assert "114.50 元" in told


def test_who_has_no_right_is_refused_and_what_is_not_there_is_not_found(
    company: Company, page: Client
) -> None:
    client = Client()
    client.force_login(
        person(number="4711", name="甲", branch=company.lake, permissions=("staff.view",))
    )
    assert client.get(reverse("billing:tariffs")).status_code == 403
    assert page.get(reverse("billing:tariff", args=[10**9])).status_code == 404


def test_the_list_asks_as_often_for_many_as_for_few(page: Client) -> None:
    address = reverse("billing:tariffs")
    page.get(address)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            page.get(address)
        return len(queries)

    few = asked()
    rows = [
        Tariff(pack="x", key=f"k{n}", service="gas", names={}, created_at=timezone.now())
        for n in range(30)
    ]
    Tariff.objects.bulk_create(rows)
    assert asked() == few
