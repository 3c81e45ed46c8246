"""To whom a paper about an account goes: the payer of that day, in their language."""

from datetime import date

import pytest

from qiao.customers.models import AccountParty, Customer, Preference
from qiao.customers.operations import add_party
from qiao.customers.queries import addressees_of
from qiao.customers.tests.factories import NOW, make_account, make_customer
from qiao.staff.tests.cast import make_company

pytestmark = pytest.mark.django_db


def test_the_payer_of_the_day_is_addressed_else_the_owner() -> None:
    agent = make_company().agent
    account = make_account(agent)
    payer = make_customer(agent, name="Ann Lee")
    Customer.objects.filter(pk=payer.pk).update(language="zh-hant")
    add_party(
        actor=agent, now=NOW, account_id=account.pk, customer_id=payer.pk, role="payer",
        from_date=date(2026, 3, 1),
    )  # fmt: skip
    owner = AccountParty.objects.get(account=account, role="owner").customer
    before, after = addressees_of(
        [(account.pk, date(2026, 2, 28)), (account.pk, date(2026, 3, 1))]
    )
    assert (before.customer_id, before.name) == (owner.pk, owner.name)
    assert (after.customer_id, after.name, after.language) == (payer.pk, "Ann Lee", "zh-hant")
    assert (after.number, after.service) == (account.number, "water")
    assert "翠湖花园" in after.address
    assert after.service_point_id == account.service_point_id
    Preference.objects.create(customer=payer, language="en", changed_at=NOW)
    (wished,) = addressees_of([(account.pk, date(2026, 3, 1))])
    assert wished.language == "en"
