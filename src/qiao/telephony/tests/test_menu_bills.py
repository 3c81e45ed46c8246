"""Callers hear what they owe, their bills and their arrears, once they proved that these are
theirs; to the fen as the page of the account has them."""

import json
from datetime import timedelta

import pytest
import structlog
from django.utils import timezone
from django.utils.translation import override

from qiao.billing.models import BillingAccount
from qiao.billing.operations.budget import start_budget
from qiao.billing.parameters import BY_TELEPHONE
from qiao.billing.queries.panels import money_of
from qiao.billing.tests.lives import month, pay
from qiao.contact.models import Waiting
from qiao.contact.operations import sign_on
from qiao.core import settings
from qiao.core.rules.money import Money
from qiao.customers.models import Account
from qiao.customers.operations import add_party, merge_customers
from qiao.customers.operations.callers import CALLER_PROVES, MOST_WRONG
from qiao.customers.tests.factories import make_customer
from qiao.staff.tests.cast import Company
from qiao.telephony.models import CallEntry, Line, PhoneDeed
from qiao.telephony.operations import mark_done
from qiao.telephony.queries import load_pop
from qiao.telephony.rules.reading_aloud import money
from qiao.telephony.tests.bill_callers import (
    PHONE,
    PROOF,
    billed,
    bills,
    comes_in,
    hears_all,
    said,
)
from qiao.telephony.tests.menu_callers import CALLER, NIGHT, NOON, Caller, world

__all__ = ["world"]
pytestmark = pytest.mark.django_db
TWELVE = range(-1, 12)  # and one more


def yuan(minor: int) -> str:
    return "".join(money(minor, "cmn"))


def test_a_caller_hears_the_last_twelve_bills_in_parts_of_three_the_newest_first(
    world: Company,
) -> None:
    account = billed(world.agent)
    issued = bills(account, TWELVE)
    pay(account.pk, sum(bill.total_minor for bill in issued[:10]) + 700)
    caller = comes_in(account)
    assert caller.node == "bills_menu"
    caller.presses("2")
    first, *heard = hears_all(caller, "bills_list")
    assert first.startswith("最近共有十二期账单")
    pauses = [n for n, words in enumerate(heard) if words.startswith("继续听请按1")]
    assert pauses == [3, 7, 11]
    read = [words for words in heard if not words.startswith("继续听请按1")]
    newest = list(reversed(issued))[:12]
    assert len(read) == 12
    assert read[0] == (
        f"二零二六年十月账单，用水二十点五立方米金额{yuan(newest[0].total_minor)}，尚未缴费。"
    )
    assert read[2] == (
        f"二零二六年八月账单，用水十八点五立方米金额{yuan(newest[2].total_minor)}，"
        f"尚欠{yuan(newest[2].total_minor - 700)}"
    )
    for bill, words in zip(newest[3:], read[3:], strict=True):
        assert words.endswith(f"金额{yuan(bill.total_minor)}，已缴清。")
    assert read[-1].startswith("二零二五年十一月账单")
    assert caller.node == "list_over"


def test_a_caller_hears_the_arrears_of_two_years_month_by_month_with_their_sum(
    world: Company,
) -> None:
    account = billed(world.agent)
    issued = bills(account, [-30, -12, -5, 3, 12])  # too old; of two years; not due yet
    caller = comes_in(account)
    caller.presses("3")
    heard = hears_all(caller, "bills_arrears")
    owed = [bill.total_minor for bill in issued]
    assert heard[0].startswith(
        f"近两年共有三期欠费，合计{yuan(sum(owed[1:4]))}另有两年以前的欠费{yuan(owed[0])}"
    )
    assert heard[1:4] == [
        f"二零二四年十一月账单，欠费{yuan(owed[1])}",
        f"二零二五年六月账单，欠费{yuan(owed[2])}",
        f"二零二六年二月账单，欠费{yuan(owed[3])}",
    ]
    row = money_of(actor=world.agent, account_id=account.pk, now=NOON)
    assert row
    assert row["late"] - row["older"] == sum(owed[1:4])
    assert (row["older"], row["owed"]) == (owed[0], sum(owed))


