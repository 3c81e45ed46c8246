"""A life of a customer whose words stand in every module, and its end."""

import io
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from qiao.billing import operations as billing
from qiao.billing.models import Tariff
from qiao.billing.operations import invoices
from qiao.billing.rules.tariffs.planning import Use
from qiao.billing.tests.lives import balance, pay
from qiao.cases import operations as cases
from qiao.contact import operations as contacts
from qiao.core import approvals
from qiao.core.incoming_files import take_file
from qiao.core.rules.periods import Period
from qiao.core.tests.deliveries import run_background, run_deliveries
from qiao.customers.models import Account, AccountParty, Customer, Document
from qiao.customers.operations import (
    Address,
    Coming,
    Evidence,
    HandOver,
    NewIdentity,
    NewPhone,
    add_phone,
    care,
    change_name,
    claim_protection,
    confirm_protection,
    documents,
    end_protection,
    groups,
    hand_over_account,
    managing,
    open_account_at,
    register_customer,
    remind_of_protection,
    reveal_phone,
    speaking,
    visiting,
)
from qiao.customers.operations.holds import place_hold, release_hold
from qiao.customers.operations.tags import create_tag, tag_customer
from qiao.desk.operations.problems import Circumstances, report_problem
from qiao.messaging import operations as messages
from qiao.messaging.channels.port import Refused
from qiao.messaging.models import Message
from qiao.messaging.operations import sending
from qiao.telephony.models import Call, CallAsk, CallEntry
from tests.world import World, finish_work, picture, work_order
from tests.world.canaries import Ids

NAME, FORMER, PHONE, SECOND = "欧阳夏至", "欧阳立秋", "13799001234", "13799005678"
IDENTITY, STREET, WORDS = "11010519491231002X", "望潮里专属巷", "只有她说过的话"
EMAIL = "ouyang.xiazhi@example.com"
CANARIES = (EMAIL, NAME, FORMER, "ouyang", PHONE, SECOND, "1234 门", IDENTITY, STREET, WORDS)


def _be_invoiced(world: World, account_id: int) -> None:
    """A bill of which an invoice was asked for in their name; the provider quotes it."""
    told: dict[str, Any] = {"actor": world.company.agent, "now": world.now}
    today = timezone.localdate(world.now)
    period = Period(today - timedelta(days=40), today - timedelta(days=10))
    tariff = Tariff.objects.get(pack="water", key="household")
    billing.open_billing(
        [billing.NewAccount(account_id, world.company.lake.pk, "CNY", period.start, tariff.pk)],
        now=world.now,
    )
    use = Use(period, {"usage": Decimal(17)})
    new = billing.NewBill(account_id, period, (use,), today, today + timedelta(days=20))
    (bill_id,) = billing.issue_bills([new], **told)
    buyer = invoices.Buyer(NAME, "", STREET, EMAIL)
    asked = invoices.ask_invoice(bill_id=bill_id, buyer=buyer, **told)
    invoices.tell_refused(invoice_id=asked.pk, reason=f"{NAME} {WORDS}", **told)


def _tag_and_hold(world: World, customer: Customer) -> None:
    told: dict[str, Any] = {
        "actor": world.company.agent, "now": world.now, "customer_id": customer.pk,
    }  # fmt: skip
    tag = create_tag(actor=world.company.chief, now=world.now, name="老用户")
    tag_customer(add=[tag.pk], **told)
    place_hold(reason=f"{NAME} {WORDS}", **told)
    release_hold(**told)


def _be_called(customer: Customer, organisation_id: int, at: datetime) -> None:
    """A call to their number that reached nobody: as asked for, and as it went."""
    call = Call.objects.create(
        organisation_id=organisation_id, direction="out", channel="life", caller=PHONE,
        phone=f"+86{PHONE}", customer_id=customer.pk, phase="ended",
        arrived_at=at, ended_at=at, end="no_answer", entry_count=1,
    )  # fmt: skip
    CallAsk.objects.create(call=call, kind="Dial", data={"number": PHONE}, asked_at=at, done_at=at)
    CallEntry.objects.create(
        call=call, seq=1, kind="dialled_out", at=at, recorded_at=at, data={"to": PHONE}
    )


