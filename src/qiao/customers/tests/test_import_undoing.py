"""An import is taken back without a trace, but for what has been used since."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from qiao.core.actor import Forbidden
from qiao.core.models import AuditEntry, Event
from qiao.customers.models import (
    Account,
    Customer,
    CustomerImport,
    CustomerOrganisation,
    Duplicate,
    Fact,
    ImportedRow,
    MeterInstallation,
    TierChange,
)
from qiao.customers.operations import (
    NewFact,
    NewMeter,
    NewPhone,
    add_party,
    add_phone,
    change_name,
    exchange_meter,
    make_visible,
    merge_customers,
    note_facts,
    register_customer,
    restate_protections,
    set_tier,
)
from qiao.customers.operations import import_undoing as undoing
from qiao.customers.operations.import_batches import ImportEnded
from qiao.customers.tests.factories import make_customer
from qiao.customers.tests.import_setting import NOW, Importing, line
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
TABLES = (
    "customers_customer",
    "customers_customerphone",
    "customers_customeridentity",
    "customers_customerorganisation",
    "customers_account",
    "customers_accountparty",
    "customers_servicepoint",
    "customers_premises",
    "customers_meterinstallation",
)


@pytest.fixture
def importing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Importing:
    monkeypatch.setattr(undoing, "BATCH", 5)
    return Importing(make_company(), tmp_path / "users.csv")


def everything() -> dict[str, set[str]]:
    """All rows of the customer tables."""
    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT t::text FROM {table} t")
            found[table] = {text for (text,) in cursor.fetchall()}
    return found


def fates(job: CustomerImport) -> dict[int, tuple[str, str]]:
    return {row.row_number: (row.undone, row.kept_because) for row in job.rows.all()}


def test_what_was_created_goes_and_what_stood_before_is_as_it_was(importing: Importing) -> None:
    importing.take(*(line(n) for n in range(4)))
    before = everything()
    job = importing.take(
        line(1),  # known
        *(line(n) for n in range(10, 22)),
        line(30, name="王芳1", phone="13805710001"),  # a second account of somebody known
        line(31, address="滨湖区柳荫路2号1幢2室"),  # a new person at a known place
        line(32, name="王芳11", phone="13805710011"),  # a second account out of the file
        "12,坏行,1,,,",
    )
    assert (job.created_count, job.known_count, job.refused_count) == (15, 1, 1)
    done = importing.take_back(job)
    assert everything() == before
    assert (done.state, done.undone_count, done.kept_count) == ("rolled_back", 15, 0)
    told = fates(done)
    assert {told[n] for n in range(3, 18)} == {("removed", "")}
    assert told[2] == told[18] == ("", "")
    events = Event.objects.filter(name="customers.customers_taken_back")
    assert sum(event.payload["removed"] for event in events) == 15
    assert events.count() == 3
    assert AuditEntry.objects.filter(table_name="customers_customer", operation="D").count() == 13


def test_a_file_that_was_taken_back_may_be_taken_in_again(importing: Importing) -> None:
    rows = [line(n) for n in range(6)]
    first = importing.take(*rows)
    importing.take_back(first)
    again = importing.take(*rows)
    assert again.pk != first.pk
    assert (again.created_count, Customer.objects.count()) == (6, 6)


Use = Callable[[Company, Customer, Account], object]


def merged(company: Company, customer: Customer, account: Account) -> None:
    other = make_customer(company.agent, name="另一位")
    merge_customers(actor=company.agent, now=NOW, customer_id=other.pk, merged_id=customer.pk)


def party(company: Company, customer: Customer, account: Account) -> None:
    payer = make_customer(company.agent, name="付费人")
    add_party(
        actor=company.agent, now=NOW, account_id=account.pk, customer_id=payer.pk, role="payer",
        from_date=NOW.date(),
    )  # fmt: skip


USES: dict[str, Use] = {
    "merged": merged,
    "party": party,
    "phone": lambda company, customer, _: add_phone(
        actor=company.agent,
        now=NOW + timedelta(days=1),
        customer_id=customer.pk,
        number="+8613900000002",
    ),
    "edited": lambda company, customer, _: change_name(
        actor=company.agent, now=NOW, customer_id=customer.pk, name="王改名"
    ),
    "tier": lambda company, customer, _: set_tier(
        actor=company.agent, now=NOW, customer_id=customer.pk, tier="B", reason="十年按时"
    ),
    "customers": lambda _company, customer, _: note_facts(
        facts=[NewFact(customer.pk, "visit", NOW, "contact", "1")], now=NOW
    ),
    "unit": lambda company, customer, _: make_visible(
        customer_id=customer.pk, organisation_id=company.river.pk, now=NOW
    ),
}


@pytest.mark.parametrize("reason", USES)
def test_what_has_been_used_since_stays_whole_and_says_why(
    importing: Importing, reason: str
) -> None:
    job = importing.take(*(line(n) for n in range(12)))
    account = Account.objects.get(number="1002000003")
    owner = account.parties.get().customer
    USES[reason](importing.company, owner, account)
    done = importing.take_back(job)
    assert (done.undone_count, done.kept_count) == (11, 1)
    assert fates(done)[5] == ("kept", reason)
    assert Account.objects.get().pk == account.pk
    assert account.service_point is not None
    assert account.service_point.premises.full_text == "滨湖区柳荫路3号1幢3室"


def test_a_meter_that_was_exchanged_keeps_its_account(importing: Importing) -> None:
    job = importing.take(*(line(n) for n in range(4)))
    account = Account.objects.get(number="1002000003")
    assert account.service_point_id is not None
    exchange_meter(
        actor=importing.company.agent, now=NOW, service_point_id=account.service_point_id,
        day=NOW.date(), meter=NewMeter("W-99999999"), reason="test",
    )  # fmt: skip
    done = importing.take_back(job)
    assert fates(done)[5] == ("kept", "edited")
    assert MeterInstallation.objects.count() == 2


def test_what_the_machine_noted_goes_with_the_customer(importing: Importing) -> None:
    before = everything()
    job = importing.take(*(line(n) for n in range(4)))
    customer = Customer.objects.get(name="王敏3")
    note_facts(facts=[NewFact(customer.pk, "account", NOW, "account", "1")], now=NOW)
    TierChange.objects.create(customer=customer, tier="B", reason="3 years", at=NOW)
    assert importing.take_back(job).kept_count == 0
    assert everything() == before
    assert not Fact.objects.exists()


def test_a_proposed_pair_goes_with_one_of_its_two(importing: Importing) -> None:
    other = make_customer(importing.company.agent, name="王敏3")
    job = importing.take(*(line(n) for n in range(4)))
    customer = Customer.objects.exclude(pk=other.pk).get(name="王敏3")
    Duplicate.objects.create(
        first=other, second=customer, score=9, strongest="name", found_at=NOW, weighed_at=NOW
    )
    assert importing.take_back(job).kept_count == 0
    assert not Duplicate.objects.exists()


def test_only_an_import_that_is_being_taken_back_lets_facts_go(importing: Importing) -> None:
    job = importing.take(line(3))
    customer = Customer.objects.get()
    note_facts(facts=[NewFact(customer.pk, "account", NOW, "account", "1")], now=NOW)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT customers_forget_machine_made(%s, 1, 9, %s)", [job.pk, [customer.pk]]
        )
    assert Fact.objects.count() == 1


def test_a_person_in_use_keeps_all_accounts_out_of_the_file(importing: Importing) -> None:
    job = importing.take(
        line(1), *(line(n) for n in range(10, 18)), line(30, name="王芳1", phone="13805710001")
    )
    customer = Customer.objects.get(name="王芳1")
    restate_protections(
        actor=importing.company.agent,
        now=NOW,
        customer_id=customer.pk,
        kinds=["infant"],
        reason="tested",
    )
    done = importing.take_back(job)
    assert fates(done)[2] == fates(done)[11] == ("kept", "edited")
    assert Account.objects.count() == 2


def test_people_named_by_another_file_stay(importing: Importing) -> None:
    job = importing.take(*(line(n) for n in range(8)))
    importing.take(line(2), line(90))
    done = importing.take_back(job)
    assert fates(done)[4] == ("kept", "file")
    assert set(Account.objects.values_list("number", flat=True)) == {"1002000002", "1002000090"}


def test_the_sight_of_somebody_of_another_branch_is_taken_back(importing: Importing) -> None:
    company = importing.company
    known = register_customer(
        actor=company.outsider, now=NOW, organisation_id=company.river.pk, name="李娜",
        phones=[NewPhone("+8613811112222")],
    )  # fmt: skip
    job = importing.take(line(1, name="李娜", phone="13811112222"))
    links = CustomerOrganisation.objects.filter(customer=known)
    assert links.count() == 2
    importing.take_back(job)
    assert links.get().organisation_id == company.river.pk


@pytest.mark.parametrize("stop_after", range(1, 4))
def test_a_run_that_was_stopped_goes_on(importing: Importing, stop_after: int) -> None:
    before = everything()
    job = importing.take(*(line(n) for n in range(12)))
    agent = importing.company.agent
    undoing.begin_undoing(actor=agent, import_id=job.pk)
    left = iter(range(stop_after - 1))
    job = undoing.undo_import(
        actor=agent, import_id=job.pk, now=NOW, stopped=lambda: next(left, None) is None
    )
    assert job.undone_count == min(5 * stop_after, 12)
    job = undoing.undo_import(actor=agent, import_id=job.pk, now=NOW)
    assert (job.state, job.undone_count) == ("rolled_back", 12)
    assert everything() == before
    assert ImportedRow.objects.filter(undone="removed").count() == 12


def test_only_what_has_ended_is_taken_back_and_only_by_those_who_may(
    importing: Importing,
) -> None:
    job = importing.take(line(1))
    with pytest.raises(Forbidden):
        undoing.begin_undoing(actor=importing.company.outsider, import_id=job.pk)
    importing.take_back(job)
    with pytest.raises(ImportEnded):
        undoing.begin_undoing(actor=importing.company.agent, import_id=job.pk)


def test_a_stopped_import_whose_file_came_again_is_not_taken_back_before_that_one(
    importing: Importing,
) -> None:
    job = importing.take(line(1))
    CustomerImport.objects.filter(pk=job.pk).update(state="cancelled")
    again = importing.take(line(1))
    assert (again.pk != job.pk, again.known_count) == (True, 1)
    with pytest.raises(undoing.TakenInAgain):
        undoing.begin_undoing(actor=importing.company.agent, import_id=job.pk)
    importing.take_back(again)
    assert importing.take_back(job).undone_count == 0
