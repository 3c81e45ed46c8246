"""What modules above made of imported customers is seen by whoever takes the import back."""

from pathlib import Path
from typing import Any

import pytest

from qiao.cases import operations as cases
from qiao.contact import operations as contacts
from qiao.core.registry import registry
from qiao.core.tests.deliveries import run_deliveries
from qiao.customers.models import Account, Customer
from qiao.customers.queries.references import keys_to
from qiao.customers.tests.import_setting import NOW, Importing, line
from qiao.staff.tests.cast import make_company

pytestmark = pytest.mark.django_db


def test_customers_with_contacts_and_accounts_with_cases_stay_and_name_the_module(
    tmp_path: Path,
) -> None:
    importing = Importing(make_company(), tmp_path / "users.csv")
    agent = importing.company.agent
    about: dict[str, Any] = {"actor": agent, "now": NOW}
    job = importing.take(*(line(n) for n in range(6)))
    caller, payer = (Account.objects.get(number=f"100200000{n}") for n in (2, 4))
    spoken = contacts.start_interaction(
        channel="phone", phone="13900000001", caller_name="x", place="", started_at=NOW, **about
    )
    contacts.identify_customer(
        interaction_id=spoken.pk, customer_id=caller.parties.get().customer_id, **about
    )
    request = cases.OpenRequest(
        type_key="water.small_leak",
        organisation_id=importing.company.lake.pk,
        title="漏水",
        channel="phone",
        area="339102",
        account_id=payer.pk,
        facts={"leak_at": "before_meter", "paid_service": "no"},
    )
    cases.open_case(request=request, **about)
    run_deliveries()
    done = importing.take_back(job)
    assert (done.undone_count, done.kept_count) == (4, 2)
    because = dict(done.rows.filter(undone="kept").values_list("account_id", "kept_because"))
    assert because == {caller.pk: "contact", payer.pk: "cases"}
    assert Customer.objects.count() == 2


def test_every_key_to_a_customer_belongs_to_a_module_that_can_be_named() -> None:
    modules = {module.key for module in registry}
    for table in ("customers_customer", "customers_account", "customers_servicepoint"):
        owners = {name.split("_", 1)[0] for name, _ in keys_to(table)}
        assert owners <= modules
        assert len(owners) > 1
