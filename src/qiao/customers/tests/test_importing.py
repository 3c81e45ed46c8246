"""A file of customers is taken in once, whatever stops it, and tells of every row."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from qiao.core.actor import Forbidden
from qiao.core.models import Event
from qiao.core.sheets import open_sheet
from qiao.core.table_uploads import BadMapping, FileChanged
from qiao.customers.models import (
    Account,
    AccountParty,
    Customer,
    CustomerImport,
    CustomerPhone,
    ImportedRow,
    Premises,
)
from qiao.customers.operations import import_reading
from qiao.customers.operations.import_checking import check_file
from qiao.customers.operations.importing import (
    proposed_mapping,
    run_import,
    start_import,
)
from qiao.customers.operations.sampling import write_sample
from qiao.customers.queries import find_customers
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
HEADER = "户号,户名,联系电话,用水地址,水表编号,开户日期"
GOOD = 30


def lines_of(count: int = GOOD) -> list[str]:
    return [
        f"1002{n:06d},王{'伟芳娜敏静丽强磊军洋'[n % 10]}{n},1380571{n:04d},"
        f"滨湖区柳荫路{n}号1幢{n}室,W-{n:08d},2019-03-{1 + n % 28:02d}"
        for n in range(count)
    ]


@dataclass
class Setting:
    company: Company
    path: Path

    def write(self, *lines: str, encoding: str = "utf-8") -> None:
        self.path.write_text("\n".join([HEADER, *lines]) + "\n", encoding=encoding)

    @property
    def mapping(self) -> dict[int, str]:
        return proposed_mapping(organisation_id=self.company.lake.pk, header=HEADER.split(","))

    def start(self) -> CustomerImport:
        return start_import(
            actor=self.company.agent, path=self.path, mapping=self.mapping,
            organisation_id=self.company.lake.pk, now=NOW,
        )  # fmt: skip

    def run(self, job: CustomerImport, *, batches: int = 99) -> CustomerImport:
        left = iter(range(batches))
        return run_import(
            actor=self.company.agent, import_id=job.pk, path=self.path, now=NOW,
            stopped=lambda: next(left, None) is None,
        )  # fmt: skip


@pytest.fixture
def setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Setting:
    monkeypatch.setattr(import_reading, "BATCH", 7)
    return Setting(make_company(), tmp_path / "users.csv")


def counts() -> tuple[int, ...]:
    rows = (Customer, CustomerPhone, Account, AccountParty, Premises)
    return tuple(model.objects.count() for model in rows)


def outcome(job: CustomerImport) -> tuple[int, int, int, int]:
    return job.read_count, job.created_count, job.known_count, job.refused_count


def test_a_file_becomes_customers_accounts_and_places_that_are_found(setting: Setting) -> None:
    setting.write(*lines_of(), encoding="gb18030")
    job = setting.run(setting.start())
    assert (job.state, *outcome(job)) == ("done", GOOD, GOOD, 0, 0)
    assert counts() == (GOOD,) * 5
    (hit,) = find_customers(actor=setting.company.agent, text="1002000007")
    assert (hit.name, hit.address) == ("王磊7", "滨湖区柳荫路7号1幢7室")
    assert not find_customers(actor=setting.company.outsider, text="1002000007")
    events = Event.objects.filter(name="customers.customers_imported")
    assert events.count() == -(-GOOD // 7)
    assert sum(event.payload["count"] for event in events) == GOOD


def test_an_address_is_listed_by_its_community_with_building_and_room(setting: Setting) -> None:
    address = "滨湖区柳荫路88号翠湖花园6幢2单元1203室"
    setting.write(
        f"1002000001,王伟,13805710001,{address},,", "1002000002,李静,13805710002,湖边老屋,,"
    )
    setting.run(setting.start())
    premises = Premises.objects.get(full_text=address)
    assert (premises.district, premises.road, premises.unit) == ("滨湖区", "柳荫路", "2单元")
    hits = find_customers(actor=setting.company.agent, text="翠湖花园6幢")
    assert [(hit.short_address, hit.address) for hit in hits] == [("翠湖花园 6-1203", address)]
    whole = Premises.objects.get(full_text="湖边老屋")
    assert (whole.community, whole.building, whole.room) == ("", "", "")


def test_a_second_run_of_the_same_people_doubles_nobody(setting: Setting) -> None:
    setting.write(*lines_of())
    first = setting.run(setting.start())
    before = counts()
    assert setting.start().pk == first.pk, "the same file is the same import"
    setting.write(*reversed(lines_of()))
    again = setting.run(setting.start())
    assert outcome(again) == (GOOD, 0, GOOD, 0)
    assert counts() == before


@pytest.mark.parametrize("stop_after", range(6))
def test_a_run_that_was_stopped_goes_on_where_it_was(setting: Setting, stop_after: int) -> None:
    setting.write(*lines_of())
    job = setting.run(setting.start(), batches=stop_after)
    assert job.read_count == min(7 * stop_after, GOOD)
    job = setting.run(setting.start())
    assert (job.state, *outcome(job)) == ("done", GOOD, GOOD, 0, 0)
    assert counts() == (GOOD,) * 5
    assert ImportedRow.objects.filter(customer_import=job).count() == GOOD


def test_every_refused_row_says_which_field_and_why(setting: Setting) -> None:
    setting.write(
        *lines_of(3),
        "12,李娜,13805719999,江北区一路1号,,",
        "1002999001,,13805719998,江北区一路2号,,",
        "1002999002,赵敏,1234,江北区一路3号,,2019-13-01",
        "1002000001,别的人,13900000000,江北区一路4号,,",
    )
    dry = check_file(
        actor=setting.company.agent, path=setting.path, mapping=setting.mapping,
        organisation_id=setting.company.lake.pk, now=NOW,
    )  # fmt: skip
    assert counts() == (0,) * 5, "a dry run writes nothing"
    job = setting.run(setting.start())
    assert outcome(job) == (7, 3, 0, 4)
    assert (dry.rows, dry.new, dry.known, dry.refused) == (7, 3, 0, 4)
    refused = ImportedRow.objects.filter(customer_import=job, outcome="refused")
    told = {
        row.row_number: {(fault["field"], fault["code"]) for fault in row.faults}
        for row in refused
    }
    assert told == {
        5: {("account_number", "shape")},
        6: {("name", "empty")},
        7: {("phone", "unknown"), ("opened_date", "date")},
        8: {("account_number", "taken")},
    }
    assert {number: {(f.field, f.code) for f in faults} for number, faults in dry.samples} == told


def test_one_person_with_two_accounts_is_held_once(setting: Setting) -> None:
    setting.write(
        "1002000001,陈慧敏,13805712264,滨湖区柳荫路1号,W-1,",
        "1002000002,陈慧敏,138 0571 2264,滨湖区柳荫路2号,W-2,",
        "1002000003,陈慧敏,13900001111,滨湖区柳荫路3号,W-3,",
    )
    job = setting.run(setting.start())
    assert outcome(job) == (3, 3, 0, 0)
    assert (Customer.objects.count(), Account.objects.count()) == (2, 3)


def test_a_dry_run_foresees_what_the_file_holds_twice_however_far_apart(
    setting: Setting,
) -> None:
    setting.write(
        "1002000001,陈慧敏,13805712264,滨湖区柳荫路1号,W-1,",
        "1002000002,李娜,13805712265,滨湖区柳荫路2号,W-2,",
        *lines_of(20),
        "1002000001,陈慧敏,13805712264,滨湖区柳荫路1号,W-1,",
        "1002999003,陈慧敏,138 0571 2264,滨湖区柳荫路3号,W-3,",
        "1002000001,李娜,13805712265,滨湖区柳荫路2号,W-2,",
    )
    dry = check_file(
        actor=setting.company.agent, path=setting.path, mapping=setting.mapping,
        organisation_id=setting.company.lake.pk, now=NOW,
    )  # fmt: skip
    job = setting.run(setting.start())
    assert outcome(job) == (25, 21, 1, 3)
    assert (dry.rows, dry.new, dry.known, dry.refused) == outcome(job)
    assert [number for number, _ in dry.samples] == [5, 6, 26]


def test_a_mapping_is_kept_for_the_next_file_of_the_kind(setting: Setting) -> None:
    setting.write(*lines_of(2))
    lake = setting.company.lake.pk
    own = {0: "account_number", 1: "name", 2: "phone", 3: "address", 4: "", 5: ""}
    job = start_import(
        actor=setting.company.agent, path=setting.path, mapping=own, organisation_id=lake, now=NOW
    )
    assert job.mapping["4"] == ""
    mixed = ["水表编号", "户名", "户号", "开户日期", "用水地址", "联系电话"]
    assert proposed_mapping(organisation_id=lake, header=mixed) == {
        0: "", 1: "name", 2: "account_number", 3: "", 4: "address", 5: "phone",
    }  # fmt: skip


def test_who_may_not_is_kept_out_and_another_file_is_not_taken_for_the_first(
    setting: Setting,
) -> None:
    setting.write(*lines_of(2))
    job = setting.start()
    with pytest.raises(Forbidden):
        run_import(actor=setting.company.outsider, import_id=job.pk, path=setting.path, now=NOW)
    setting.write(*lines_of(3))
    with pytest.raises(FileChanged):
        setting.run(job)
    with pytest.raises(BadMapping, match="missing: name"):
        start_import(
            actor=setting.company.agent, path=setting.path, mapping={0: "phone"},
            organisation_id=setting.company.lake.pk, now=NOW,
        )  # fmt: skip


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_sample_file_is_taken_in_but_for_its_planted_faults(
    setting: Setting, ending: str
) -> None:
    path = setting.path.with_suffix(f".{ending}")
    written = write_sample(path, rows=60, faulty=20, today=NOW.date())
    lake = setting.company.lake.pk
    header = open_sheet(path).header
    mapping = proposed_mapping(organisation_id=lake, header=header)
    assert "" not in mapping.values()
    about: dict[str, Any] = {"actor": setting.company.agent, "path": path, "now": NOW}
    job = start_import(**about, mapping=mapping, organisation_id=lake)
    job = run_import(**about, import_id=job.pk)
    assert outcome(job) == (60, 40, 0, 20)
    assert (written.rows, written.faulty) == (60, 20)