def test_a_caller_hears_what_is_owed_now_and_what_is_paid_ahead(world: Company) -> None:
    account = billed(world.agent)
    (older, newer) = bills(account, [10, 12])
    caller = comes_in(account)
    caller.presses("1")
    assert said(caller) == (
        f"您目前应缴{yuan(older.total_minor + newer.total_minor)}"
        f"其中已逾期{yuan(older.total_minor)}"
    )
    pay(account.pk, older.total_minor + newer.total_minor + 20_530)
    caller.presses("1")
    caller.presses("1")
    assert said(caller) == "您目前没有应缴费用。您的账户预存两百零五元三角"


def test_who_pays_hears_of_nothing_before_and_who_is_supplied_is_asked_for_none_of_it(
    world: Company,
) -> None:
    account = billed(world.agent)
    older, newer = bills(account, [10, 11])
    employer = make_customer(world.agent, phones=["13957149001"], kind="organisation")
    add_party(
        actor=world.agent, now=NOON, account_id=account.pk, customer_id=employer.pk,
        role="payer", from_date=newer.issued_date,
    )  # fmt: skip
    payer = comes_in(account, "9001", Caller(channel="payer"))
    payer.presses("1")
    theirs = yuan(newer.total_minor)
    assert said(payer) == f"您目前应缴{theirs}其中已逾期{theirs}"
    payer.presses("1")
    payer.presses("3")
    assert said(payer).startswith(f"近两年共有一期欠费，合计{theirs}")
    payer.presses("8")
    payer.presses("2")
    assert said(payer).startswith("最近共有一期账单")
    owner = comes_in(account, caller=Caller(channel="owner"))
    owner.presses("1")
    own = yuan(older.total_minor)
    assert said(owner) == (f"您目前应缴{own}其中已逾期{own}另有账单由代缴方缴纳，金额{theirs}")
    owner.presses("1")
    owner.presses("2")
    heard = hears_all(owner, "bills_list")
    assert heard[1].endswith(f"金额{yuan(newer.total_minor)}，由代缴方缴纳。")


def test_equal_instalments_are_what_is_owed_and_what_is_left_over_is_told(world: Company) -> None:
    account = billed(world.agent)
    settings_of = BillingAccount.objects.filter(pk=account.pk)
    settings_of.update(billed_until=month(12).start)
    start_budget(account_id=account.pk, minor=3_000, actor=world.agent, now=NOON)
    (bill,) = bills(account, [12])
    assert bill.total_minor > 3_000
    caller = comes_in(account)
    caller.presses("1")
    assert said(caller) == (
        f"您目前应缴{yuan(3_000)}您使用均衡缴费，每期应缴{yuan(3_000)}"
        f"实际费用比已收的多{yuan(bill.total_minor - 3_000)}"
        "差额在二零二七年十一月一日前的账单中结清。"
    )
    caller.presses("1")
    caller.presses("2")
    heard = hears_all(caller, "bills_list")
    assert heard[1].endswith(
        f"金额{yuan(3_000)}，尚未缴费。按均衡缴费收取，本期实际费用{yuan(bill.total_minor)}"
    )


def test_in_english_the_same_is_heard(world: Company) -> None:
    account = billed(world.agent)
    (bill,) = bills(account, [10])
    caller = Caller()
    caller.presses("63")
    comes_in(account, caller=caller)
    caller.presses("2#")
    spoken = "".join(money(bill.total_minor, "en"))
    assert said(caller) == (
        f"ForSeptembertwentytwentysix:nineteenpointfivecubic metres of water,{spoken},"
        " not paid yet.".replace(", not", ", not")
    )


