"""A tariff that a pack brought, a bill by it; the lake branch's counter with a payment in its
drawer."""

from datetime import date, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from qiao.billing import operations as ops
from qiao.billing.models import BillRun, Payment, RunAccount, Tariff
from qiao.billing.operations import runs
from qiao.billing.operations import tariff_changing as changing
from qiao.billing.operations.account_files import ACCOUNTS
from qiao.billing.operations.balance_files import BALANCES
from qiao.billing.operations.budget import start_budget
from qiao.billing.operations.invoices import Buyer, ask_invoice
from qiao.billing.operations.summaries import collect_bills, start_collecting
from qiao.billing.operations.vouchers import NewDeposit, take_deposit
from qiao.billing.queries.bill_links import token_of
from qiao.billing.queries.late_fees import rate_key
from qiao.billing.queries.owing import standing_on
from qiao.billing.queries.standings import fingerprint, standings_of
from qiao.billing.queries.summaries import seen_of
from qiao.billing.rules.tariffs.planning import Use
from qiao.billing.rules.tariffs.toml_text import write_text
from qiao.core import settings
from qiao.core.rules.periods import Period
from qiao.core.transactions import acting
from qiao.customers.models import Account
from qiao.customers.operations.payers import let_pay
from qiao.customers.tests.factories import make_account, make_customer
from tests.world.canaries import ACCOUNT, MARK, World, marked


def add_billing(world: World) -> None:
    """The tariff of households; a bill, and the agent has taken a payment on the account of the
    world."""
    company, today = world.company, timezone.localdate()
    since, until = today - timedelta(days=70), today - timedelta(days=30)
    tariff = Tariff.objects.get(pack="water", key="household")
    account = Account.objects.get(number=ACCOUNT)
    ops.open_billing(
        [
            ops.NewAccount(
                account_id=account.pk,
                organisation_id=company.lake.pk,
                currency="CNY",
                since=since,
                tariff_id=tariff.pk,
            )
        ],
        now=world.now,
    )
    use = Use(Period(since, until), {"usage": Decimal(17)})
    bill = ops.NewBill(account.pk, use.period, (use,), until, until + timedelta(days=20))
    (bill_id,) = ops.issue_bills([bill], actor=company.agent, now=world.now)
    shift = ops.open_shift(
        organisation_id=company.lake.pk,
        currency="CNY",
        float_minor=10_000,
        day=today,
        actor=company.agent,
        now=world.now,
    )
    payment = ops.take_at_counter(
        payment=ops.AtCounter(
            account.pk,
            500,
            Payment.Means.CARD,
            "world",
            fingerprint(standings_of([account.pk])[account.pk]),
            slip=marked("slip"),
        ),
        actor=company.agent,
        now=world.now,
    )
    run = runs.begin_run(
        runs.NewRun(company.lake.pk, today, today, 20), actor=company.agent, now=world.now
    )
    RunAccount.objects.filter(run=run).update(
        state="ready",
        days=20,
        usage=60,
        unit="m3",
        minor=21_000,
        note=marked("note"),
    )
    BillRun.objects.filter(pk=run.pk).update(state="review", due_count=0, ready_count=1)
    public = make_account(company.agent)  # whoever has its link reads it: nothing of it is marked
    ops.open_billing(
        [ops.NewAccount(public.pk, company.lake.pk, "CNY", since, tariff.pk)], now=world.now
    )
    told = ops.NewBill(public.pk, use.period, (use,), until, until + timedelta(days=20))
    (public_id,) = ops.issue_bills([told], actor=company.agent, now=world.now)
    _add_agreements(world, tariff, use)
    _add_deposit(world, tariff, since)
    _add_account_files(world)
    _add_balance_files(world)
    ending = make_account(company.agent)
    ops.open_billing(
        [ops.NewAccount(ending.pk, company.lake.pk, "CNY", since, tariff.pk)], now=world.now
    )
    ops.end_billing(
        account_id=ending.pk, until=today, reason=marked("ending"), actor=company.agent,
        now=world.now,
    )  # fmt: skip
    draft = changing.begin_change(
        tariff_id=tariff.pk,
        valid_from=date(2100, 1, 1),
        actor=company.chief,
        now=world.now,
    )
    put_away = changing.begin_change(
        tariff_id=tariff.pk, valid_from=date(2099, 1, 1), actor=company.chief, now=world.now
    )
    changing.drop_change(draft_id=put_away.pk, actor=company.chief, now=world.now)
    settings.put(
        rate_key("water", "household"), 10, valid_from=date(2020, 1, 1), source="contract",
        actor=None, now=world.now,
    )  # fmt: skip
    world.ids |= {
        "run": run.pk,
        "today": today.isoformat(),
        "tariff": tariff.pk,
        "tariff_version": draft.based_on_id,
        "tariff_draft": draft.pk,
        "tariff_draft_seen": str(draft.revision),
        "tariff_draft_text": write_text(draft.definition),
        "tariff_put_away": put_away.pk,
        "bill": bill_id,
        "bill_token": token_of(public_id),
        "paid": account.pk,
        "paid_account": account.number,
        "ending": ending.pk,
        "unbilled": make_account(company.agent).pk,
        "payment": payment.pk,
        "drawer": shift.pk,
        "seen": fingerprint(standing_on(account.pk, day=today)),
    }


