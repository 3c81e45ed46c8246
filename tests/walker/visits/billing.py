"""Addresses of billing: prices, the same for the whole company, and the counter of a branch."""

from collections.abc import Mapping
from typing import Any, Final

from tests.walker.visits.addressed import MOVED, NOT_ALLOWED, OK, Visit

_DAY: Final = "day=2025-03-01"

_DRAFT: Final = {"draft_id": "{tariff_draft}"}


def _draft(
    post: Mapping[str, Any] | None = None,
    get: int = OK,
    *queries: str,
    of: Mapping[str, str] | None = None,
) -> Visit:
    """An address of a draft of a tariff: only who changes prices for the company has it."""
    return Visit(of or _DRAFT, queries=queries, post=post, reader="chief", sender="chief", get=get)


BILLING: Final = {
    "billing:list": Visit(
        queries=(
            "q=1&since=2026-01-01&until=2026-02-01&unit={unit}&service=water&state=issued&age=late",
            "since=x&until=x&unit=x&service=x&state=x&age=x&after=x",
            "age=30&after=2026-01-01.1",
            "source=own&after=2026-01-01.f1",
            "source=1&q=1",
        )
    ),
    "billing:bill": Visit({"bill_id": "{bill}"}),
    "billing:bill_paper": Visit(
        {"bill_id": "{bill}"}, post={"language": "en"}, get=NOT_ALLOWED, own=True
    ),
    "billing:receipt_paper": Visit(
        {"payment_id": "{payment}"}, post={"language": "en"}, get=NOT_ALLOWED, own=True
    ),
    "portal:bill": Visit({"token": "{bill_token}"}, public=True),
    "portal:bill_paper": Visit({"token": "{bill_token}"}, public=True),
    "billing:why": Visit({"bill_id": "{bill}"}),
    "billing:take_back": Visit({"bill_id": "{bill}"}, post={"reason": "x"}),
    "billing:waive": Visit({"bill_id": "{bill}"}, post={"reason": "x", "minor": "1"}),
    "billing:account": Visit({"account_id": "{paid}"}, queries=("before=2026-09-15", "before=x")),
    "billing:account_files": Visit(queries=("after=99", "after=x")),
    "billing:account_file_new": Visit(post={"organisation": "{unit}", "file": "CSV"}, own=True),
    "billing:account_file": Visit({"file_id": "{taken_account_file}"}, queries=("after=1",)),
    "billing:account_file_columns": Visit(
        {"file_id": "{account_file}"},
        post={"column-0": "account", "column-1": "tariff", "column-2": "since"},
        get=NOT_ALLOWED,
    ),
    "billing:account_file_act": Visit(
        {"file_id": "{account_file}", "action": "start"}, post={}, get=NOT_ALLOWED
    ),
    "billing:account_file_refused": Visit(
        {"file_id": "{taken_account_file}", "form": "csv"}, post={}, get=NOT_ALLOWED
    ),
    "billing:balance_files": Visit(queries=("after=99", "after=x")),
    "billing:balance_file_new": Visit(
        post={"organisation": "{unit}", "as_of": "{today}", "file": "CSV"}, own=True
    ),
    "billing:balance_file": Visit({"file_id": "{taken_balance_file}"}, queries=("after=1",)),
    "billing:balance_file_columns": Visit(
        {"file_id": "{balance_file}"},
        post={"column-0": "account", "column-1": "prepaid"},
        get=NOT_ALLOWED,
    ),
    "billing:balance_file_act": Visit(
        {"file_id": "{balance_file}", "action": "start"}, post={}, get=NOT_ALLOWED
    ),
    "billing:balance_file_refused": Visit(
        {"file_id": "{taken_balance_file}", "form": "csv"}, post={}, get=NOT_ALLOWED
    ),
    "billing:terms": Visit({"account_id": "{paid}"}),
    "billing:terms_edit": Visit(
        {"account_id": "{paid}"},
        queries=("tariff={tariff}&since=2026-12-01&in_people=6", "tariff=x&since=x"),
        post={"tariff": "{tariff}", "since": "{today}", "in_people": "6", "reason": "x"},
    ),
    "billing:terms_end": Visit({"account_id": "{paid}"}, post={"until": "{today}", "reason": "x"}),
    "billing:terms_go_on": Visit({"account_id": "{ending}"}, post={}),
    "billing:budget": Visit(
        {"account_id": "{paid}"},
        queries=("minor=12", "minor=x"),
        post={"minor": "12", "reason": "x"},
    ),
    "billing:budget_change": Visit(
        {"account_id": "{budgeted}"}, post={"minor": "12", "reason": "x"}
    ),
    "billing:budget_end": Visit({"account_id": "{budgeted}"}, post={"reason": "x"}),
    "billing:collect": Visit({"account_id": "{paid}"}, post={"unit": "{unit}"}),
    "billing:collect_stop": Visit({"collecting_id": "{collecting}"}, post={}),
    "billing:summaries": Visit(queries=("q=x", "after=9", "after=x")),
    "billing:summary": Visit({"summary_id": "{summary}"}),
    "billing:summary_paper": Visit(
        {"summary_id": "{summary}"}, post={"language": "en"}, get=NOT_ALLOWED, own=True
    ),
    "billing:summary_pay": Visit(
        {"summary_id": "{summary}"},
        post={"means": "card", "minor": "1", "key": "w", "seen": "{summary_seen}"},
    ),
    "billing:invoices": Visit(
        queries=(
            "q=x",
            "state=wanted&unit={unit}&since=2026-01-01&until=2026-12-31",
            "state=x&since=x&unit=x&after=x",
            "after=2026-11-01.7",
        )
    ),
    "billing:invoice_ask": Visit(
        {"bill_id": "{bill}"}, queries=("payment={payment}",), post={"title": "x"}
    ),
    "billing:invoice_take_back": Visit({"invoice_id": "{invoice}"}, post={"reason": "x"}),
    "billing:invoices_again": Visit(get=NOT_ALLOWED, post={"invoice": "{invoice}"}),
    "billing:runs": Visit(queries=("before=5",)),
    "billing:run_new": Visit(
        post={
            "unit": "{unit}",
            "until": "{today}",
            "issued_date": "{today}",
            "due_days": "20",
        },
    ),
    "billing:run": Visit(
        {"run_id": "{run}"},
        queries=("state=outlier&finding=more", "state=held", "state=x&after=x"),
    ),
    "billing:run_release": Visit(
        {"run_id": "{run}"}, get=NOT_ALLOWED, post={"account": "{paid}", "state": "outlier"}
    ),
    "billing:run_leave": Visit(
        {"run_id": "{run}"}, get=NOT_ALLOWED, post={"account": "{paid}", "note": "x"}
    ),
    "billing:run_issue": Visit({"run_id": "{run}"}, post={"issued_date": "{today}"}),
    "billing:run_drop": Visit({"run_id": "{run}"}, post={}),
    "billing:run_resume": Visit({"run_id": "{run}"}, get=NOT_ALLOWED, post={}),
    "billing:tariffs": Visit(queries=(_DAY, "day=x")),
    "billing:tariff": Visit(
        {"tariff_id": "{tariff}"}, queries=(_DAY, "usage=12&part=example", "usage=-1&people=x")
    ),
    "billing:tariff_version": Visit({"tariff_id": "{tariff}", "version_id": "{tariff_version}"}),
    "billing:tariff_begin": Visit(
        {"tariff_id": "{tariff}"},
        post={"valid_from": "2098-01-01"},
        reader="chief",
        sender="chief",
    ),
    "billing:tariff_withdraw": _draft({}, NOT_ALLOWED, of={"version_id": "{tariff_version}"}),
    "billing:tariff_draft": _draft(
        {"seen": "{tariff_draft_seen}", "valid_from": "2098-01-01", "source": "x"}
    ),
    "billing:tariff_text": _draft({"seen": "{tariff_draft_seen}", "text": "{tariff_draft_text}"}),
    "billing:tariff_try": _draft(None, OK, "usage=12&part=trial", "usage=-1"),
    "billing:tariff_publish": _draft({"seen": "{tariff_draft_seen}"}, NOT_ALLOWED),
    "billing:tariff_take_back": _draft({}, NOT_ALLOWED),
    "billing:tariff_drop": _draft({}, NOT_ALLOWED),
    "billing:tariff_restore": _draft({}, NOT_ALLOWED, of={"draft_id": "{tariff_put_away}"}),
    "billing:tariff_carry_over": _draft({}, NOT_ALLOWED),
    "billing:payments": Visit(
        queries=(
            "q=x",
            "q=SJ2612010000017",
            "channel=bank&service=water",
            "source=own&unit=1",
            "since=2026-01-01&until=2026-12-31",
            "source=7",
            "after=2026-11-01.f7",
            "after=x",
        )
    ),
    "billing:counter": Visit(queries=("q={paid_account}", "q={paid_account}&part=found")),
    "billing:counter_account": Visit(
        {"account_id": "{paid}"},
        queries=("part=sum&means=cash&received=500&bills=1&key=x&seen=x",),
        post={"key": "walked", "seen": "{seen}", "means": "card", "amount": "1"},
    ),
    "billing:deposit": Visit(
        {"account_id": "{paid}"}, post={"key": "walked-deposit", "means": "card", "amount": "1"}
    ),
    "billing:deposit_use": Visit(
        {"account_id": "{budgeted}"}, post={"key": "walked-use", "amount": "1", "reason": "x"}
    ),
    "billing:pay_out": Visit(
        {"account_id": "{deposited}"},
        post={"kind": "deposit_returned", "means": "cash", "amount": "1", "reason": "x"},
    ),
    "billing:voucher": Visit({"voucher_id": "{voucher}"}, queries=("language=en", "language=x")),
    "billing:receipt": Visit({"payment_id": "{payment}"}, queries=("language=en&again=1",)),
    "billing:give_back": Visit({"payment_id": "{payment}"}, post={"reason": "x"}),
    "billing:drawers": Visit(get=MOVED, post={"unit": "{unit}", "float": "1"}, sender="colleague"),
    "billing:drawer": Visit({"shift_id": "{drawer}"}),
    "billing:count_drawer": Visit({"shift_id": "{drawer}"}, post={"counted": "1"}),
    "billing:days": Visit(queries=("unit={unit}", "unit={unit}&day=2026-01-01")),
    "billing:close_day": Visit(queries=("unit={unit}",), post={}, sender="chief", own=True),
    "billing:take_ledger": Visit(
        post={"span": "day", "format": "csv", "reason": "x"}, get=NOT_ALLOWED, own=True
    ),
    "billing:feeds": Visit(),
    "billing:feed_new": Visit(
        post={"unit": "{unit}", "name": "x", "key": "xy", "currency": "CNY"}
    ),
    "billing:feed": Visit({"feed_id": "{feed}"}, queries=("after=9", "differing=5")),
    "billing:feed_deliver": Visit(
        {"feed_id": "{feed}"},
        post={
            "kind": "bills",
            "key": "x",
            "as_of": "2026-01-01T00:00",
            "count": "0",
            "total": "0",
            "file": "CSV",
        },
        own=True,
    ),
    "billing:delivery": Visit({"delivery_id": "{fed_delivery}"}, queries=("after=1",)),
    "billing:delivery_columns": Visit(
        {"delivery_id": "{fed_delivery_waiting}"},
        post={
            "column-0": "number",
            "column-1": "account",
            "column-2": "start",
            "column-3": "last",
            "column-4": "due",
            "column-5": "amount",
            "column-6": "lines",
        },
        get=NOT_ALLOWED,
    ),
    "billing:delivery_act": Visit(
        {"delivery_id": "{fed_delivery_waiting}", "action": "back"}, post={}, get=NOT_ALLOWED
    ),
    "billing:delivery_accept": Visit({"delivery_id": "{fed_delivery}"}, post={"reason": "x"}),
    "billing:delivery_take_back": Visit({"delivery_id": "{fed_delivery}"}, post={"reason": "x"}),
    "billing:delivery_aside": Visit(
        {"delivery_id": "{fed_delivery}", "form": "csv"}, post={}, get=NOT_ALLOWED
    ),
    "billing:fed_bill": Visit({"bill_id": "{fed_bill}"}),
    "billing:fed_why": Visit({"bill_id": "{fed_bill}"}),
    "portal:prices": Visit(queries=(_DAY, "day=x"), public=True),
    "portal:price": Visit(
        {"tariff_id": "{tariff}"}, queries=(_DAY, "usage=12&people=6", "usage=x"), public=True
    ),
}