def test_there_may_be_no_bills_and_no_arrears_and_no_billing_of_an_account(world: Company) -> None:
    account = billed(world.agent)
    caller = comes_in(account)
    for key, words in (("2", "还没有账单"), ("3", "近两年没有欠费"), ("1", "没有应缴")):
        caller.presses(key)
        assert words in said(caller)
        caller.presses("#")
        assert caller.node == "bills_menu"
    other = billed(
        world.agent, make_customer(world.agent, phones=["13957140827"]), is_billed=False
    )
    caller = comes_in(other, "0827", Caller(channel="c2"))
    caller.presses("2")
    assert "不在此处计费" in said(caller)
    caller.listens()
    caller.listens()
    assert Waiting.objects.get().queue == "water.billing"


def test_a_wrong_number_or_proof_is_asked_for_three_times_then_a_person_is(world: Company) -> None:
    account = billed(world.agent)
    caller = Caller()
    caller.presses("8")
    for number in ("999999#", "888888#", "777777#"):
        assert caller.node == "bills_account"
        caller.presses(number)
    caller.listens()
    assert Waiting.objects.get().queue == "water.billing"
    other = comes_in(account, "", Caller(channel="c2"))
    for proof in ("1111", "2222", "082*3333"):
        assert other.node == "bills_proof"
        other.presses(proof)
    other.listens()
    assert Waiting.objects.count() == 2
    night = comes_in(account, "111122223333", Caller(NIGHT, channel="c3"))
    assert night.node == "night"