def _add_agreements(world: World, tariff: Tariff, use: Use) -> None:
    """An account has equal instalments, its bills are collected, and then somebody else pays."""
    company, today = world.company, timezone.localdate()
    school = make_customer(company.agent, name=marked("equal"))
    equal = make_account(company.agent, owner=school)
    ops.open_billing(
        [ops.NewAccount(equal.pk, company.lake.pk, "CNY", use.period.start, tariff.pk)],
        now=world.now,
    )
    start_budget(
        account_id=equal.pk, minor=5_000, reason=marked("budget"), actor=company.agent,
        now=world.now,
    )  # fmt: skip
    collecting = start_collecting(
        customer_id=school.pk, organisation_id=company.lake.pk, actor=company.agent,
        now=world.now,
    )  # fmt: skip
    own = ops.NewBill(equal.pk, use.period, (use,), today, today + timedelta(days=20))
    own_ids = ops.issue_bills([own], actor=company.agent, now=world.now)
    (summary_id,) = collect_bills(bill_ids=own_ids, now=world.now)
    invoice = ask_invoice(
        bill_id=own_ids[0], buyer=Buyer(marked("invoice")), actor=company.agent, now=world.now
    )
    payer = make_customer(company.agent, name=marked("payer"))
    pays = let_pay(
        actor=company.agent, now=world.now, account_id=equal.pk, customer_id=payer.pk,
        from_date=today,
    )  # fmt: skip
    world.ids |= {
        "payer_part": pays.pk,
        "budgeted": equal.pk,
        "collecting": collecting.pk,
        "summary": summary_id,
        "invoice": invoice.pk,
        "summary_seen": seen_of(summary_id, day=today),
    }


def _add_deposit(world: World, tariff: Tariff, since: date) -> None:
    """Deposits lie in the agent's drawer: of an account that owes, and of one that owes
    nothing."""
    agent, lake = world.company.agent, world.company.lake.pk
    held = make_account(agent, owner=make_customer(agent, name=marked("deposit")))
    ops.open_billing([ops.NewAccount(held.pk, lake, "CNY", since, tariff.pk)], now=world.now)
    deposit = NewDeposit(
        held.pk, 5_000, Payment.Means.CASH, "world-deposit", slip=marked("deposit-slip"),
        reason=marked("deposit-reason"),
    )  # fmt: skip
    made = take_deposit(deposit=deposit, actor=agent, now=world.now)
    owing = NewDeposit(world.ids["budgeted"], 300, Payment.Means.CASH, "world-owing")
    take_deposit(deposit=owing, actor=agent, now=world.now)
    world.ids |= {"deposited": held.pk, "voucher": made.pk}


def _add_account_files(world: World) -> None:
    """Files of accounts to bill: one that was checked, one taken in with a refused row."""
    agent, lake = world.company.agent, world.company.lake.pk
    rows = f"户号,价目,起始日\n{MARK},household,2026-07-01\n"
    brought = []
    for _ in range(2):
        upload = SimpleUploadedFile(f"{MARK}.csv", rows.encode())
        brought.append(
            ACCOUNTS.receive(actor=agent, organisation_id=lake, upload=upload, now=world.now)
        )
    for file in brought:
        ACCOUNTS.run_check(actor=agent, file_id=file.pk, now=world.now)
    with acting(agent):
        ACCOUNTS.start(actor=agent, file_id=brought[1].pk)
    ACCOUNTS.run(actor=agent, file_id=brought[1].pk, now=world.now)
    world.ids |= {"account_file": brought[0].pk, "taken_account_file": brought[1].pk}


def _add_balance_files(world: World) -> None:
    """Files of balances to take over: one that was checked, one taken over with a refused row."""
    agent, lake = world.company.agent, world.company.lake.pk
    brought = []
    for _ in range(2):
        upload = SimpleUploadedFile(f"{MARK}.csv", f"户号,预存\n{MARK},5\n".encode())
        brought.append(
            BALANCES.receive(
                actor=agent, organisation_id=lake, as_of=world.now.date(), currency="CNY",
                upload=upload, now=world.now,
            )
        )  # fmt: skip
    for file in brought:
        BALANCES.run_check(actor=agent, file_id=file.pk, now=world.now)
    with acting(agent):
        BALANCES.start(actor=agent, file_id=brought[1].pk)
    BALANCES.run(actor=agent, file_id=brought[1].pk, now=world.now)
    with connection.cursor() as cursor:  # what their jobs would do is done
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'succeeded'"
            " WHERE status = 'todo' AND lock = ANY(%s)",
            [[BALANCES.lock_of(file.pk) for file in brought]],
        )
    world.ids |= {"balance_file": brought[0].pk, "taken_balance_file": brought[1].pk}
