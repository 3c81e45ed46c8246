"""Values by month: noted once, corrected, counted for whoever owned the account."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db.models import Sum

from qiao.core.actor import Forbidden
from qiao.core.models import Event
from qiao.core.table_uploads import BadMapping
from qiao.customers.models import Account, Customer, Fact
from qiao.customers.operations import Coming, HandOver, hand_over_account
from qiao.customers.operations.value_importing import Refused, ValuesTaken, take_values
from qiao.customers.rules.value_rows import propose
from qiao.customers.tests.factories import make_account, make_customer
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
HEADER = "户号,月份,金额,账单号"


@dataclass
class Setting:
    company: Company
    path: Path
    owner: Customer
    account: Account

    def take(
        self, *lines: str, writes: bool = True, header: str = HEADER
    ) -> tuple[ValuesTaken, Refused]:
        self.path.write_text("\n".join([header, *lines]) + "\n")
        refused: Refused = []
        taken = ValuesTaken()
        for told, faulty in take_values(
            actor=self.company.agent, path=self.path, mapping=propose(header.split(",")),
            organisation_id=self.company.lake.pk, source="billing", now=NOW, writes=writes,
        ):  # fmt: skip
            taken, refused = told, refused + faulty
        return taken, refused


@pytest.fixture
def setting(tmp_path: Path) -> Setting:
    company = make_company()
    owner = make_customer(company.agent, name="陈慧敏")
    account = make_account(company.agent, owner=owner, number="1002000001")
    return Setting(company, tmp_path / "values.csv", owner, account)


def values() -> list[tuple[int, int]]:
    standing = Fact.objects.filter(kind="value", cancels=None, cancelled_by=None)
    return list(standing.order_by("occurred_at").values_list("customer_id", "amount"))


def figures(taken: ValuesTaken) -> tuple[int, ...]:
    return taken.rows, taken.new, taken.corrected, taken.same, taken.refused


def test_values_are_noted_once_and_a_corrected_file_corrects_them(setting: Setting) -> None:
    lines = ["1002000001,2026-03,86.40,", "1002000001,2026-04,91,"]
    dry, _ = setting.take(*lines, writes=False)
    assert (figures(dry), values()) == ((2, 2, 0, 0, 0), [])
    taken, _ = setting.take(*lines)
    assert figures(taken) == figures(dry)
    assert values() == [(setting.owner.pk, 8_640), (setting.owner.pk, 9_100)]
    again, _ = setting.take(*lines)
    assert figures(again) == (2, 0, 0, 2, 0)
    assert Fact.objects.filter(kind="value").count() == 2
    other, _ = setting.take("1002000001,2026-03,80,", lines[1])
    assert figures(other) == (2, 0, 1, 1, 0)
    assert values() == [(setting.owner.pk, 8_000), (setting.owner.pk, 9_100)]
    told = Event.objects.filter(name="customers.values_noted")
    assert [event.payload["count"] for event in told.order_by("id")] == [2, 1]


def test_several_bills_of_a_month_are_told_apart_by_their_numbers(setting: Setting) -> None:
    taken, _ = setting.take("1002000001,2026-03,10,A1", "1002000001,2026-03,2.5,A2")
    assert figures(taken) == (2, 2, 0, 0, 0)
    assert Fact.objects.filter(kind="value").aggregate(Sum("amount"))["amount__sum"] == 1_250


def test_a_month_belongs_to_who_owned_the_account_on_its_last_day(setting: Setting) -> None:
    comer = make_customer(setting.company.agent, name="李娜")
    hand_over_account(
        actor=setting.company.agent, now=NOW, account_id=setting.account.pk,
        hand_over=HandOver(
            day=date(2026, 10, 15),
            leaving=(setting.account.parties.get().pk,),
            coming=(Coming(comer.pk, ("owner",)),),
        ),
    )  # fmt: skip
    setting.take("1002000001,2026-09,1,", "1002000001,2026-10,2,", "1002000001,2026-11,3,")
    assert values() == [(setting.owner.pk, 100), (comer.pk, 200), (comer.pk, 300)]


def test_customers_are_named_by_their_own_number_too(setting: Setting) -> None:
    taken, _ = setting.take(f"{setting.owner.number},2026-03,12", header="客户编号,月份,金额")
    assert (figures(taken), values()) == ((1, 1, 0, 0, 0), [(setting.owner.pk, 1_200)])


def test_every_refused_row_says_why(setting: Setting) -> None:
    river = make_account(
        setting.company.outsider,
        number="9002000001",
        owner=make_customer(setting.company.outsider),
    )
    taken, refused = setting.take(
        "1002000001,2026-03,10,", "1002000001,2026-03,10,", "1002999999,2026-03,10,",
        f"{river.number},2026-03,10,", "1002000001,1999-03,10,", "1002000001,2027-01,10,",
        "1002000001,2026-05,abc,", ",2026-05,1,",
    )  # fmt: skip
    assert figures(taken) == (8, 1, 0, 0, 7)
    assert [(number, faults[0].field, faults[0].code) for number, faults in refused] == [
        (3, "ref", "twice"),
        (4, "account_number", "nobody"),
        (5, "account_number", "nobody"),
        (6, "account_number", "no_owner"),
        (7, "month", "month"),
        (8, "amount", "amount"),
        (9, "account_number", "empty"),
    ]


def test_without_the_right_or_the_columns_nothing_is_noted(setting: Setting) -> None:
    with pytest.raises(BadMapping, match="missing: amount"):
        setting.take("1002000001,2026-03", header="户号,月份")
    with pytest.raises(Forbidden):
        list(
            take_values(
                actor=setting.company.outsider, path=setting.path, mapping={},
                organisation_id=setting.company.lake.pk, source="x",
                now=NOW + timedelta(days=1),
            )
        )  # fmt: skip
    assert values() == []