def write_to(customer: Customer, told: dict[str, Any]) -> None:
    """Two answers by e-mail: one refused by a server that quotes her, one that waits."""
    messages.add_email(customer_id=customer.pk, address=EMAIL, **told)
    for title in (WORDS, NAME):
        messages.queue_message(
            sending=messages.Sending(
                organisation_id=told["actor"].organisation_id,
                kind="reply",
                texts={"": messages.Words(title, f"{NAME}：{WORDS}")},
                is_automatic=False,
                is_plain=True,
                channels=("email",),
                key=WORDS if title == NAME else "",
            ),
            receiver=messages.Receiver(customer_id=customer.pk),
            **told,
        )
    due = sending.claim(channel="email", now=told["now"], most=100)
    first = Message.objects.filter(pk__in=due, customer=customer).order_by("id")[0].pk
    sending.begin(message_id=first, now=told["now"])
    no = Refused(f"5.1.1 <{EMAIL}> {WORDS}", 550)
    sending.keep_refused(message_id=first, refusal=no, now=told["now"])


def protect(world: World, customer: Customer) -> None:
    """Protected with words and papers; its end was refused once."""
    agent, now = world.company.agent, world.now
    told: dict[str, Any] = {"actor": agent, "now": now}
    made = claim_protection(
        customer_id=customer.pk, kind="life_support", reason=f"{NAME} {WORDS}", **told
    )
    told["protection_id"] = made.pk
    seen = Evidence(
        timezone.localdate(now), Document.objects.get(customer=customer).pk, WORDS, IDENTITY
    )
    confirm_protection(evidence=seen, **told)
    remind_of_protection(words=WORDS, **told)
    asked = end_protection(reason=WORDS, **told)
    assert asked is not None
    approvals.decide(
        approval_id=asked.pk, approve=False, note=WORDS, actor=world.company.colleague, now=now
    )


def report_what_quotes_her(told: dict[str, Any], customer: Customer) -> None:
    """She is written to; a fault is reported that names her, in words and picture."""
    write_to(customer, told)
    file = picture("red", f"{NAME} screen.png")
    report_problem(
        title=f"{NAME} is shown twice",
        body=f"{WORDS} {PHONE}",
        circumstances=Circumstances("/customers/", "Firefox", "abc"),
        picture=io.BytesIO(file.content),
        picture_name=file.file_name,
        **told,
    )


def live(world: World) -> Customer:
    """A life of a customer: renamed, moved, called, complained, visited, asked, all closed."""
    agent, now = world.company.agent, world.now
    told: dict[str, Any] = {"actor": agent, "now": now}
    customer = register_customer(
        organisation_id=world.company.lake.pk,
        name=FORMER,
        phones=[NewPhone(PHONE, WORDS)],
        identities=[NewIdentity("id_card", IDENTITY)],
        **told,
    )
    change_name(customer_id=customer.pk, name=NAME, **told)
    add_phone(customer_id=customer.pk, number=SECOND, **told)
    account = open_account_at(
        organisation_id=world.company.lake.pk,
        number="90887766001",
        service="water",
        owner_id=customer.pk,
        address=Address("339102", district="滨湖区", community=STREET, room="1203"),
        **told,
    )
    documents.add_document(
        customer_id=customer.pk,
        told=documents.NewDocument("letter", f"{NAME} 来信", timezone.localdate(now)),
        file=io.BytesIO(f"{WORDS} {STREET}".encode()),
        file_name=f"{NAME}.txt",
        **told,
    )
    run_background()
    care.add_note(customer_id=customer.pk, text=f"{NAME} {WORDS}", is_pinned=True, **told)
    _tag_and_hold(world, customer)
    care.set_preferences(customer_id=customer.pk, needs_text=WORDS, **told)
    care.record_consent(
        customer_id=customer.pk,
        purpose="marketing",
        is_given=True,
        how="written",
        proof=WORDS,
        **told,
    )
    relate(world, customer)
    look_after(world, customer)
    reveal_phone(customer_id=customer.pk, reason=f"{NAME} 来电", **told)
    hand_over_account(
        account_id=account.pk,
        hand_over=HandOver(
            account.opened_date + timedelta(days=1),
            coming=(Coming(customer.pk, ("payer",)),),
            forwarding_address=STREET,
            note=f"{NAME} {WORDS}",
        ),
        **told,
    )
    # The order is of her, not of the branch's own customer.
    before = world.ids
    world.ids = Ids(before | {"customer": customer.pk, "account": account.pk})
    order = work_order(world, NAME)
    finish_work(world, order)
    world.ids = before
    case = order.case
    cases.add_note(case_id=case.pk, text=f"{NAME} {WORDS} {PHONE}", **told)
    cases.add_attachment(
        case_id=case.pk,
        file=take_file(io.BytesIO(picture("red", f"{NAME}.png").content), file_name=f"{NAME}.png"),
        label=WORDS,
        **told,
    )
    contact = contacts.start_interaction(
        channel="phone",
        phone=PHONE,
        caller_name=NAME,
        place=STREET,
        started_at=now - timedelta(minutes=9),
        **told,
    )
    contacts.identify_customer(interaction_id=contact.pk, customer_id=customer.pk, **told)
    contacts.finish(
        interaction_id=contact.pk,
        subject=f"{NAME} {WORDS}",
        outcome="water.answered",
        note=f"{WORDS} {SECOND}",
        **told,
    )
    report_what_quotes_her(told, customer)
    run_deliveries()
    return customer


