"""Writes, and the refusals they raise. Keyword-only; the caller has opened the transaction."""

from qiao.billing.operations.accounts import (
    NewAccount,
    begin_billing,
    end_billing,
    open_billing,
)
from qiao.billing.operations.billing import (
    BillReversed,
    NotLatest,
    NotNext,
    issue_bills,
    reverse_bill,
)
from qiao.billing.operations.cashiers import (
    BadAmount,
    NotOver,
    ShiftClosed,
    ShiftOpen,
    close_day,
    close_shift,
    open_shift,
)
from qiao.billing.operations.counter import (
    AtCounter,
    OwedChanged,
    give_back_at_counter,
    take_at_counter,
)
from qiao.billing.operations.paying import (
    NewPayment,
    NoShift,
    PaidOtherwise,
    SlipUsed,
    take_back_payment,
    take_payment,
    take_payments,
)
from qiao.billing.operations.posting import (
    AccountFed,
    AccountMissing,
    DayClosed,
    NewPosting,
    ReversedAlready,
    lock_accounts,
    post,
    reverse_postings,
)
from qiao.billing.operations.rating import NewBill, RatedBill, rate_bills, reckon_again
from qiao.billing.operations.tariff_installing import VersionStands, install_tariffs
from qiao.billing.operations.terms import NewTerms, TermsBilled, change_terms

__all__ = [
    "AccountFed",
    "AccountMissing",
    "AtCounter",
    "BadAmount",
    "BillReversed",
    "DayClosed",
    "NewAccount",
    "NewBill",
    "NewPayment",
    "NewPosting",
    "NewTerms",
    "NoShift",
    "NotLatest",
    "NotNext",
    "NotOver",
    "OwedChanged",
    "PaidOtherwise",
    "RatedBill",
    "ReversedAlready",
    "ShiftClosed",
    "ShiftOpen",
    "SlipUsed",
    "TermsBilled",
    "VersionStands",
    "begin_billing",
    "change_terms",
    "close_day",
    "close_shift",
    "end_billing",
    "give_back_at_counter",
    "install_tariffs",
    "issue_bills",
    "lock_accounts",
    "open_billing",
    "open_shift",
    "post",
    "rate_bills",
    "reckon_again",
    "reverse_bill",
    "reverse_postings",
    "take_at_counter",
    "take_back_payment",
    "take_payment",
    "take_payments",
]
