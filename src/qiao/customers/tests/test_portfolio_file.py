"""The file of a manager's portfolio: exactly their customers of the day, for whoever may."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qiao.core.models import Disclosure, Export
from qiao.core.tests.deliveries import run_background
from qiao.customers.operations import merge_customers
from qiao.customers.operations.managing import assign_manager, end_manager
from qiao.customers.tests.factories import NOW, make_customer
from qiao.customers.tests.test_exporting import ask, fetch, table
from qiao.customers.tests.test_pages import browser
from qiao.staff.models import Staff
from qiao.staff.tests.cast import Company, make_company, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
TODAY = timezone.localdate()
OWN = ("customers.view", "customers.manage_own")


@pytest.fixture
def world() -> Company:
    return make_company()


@pytest.fixture
def keeper(world: Company) -> Staff:
    return person(
        number="1301", name="方经理", branch=world.company, permissions=(*OWN, "customers.export")
    )


def care(world: Company, keeper: Staff, *names: str, days: int = -10) -> list[int]:
    """Customers in the care of the keeper from so many days off."""
    ids = [make_customer(world.agent, name=name).pk for name in names]
    assign_manager(
        actor=world.chief, now=timezone.now(), customer_ids=ids, manager_id=keeper.pk,
        since=TODAY + timedelta(days=days),
    )  # fmt: skip
    return ids


def names_in(client: Client, query: str) -> list[str]:
    export = ask(client, query)
    run_background()
    return [row[0] for row in table(fetch(client, export))[1:]]


def test_the_file_of_a_portfolio_holds_exactly_the_customers_of_that_day(
    world: Company, keeper: Staff
) -> None:
    make_customer(world.agent, name="无经理")
    care(world, world.colleague_staff, "别人的")
    _kept, gone, _both = care(world, keeper, "甲厂", "乙厂", "丁厂")
    care(world, keeper, "明天起", days=1)
    survivor = make_customer(world.agent, name="合并后的丙厂")
    (merged,) = care(world, keeper, "丙厂")
    merge_customers(actor=world.chief, now=NOW, customer_id=survivor.pk, merged_id=merged)
    end_manager(
        actor=world.chief, now=timezone.now(), customer_ids=[gone], day=TODAY, reason="停产"
    )
    query = f"?manager={keeper.pk}"
    expected = ["甲厂", "丁厂", "合并后的丙厂"]
    for client in (browser(keeper), browser(world.chief_staff)):
        assert sorted(names_in(client, query)) == sorted(expected)
    assert names_in(browser(world.chief_staff), f"{query}&q=丁厂") == ["丁厂"]
    assert names_in(browser(world.chief_staff), f"{query}&tier=A") == []
    assert Disclosure.objects.filter(kind="export", row_count=3).count() == 2


def test_the_file_ends_where_the_right_to_take_away_ends(world: Company, keeper: Staff) -> None:
    care(world, keeper, "滨湖厂")
    other = make_customer(world.outsider, name="江北厂")
    assign_manager(
        actor=world.chief, now=timezone.now(), customer_ids=[other.pk], manager_id=keeper.pk,
        since=TODAY,
    )  # fmt: skip
    query = f"?manager={keeper.pk}"
    assert names_in(browser(keeper), query) == ["滨湖厂", "江北厂"]
    assert names_in(browser(world.agent_staff), query) == ["滨湖厂"]
    export = Export.objects.latest("id")
    assert export.terms["filters"]["manager"] == keeper.pk
    told = browser(world.agent_staff).get(reverse("staff:files")).content.decode()
    assert "Customer manager: 方经理" in told


def test_the_button_stands_where_both_rights_are(world: Company, keeper: Staff) -> None:
    care(world, keeper, "甲厂")
    plain = person(number="1302", name="许经理", branch=world.lake, permissions=OWN)
    care(world, plain, "乙厂")
    url, new = reverse("customers:portfolio"), reverse("customers:export_new")
    assert f'hx-get="{new}?manager={keeper.pk}"' in browser(keeper).get(url).content.decode()
    assert new not in browser(plain).get(url).content.decode()
    assert browser(plain).get(new, {"manager": plain.pk}).status_code == 403
    asked = browser(keeper).get(new, {"manager": keeper.pk}).content.decode()
    assert "Customer manager: 方经理" in asked
    # Whose portfolio one may not see one may not take away either.
    assert browser(keeper).get(new, {"manager": plain.pk}).status_code == 404