def test_wrong_proofs_of_an_account_are_counted_from_wherever_they_come(world: Company) -> None:
    account = billed(world.agent)
    for call in range(MOST_WRONG // 2):
        comes_in(account, "11112222", Caller(channel=f"w{call}"))
    caller = comes_in(account, caller=Caller(channel="late"))
    assert caller.node == "bills_proof"
    tomorrow = comes_in(account, caller=Caller(NOON + timedelta(days=1), channel="tomorrow"))
    assert tomorrow.node == "bills_menu"


def test_accounts_of_others_of_another_trade_and_closed_ones_are_none(world: Company) -> None:
    own = billed(world.agent)
    gas = billed(world.agent, make_customer(world.agent, phones=[PHONE]), service="gas")
    theirs = billed(world.outsider, make_customer(world.outsider, phones=[PHONE]))
    closed = billed(world.agent, make_customer(world.agent, phones=[PHONE]))
    Account.objects.filter(pk=closed.pk).update(status="closed", closed_date=NOON.date())
    Line.objects.update(organisation=world.lake)
    for number, (account, node) in enumerate(
        ((own, "bills_menu"), (gas, "bills_account"), (theirs, "bills_account"),
         (closed, "bills_account"))
    ):  # fmt: skip
        caller = comes_in(account, "", Caller(channel=f"c{number}"))
        if caller.node == "bills_proof":
            caller.presses(PROOF)
        assert caller.node == node, account


def test_a_customer_who_was_merged_proves_it_by_what_either_had(world: Company) -> None:
    kept = make_customer(world.agent, phones=["13957140831"])
    merged = make_customer(world.agent, phones=["13957140832"])
    account = billed(world.agent, merged)
    merge_customers(actor=world.agent, now=NOON, customer_id=kept.pk, merged_id=merged.pk)
    for proof in ("0831", "0832"):
        assert comes_in(account, proof, Caller(channel=proof)).node == "bills_menu"


def test_an_identity_number_proves_it_and_a_contact_person_or_a_wrong_number_does_not(
    world: Company,
) -> None:
    owner = make_customer(
        world.agent, phones=["13957140833"], identities=[("id_card", "11010519491231002X"),
                                                          ("passport", "E12345678")],
    )  # fmt: skip
    account = billed(world.agent, owner)
    contact = make_customer(world.agent, phones=["13957140834"])
    add_party(
        actor=world.agent, now=NOON, account_id=account.pk, customer_id=contact.pk,
        role="contact", from_date=account.opened_date,
    )  # fmt: skip
    resident = make_customer(world.agent, identities=[("id_card", "110105194912310038")])
    add_party(
        actor=world.agent, now=NOON, account_id=account.pk, customer_id=resident.pk,
        role="occupant", from_date=account.opened_date,
    )  # fmt: skip
    for proof, node in (
        ("0833", "bills_menu"), ("0038", "bills_menu"), ("0834", "bills_proof"),
        ("5678", "bills_proof"),
    ):  # fmt: skip
        assert comes_in(account, proof, Caller(channel=proof)).node == node
    owner.phones.update(standing="wrong", standing_since=NOON, standing_reason="x")
    assert comes_in(account, "0833", Caller(channel="again")).node == "bills_proof"


def test_the_number_that_calls_proves_it_where_the_company_says_so_and_it_is_of_one_account(
    world: Company,
) -> None:
    owner = make_customer(world.agent, phones=[CALLER])
    account = billed(world.agent, owner)
    (bill,) = bills(account, [10])
    caller = Caller()
    caller.presses("8")
    assert caller.node == "bills_account"
    settings.put(
        CALLER_PROVES, True, valid_from=timezone.localdate(NOON), source="x",
        actor=None, now=NOON,
    )  # fmt: skip
    caller = Caller(channel="c2")
    caller.presses("8")
    assert caller.node == "bills_known"
    assert said(caller).startswith("您来电号码登记的户号，尾号是")
    caller.presses("#1")
    assert yuan(bill.total_minor) in said(caller)
    billed(world.agent, owner)
    caller = Caller(channel="c3")
    caller.presses("8")
    assert caller.node == "bills_account"


def test_where_bills_are_not_told_by_telephone_a_person_is_asked(world: Company) -> None:
    account = billed(world.agent)
    ahead = comes_in(account)
    settings.put(
        BY_TELEPHONE, False, valid_from=timezone.localdate(NOON), source="x",
        actor=None, now=NOON, organisation_id=world.company.pk,
    )  # fmt: skip
    ahead.presses("2")
    assert "暂时不能" in said(ahead)
    caller = Caller(channel="c2")
    caller.presses("8")
    assert "暂时不能" in said(caller)
    caller.listens()
    caller.listens()
    assert Waiting.objects.get().queue == "water.billing"


def test_whoever_is_put_through_is_shown_to_have_heard_what_they_heard(world: Company) -> None:
    account = billed(world.agent)
    issued = bills(account, range(12))
    caller = comes_in(account)
    caller.presses("2##0")
    caller.listens()
    sign_on(actor=world.agent, endpoint="screen/1", now=caller.at)
    caller.waits(1)
    amount = Money(issued[10].total_minor, "CNY").amount
    with override("zh-hans"):
        found = load_pop(actor=world.agent, now=caller.at, path="/")
    assert found
    heard = found["ringing"].heard
    assert (heard.about, heard.place, heard.count) == ("最近十二期账单", 2, 12)
    assert "2026-09账单" in heard.words
    assert f"{amount}" in heard.words
    with override("en"):
        found = load_pop(actor=world.agent, now=caller.at, path="/")
    assert found
    assert found["ringing"].heard.words.startswith("For 2026-09: 19.5 cubic metres of water,")


def test_nothing_secret_is_in_the_log_of_the_call_or_of_the_program(world: Company) -> None:
    account = billed(world.agent)
    issued = bills(account, range(12))
    with structlog.testing.capture_logs() as told:
        caller = comes_in(account, "9998")
        caller.presses(PROOF)
        caller.presses("2#")
    assert caller.node == "bills_list"
    kept = json.dumps(list(CallEntry.objects.values_list("data", flat=True)))
    for secret in (PROOF, "9998"):
        assert f'"{secret}"' not in kept
        assert secret[:3] not in kept.replace(account.number, "").replace(PHONE, "")
    assert str(issued[2].total_minor) not in kept  # but of the bill that was heard
    assert PROOF not in json.dumps(told, default=str)
    deed = PhoneDeed.objects.create(
        kind="press", phone="1", keys=PROOF, asked_by=world.agent_staff, asked_at=NOON
    )
    mark_done(deed_id=deed.pk, channel="c", now=NOON)
    deed.refresh_from_db()
    assert deed.keys == ""
