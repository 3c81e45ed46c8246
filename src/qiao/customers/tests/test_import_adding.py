"""Known customers get what is missing; nothing is overwritten, and all of it can be taken back."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from qiao.customers.models import (
    Account,
    AccountParty,
    Customer,
    CustomerIdentity,
    CustomerImport,
    CustomerPhone,
    ImportAddition,
    ImportedRow,
)
from qiao.customers.operations import (
    add_phone,
    import_reading,
    merge_customers,
    register_customer,
)
from qiao.customers.operations import import_unadding as unadding
from qiao.customers.operations import import_undoing as undoing
from qiao.customers.operations.import_checking import Findings, check_file
from qiao.customers.operations.importing import proposed_mapping, run_import, start_import
from qiao.customers.tests.factories import make_customer
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
HEADER = "户号,户名,性别,联系电话,身份证号,用水地址,小区,水表编号,口径,开户日期,特殊标识"
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
CARD = "11010519491231002X"
OTHER_CARD = "330106198502141230"


def line(n: int, **said: str) -> str:
    """One row of which little is known; the same `n` gives the same person and account."""
    cells = {
        "account": f"1002{n:06d}", "name": f"王{'伟芳娜敏静丽强磊军洋'[n % 10]}{n}", "gender": "",
        "phone": f"1380571{n:04d}", "card": "", "address": f"滨湖区柳荫路{n}号", "community": "",
        "meter": "", "size": "", "opened": "2019-03-01", "flags": "",
    }  # fmt: skip
    return ",".join((cells | said).values())


@dataclass
class Setting:
    company: Company
    path: Path

    def write(self, *lines: str) -> dict[str, Any]:
        self.path.write_text("\n".join([HEADER, *lines]) + "\n")
        unit = self.company.lake.pk
        mapping = proposed_mapping(organisation_id=unit, header=HEADER.split(","))
        assert "" not in mapping.values()
        return {
            "actor": self.company.agent, "path": self.path, "mapping": mapping,
            "organisation_id": unit, "now": NOW,
        }  # fmt: skip

    def check(self, *lines: str, known: str = "add") -> Findings:
        return check_file(**self.write(*lines), known=known)

    def take(
        self, *lines: str, known: str = "add", now: datetime = NOW + timedelta(days=1)
    ) -> CustomerImport:
        about = self.write(*lines) | {"now": now}
        job = start_import(**about, known=known)
        return run_import(actor=self.company.agent, import_id=job.pk, path=self.path, now=now)

    def take_back(self, job: CustomerImport) -> CustomerImport:
        undoing.begin_undoing(actor=self.company.agent, import_id=job.pk)
        return undoing.undo_import(actor=self.company.agent, import_id=job.pk, now=NOW)


@pytest.fixture
def setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Setting:
    monkeypatch.setattr(import_reading, "BATCH", 4)
    monkeypatch.setattr(undoing, "BATCH", 3)
    monkeypatch.setattr(unadding, "BATCH", 3)
    return Setting(make_company(), tmp_path / "users.csv")


def everything() -> dict[str, set[str]]:
    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT t::text FROM {table} t")
            found[table] = {text for (text,) in cursor.fetchall()}
    return found


def kinds(job: CustomerImport) -> dict[int, list[str]]:
    return {row.row_number: row.added for row in job.rows.order_by("row_number") if row.added}


FULL = {
    "gender": "女", "phone": "13805710001；13900001111", "card": CARD, "meter": "W-77",
    "size": "DN20", "flags": "独居老人",
}  # fmt: skip


def test_what_is_missing_is_added_and_what_stands_is_left(setting: Setting) -> None:
    setting.take(*(line(n) for n in range(3)), known="leave", now=NOW)
    job = setting.take(
        line(1, **FULL),
        line(2, name="王娜2", opened="2020-01-01", gender="男"),
        line(0),
    )
    assert (job.created_count, job.known_count, job.added_count, job.differing_count) == (
        0, 3, 2, 1,
    )  # fmt: skip
    assert kinds(job) == {
        2: ["flags", "gender", "id_number", "meter_number", "meter_size", "phone"],
        3: ["gender"],
    }
    customer = Customer.objects.get(name="王芳1")
    assert (customer.gender, customer.flags) == ("f", ["elderly_alone"])
    numbers = customer.phones.order_by("id").values_list("number", "is_primary")
    assert list(numbers) == [("+8613805710001", True), ("+8613900001111", False)]
    assert customer.identities.get().hint == "1101**********002X"
    account = Account.objects.get(number="1002000001")
    assert account.service_point is not None
    assert (account.service_point.meter_number, account.service_point.meter_size) == (
        "W-77", "DN20",
    )  # fmt: skip
    assert account.service_point.installations.get().meter_size == "DN20"
    told = ImportedRow.objects.get(customer_import=job, row_number=3).differs
    assert told == [{"field": "opened_date", "found": "2020-01-01"}]


def test_what_differs_is_told_and_never_overwritten(setting: Setting) -> None:
    setting.take(line(1, **FULL, community="柳荫苑"), known="leave", now=NOW)
    before = everything()
    job = setting.take(
        line(1, gender="男", card=OTHER_CARD, meter="W-78", size="DN25",
             community="翠湖花园", address="滨湖区柳荫路1号"),
        line(1, address="江北区一路1号"),
    )  # fmt: skip
    assert everything() == before
    fields = {
        row.row_number: {told["field"]: told["found"] for told in row.differs}
        for row in job.rows.filter(outcome="known")
    }
    assert fields[3] == {"address": "江北区一路1号"}
    assert {"gender", "meter_number", "community"} <= fields[2].keys()


def test_a_dry_run_says_what_the_import_then_does(setting: Setting) -> None:
    setting.take(*(line(n) for n in range(6)), known="leave", now=NOW)
    rows = [
        line(1, **FULL),
        line(40),
        line(2, gender="女"),
        line(41, phone="13999990041"),
        line(5, address=""),
        line(41, phone="13999990042", gender="女"),  # adds to a person out of this very file
        line(2, gender="男"),  # differs from what an earlier row adds
        line(90, name="王娜2", phone="13805710002", address=""),  # a new account of a known person
        line(90, name="王娜2", phone="13805710002", meter="W-90"),  # and its place
        line(90, name="王娜2", phone="13805710002", meter="W-91", size="DN15"),
        line(91, name="王芳1", phone="13900001111"),  # known by a telephone that was added
        line(92, name="王洋92", phone="", card=CARD),  # by a document that was added
        "12,坏行,,1,,,,,,,",
    ]
    dry = setting.check(*rows)
    assert ImportAddition.objects.count() == 0
    job = setting.take(*rows)
    told = (job.read_count, job.created_count, job.known_count, job.refused_count)
    assert (dry.rows, dry.new, dry.known, dry.refused) == told
    assert (dry.added, dry.differing) == (job.added_count, job.differing_count)
    assert sum(dry.additions.values()) == ImportAddition.objects.count()
    assert dry.additions["phone"] == 2
    assert Customer.objects.count() == 6 + 2
    again = setting.take(*reversed(rows))
    assert again.created_count == again.added_count == 0
    assert not ImportAddition.objects.filter(customer_import=again).exists()


@pytest.mark.parametrize("batch", [1, 3, 50])
def test_taking_back_takes_exactly_what_was_added(
    setting: Setting, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(import_reading, "BATCH", batch)
    setting.take(*(line(n) for n in range(4)), line(5, address=""), known="leave", now=NOW)
    AccountParty.objects.filter(account__number="1002000003").delete()
    before = everything()
    job = setting.take(
        line(1, **FULL),
        line(2, gender="女"),
        line(1, phone="13700001111"),
        line(3),  # the account has no owner
        line(5, meter="W-5", size="DN15"),  # the account has no place
        line(30, gender="女"),
        line(30, phone="13700002222", meter="W-30", flags="独居老人"),
        line(31, name="王芳1", phone="13805710001", address=""),
        line(31, name="王芳1", phone="13805710001", address="滨湖区柳荫路2号"),
    )
    assert everything() != before
    done = setting.take_back(job)
    assert everything() == before
    assert (done.state, done.kept_count) == ("rolled_back", 0)
    assert done.undone_count == done.created_count + done.added_count
    assert not ImportAddition.objects.exclude(undone="removed").exists()
    rows = job.rows.exclude(outcome="refused").exclude(undone="removed")
    assert not rows.filter(is_new_account=True).exists()
    assert not [row for row in rows if row.added]


def test_what_was_changed_since_stays_and_says_why(setting: Setting) -> None:
    setting.take(line(1), line(2), known="leave", now=NOW)
    job = setting.take(line(1, gender="女", phone="13700001111"), line(2, card=CARD))
    customer = Customer.objects.get(name="王芳1")
    Customer.objects.filter(pk=customer.pk).update(gender="m")
    CustomerIdentity.objects.update(verified_at=NOW)
    done = setting.take_back(job)
    assert (done.undone_count, done.kept_count) == (0, 2)
    fates = {x.kind: (x.undone, x.kept_because) for x in ImportAddition.objects.all()}
    assert fates == {
        "gender": ("kept", "edited"),
        "phone": ("removed", ""),
        "id_number": ("kept", "identity"),
    }
    rows = {r.row_number: (r.undone, r.kept_because) for r in job.rows.all()}
    assert rows == {2: ("kept", "edited"), 3: ("kept", "identity")}


def test_accounts_of_another_branch_are_neither_changed_nor_compared(setting: Setting) -> None:
    company = setting.company
    setting.take(line(1), known="leave", now=NOW)
    Account.objects.update(organisation=company.river)
    before = everything()
    job = setting.take(line(1, **FULL, opened="2020-02-02"))
    assert (job.known_count, job.added_count, job.differing_count) == (1, 0, 0)
    assert everything() == before


def test_somebody_of_another_branch_comes_into_sight_and_goes_again(setting: Setting) -> None:
    company = setting.company
    known = register_customer(
        actor=company.outsider, now=NOW, organisation_id=company.river.pk, name="李娜"
    )
    add_phone(actor=company.outsider, now=NOW, customer_id=known.pk, number="+8613811112222")
    before = everything()
    job = setting.take(line(1, account="", name="李娜", phone="13811112222", address="",
                            gender="女", opened=""))  # fmt: skip
    assert kinds(job) == {2: ["branch", "gender"]}
    assert known.organisation_links.count() == 2
    setting.take_back(job)
    assert everything() == before


def test_telephones_of_a_merged_record_are_known_and_new_ones_go_to_who_stands_for_it(
    setting: Setting,
) -> None:
    setting.take(line(1), known="leave", now=NOW)
    agent = setting.company.agent
    merged = Customer.objects.get()
    survivor = make_customer(agent, name="王芳1")
    merge_customers(actor=agent, now=NOW, customer_id=survivor.pk, merged_id=merged.pk)
    setting.take(line(1, phone="13805710001；13700001111"))
    added = CustomerPhone.objects.get(number="+8613700001111")
    assert added.customer_id == survivor.pk
    assert CustomerPhone.objects.filter(number="+8613805710001").count() == 1


def test_the_same_file_may_come_once_for_either_choice(setting: Setting) -> None:
    rows = [line(1, gender="女")]
    first = setting.take(*rows, known="leave")
    assert setting.take(*rows, known="leave").pk == first.pk
    second = setting.take(*rows)
    assert (second.pk != first.pk, second.known_count, second.added_count) == (True, 1, 0)
    with pytest.raises(undoing.TakenInAgain):
        undoing.begin_undoing(actor=setting.company.agent, import_id=first.pk)