def relate(world: World, customer: Customer) -> None:
    """They live with somebody, speak for a firm, act for a child, are protected, are named
    elsewhere."""
    protect(world, customer)
    lake, day = world.company.lake.pk, timezone.localdate(world.now)
    told: dict[str, Any] = {"actor": world.company.agent, "now": world.now}
    host, child, firm = (
        register_customer(organisation_id=lake, name=name, kind=kind, **told)
        for name, kind in (("房东甲", "person"), ("孩子乙", "person"), ("丙公司", "organisation"))
    )
    home = groups.make_group(
        kind="household", head_id=host.pk, member_ids=[customer.pk], since=day,
        name=f"{NAME}家", **told,
    )  # fmt: skip
    groups.make_group(kind="company", head_id=firm.pk, since=day, name=f"{NAME}集团", **told)
    groups.describe_group(
        actor=world.company.agent, group_id=home.pk, name=f"{NAME}家", note=WORDS
    )
    for contact in (
        speaking.NewContactPerson("finance", customer.pk, phone=SECOND),
        speaking.NewContactPerson(
            "technical", name=NAME, phone="13900004321", email="a@ouyang.example", leads_here=True
        ),
    ):
        speaking.add_contact_person(customer_id=firm.pk, told=contact, since=day, **told)
    paper = Document.objects.get(customer=customer).pk
    speaking.begin_acting(
        agent_id=customer.pk, principal_id=child.pk, since=day,
        told=speaking.NewActing("parent", ("service",), WORDS, paper), **told,
    )  # fmt: skip


def look_after(world: World, customer: Customer) -> None:
    """They have a manager, who calls and visits them and hands them over; their bill is
    invoiced."""
    _be_invoiced(world, Account.objects.get(number="90887766001").pk)
    _be_called(customer, world.company.lake.pk, world.now - timedelta(minutes=8))
    told: dict[str, Any] = {"actor": world.company.chief, "now": world.now}
    first, second = world.company.agent.person_id, world.company.colleague.person_id
    day = timezone.localdate(world.now)
    managing.assign_manager(
        customer_ids=[customer.pk], manager_id=first, since=day - timedelta(days=9),
        reason=WORDS, **told,
    )  # fmt: skip
    own = {**told, "customer_id": customer.pk}
    visiting.set_visit_plan(every_months=3, due_date=day, purpose=WORDS, **own)
    visiting.plan_visit(day=day, topic=WORDS, **own)
    visiting.record_visit(day=day, told=visiting.Told("wish", WORDS, WORDS), **own)
    managing.hand_over_customers(
        from_manager_id=first, to_manager_id=second, day=day, reason=WORDS,
        customer_ids=[customer.pk], note=f"{NAME}：{WORDS}", **told,
    )  # fmt: skip


def close_all(customer: Customer) -> None:
    """End what hinders: accounts, what is owed on them, and cases, as a year later."""
    for account_id in set(
        AccountParty.objects.filter(customer=customer).values_list("account_id", flat=True)
    ):
        if (owed := balance(account_id)) > 0:
            pay(account_id, owed)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE customers_account SET status = 'closed',"
            " closed_date = greatest(opened_date, CURRENT_DATE)"
            " WHERE id IN (SELECT account_id FROM customers_accountparty WHERE customer_id = %s)",
            [customer.pk],
        )
        cursor.execute(
            "UPDATE cases_case SET phase = 'closed', closed_at = now(),"
            " closed_date = greatest(opened_date, CURRENT_DATE)"
            " WHERE customer_id = %s AND closed_at IS NULL",
            [customer.pk],
        )
