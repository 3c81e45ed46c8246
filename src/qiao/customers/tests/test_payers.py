"""Somebody else pays for an account, from a day until a day."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from qiao.core.actor import Forbidden
from qiao.customers.models import Account, AccountParty, Customer
from qiao.customers.operations import AlreadyOwned, WrongState, add_party, end_party
from qiao.customers.operations.payers import DayPassed, PaidByOther, end_paying, let_pay
from qiao.customers.queries import NotVisible, account_lines, addressees_of
from qiao.customers.tests.factories import NOW, make_account, make_customer
from qiao.customers.tests.test_pages import browser
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
LATER = TODAY + timedelta(days=30)


@pytest.fixture
def world() -> Company:
    return make_company()


@pytest.fixture
def account(world: Company) -> Account:
    return make_account(world.agent, owner=make_customer(world.agent, name="用水人"))


@pytest.fixture
def payer(world: Company) -> Customer:
    """Who lives elsewhere."""
    found = make_customer(world.agent, name="社会福利办")
    make_account(world.agent, owner=found)
    return found


def pays(world: Company, account: Account, payer: Customer, **days: date | None) -> AccountParty:
    told = {"from_date": TODAY, "to_date": None} | days
    return let_pay(actor=world.agent, now=NOW, account_id=account.pk, customer_id=payer.pk, **told)  # type: ignore[arg-type]


def name_on(account: Account, day: date) -> str:
    (found,) = addressees_of([(account.pk, day)])
    return found.name


def test_papers_go_to_the_payer_from_a_day_until_a_day(
    world: Company, account: Account, payer: Customer
) -> None:
    pays(world, account, payer, to_date=LATER)
    days = [TODAY - timedelta(days=1), TODAY, LATER - timedelta(days=1), LATER]
    assert [name_on(account, day) for day in days] == [
        "用水人", "社会福利办", "社会福利办", "用水人",
    ]  # fmt: skip
    (found,) = addressees_of([(account.pk, TODAY)])
    assert found.user_name == "用水人"
    home = Account.objects.get(parties__customer=payer, parties__role="owner")
    assert home.service_point
    assert found.postal == home.service_point.premises.full_text != found.address
    (line,) = account_lines(actor=world.agent, account_ids=[account.pk])
    assert line.customer_name == "用水人", "the customer of the account stays who uses it"


def test_a_paper_of_earlier_days_goes_to_the_payer_of_the_day_on_which_it_is_sent(
    world: Company, account: Account, payer: Customer
) -> None:
    pays(world, account, payer)
    before = TODAY - timedelta(days=20)
    (found,) = addressees_of([(account.pk, before)], sent=[TODAY])
    assert found.name == "社会福利办"
    owner = AccountParty.objects.get(account=account, role="owner")
    end_party(actor=world.agent, now=NOW, party_id=owner.pk, end_date=TODAY)
    (left,) = addressees_of([(account.pk, before)], sent=[TODAY])
    assert left.name == "用水人", "who has left answers for their own days"


def test_whoever_lives_there_and_pays_is_nobody_else(world: Company, account: Account) -> None:
    tenant = make_customer(world.agent, name="租户")
    for role in ("occupant", "payer"):
        add_party(
            actor=world.agent, now=NOW, account_id=account.pk, customer_id=tenant.pk, role=role,
            from_date=TODAY,
        )  # fmt: skip
    (found,) = addressees_of([(account.pk, TODAY)])
    assert (found.name, found.user_name, found.postal) == ("租户", "", found.address)


def test_who_began_to_pay_last_pays(world: Company, account: Account) -> None:
    tenant = make_customer(world.agent, name="租户")
    for role in ("occupant", "payer"):
        add_party(
            actor=world.agent, now=NOW, account_id=account.pk, customer_id=tenant.pk, role=role,
            from_date=TODAY - timedelta(days=100),
        )  # fmt: skip
    employer = make_customer(world.agent, name="雇主", kind="organisation")
    pays(world, account, employer, to_date=LATER)
    found = addressees_of([(account.pk, day) for day in (TODAY, LATER)])
    assert [(each.name, each.user_name) for each in found] == [("雇主", "租户"), ("租户", "")]


def test_two_outsiders_do_not_pay_at_once(
    world: Company, account: Account, payer: Customer
) -> None:
    first = pays(world, account, payer, to_date=LATER)
    other = make_customer(world.agent, name="别人")
    with pytest.raises(PaidByOther, match="社会福利办"):
        pays(world, account, other)
    with pytest.raises(AlreadyOwned):
        pays(world, account, payer)
    pays(world, account, other, from_date=LATER)
    assert name_on(account, LATER) == "别人"
    end_paying(actor=world.agent, now=NOW, party_id=first.pk, day=TODAY + timedelta(days=3))
    assert name_on(account, TODAY + timedelta(days=3)) == "用水人"


def test_what_is_past_stays_as_it_was_sent(
    world: Company, account: Account, payer: Customer
) -> None:
    yesterday = TODAY - timedelta(days=1)
    with pytest.raises(DayPassed) as refused:
        pays(world, account, payer, from_date=yesterday)
    assert refused.value.day == TODAY
    party = pays(world, account, payer)
    with pytest.raises(DayPassed):
        end_paying(actor=world.agent, now=NOW, party_id=party.pk, day=yesterday)
    end_paying(actor=world.agent, now=NOW, party_id=party.pk, day=TODAY)
    assert not AccountParty.objects.filter(role="payer", account=account).exists()
    with pytest.raises(NotVisible):
        end_paying(actor=world.agent, now=NOW, party_id=party.pk, day=TODAY)


def test_a_part_that_is_no_payers_and_a_closed_account_are_refused(
    world: Company, account: Account, payer: Customer
) -> None:
    owner = AccountParty.objects.get(account=account, role="owner")
    with pytest.raises(NotVisible):
        end_paying(actor=world.agent, now=NOW, party_id=owner.pk, day=TODAY)
    Account.objects.filter(pk=account.pk).update(status="closed", closed_date=TODAY)
    with pytest.raises(WrongState):
        pays(world, account, payer)


def test_strangers_name_no_payer(world: Company, account: Account, payer: Customer) -> None:
    with pytest.raises((NotVisible, Forbidden)):
        let_pay(
            actor=world.outsider, now=NOW, account_id=account.pk, customer_id=payer.pk,
            from_date=TODAY,
        )  # fmt: skip


def test_the_dialogs_name_and_end_a_payer(
    world: Company, account: Account, payer: Customer
) -> None:
    client = browser(world.agent_staff)
    url = reverse("customers:payer_new", args=[account.pk])
    assert account.number in client.get(url).content.decode()
    far = date(2100, 1, 1)
    wrong = client.post(url, {"person": payer.pk, "since": far, "until": far})
    assert wrong.status_code == 422
    early = client.post(url, {"person": payer.pk, "since": "2020-01-01"})
    assert early.status_code == 422
    assert client.post(url, {"person": payer.pk, "since": far}).status_code == 302
    party = AccountParty.objects.get(account=account, role="payer")
    assert party.period.lower == far
    end = reverse("customers:payer_end", args=[party.pk])
    assert "社会福利办" in client.get(end).content.decode()
    assert client.post(end, {"day": "2020-01-01"}).status_code == 422
    assert client.post(end, {"day": far}).status_code == 302
    assert not AccountParty.objects.filter(pk=party.pk).exists()
