"""What is billed under which dated prices, what is owed and paid, and the ledger of it."""

from qiao.billing.models.account_files import AccountFile, RefusedAccount
from qiao.billing.models.balance_files import BalanceFile, RefusedBalance
from qiao.billing.models.bills import Bill, BillingAccount, BillingTerms, BillLine
from qiao.billing.models.budget import BudgetPlan
from qiao.billing.models.feeds import (
    Delivery,
    FedBalance,
    FedBill,
    FedPayment,
    FedStanding,
    Feed,
    StagedRow,
    Told,
)
from qiao.billing.models.figures import MoneyFigure, MoneyFigureChange
from qiao.billing.models.invoices import Invoice
from qiao.billing.models.ledger import ClosedDay, Entry, Posting, Standing
from qiao.billing.models.payments import CashierShift, Payment
from qiao.billing.models.runs import BillRun, RunAccount
from qiao.billing.models.summaries import (
    Collecting,
    SummaryBill,
    SummaryLine,
    SummaryPart,
    SummaryPayment,
)
from qiao.billing.models.tariffs import Tariff, TariffDraft, TariffVersion
from qiao.billing.models.vouchers import Voucher

__all__ = [
    "AccountFile",
    "BalanceFile",
    "Bill",
    "BillLine",
    "BillRun",
    "BillingAccount",
    "BillingTerms",
    "BudgetPlan",
    "CashierShift",
    "ClosedDay",
    "Collecting",
    "Delivery",
    "Entry",
    "FedBalance",
    "FedBill",
    "FedPayment",
    "FedStanding",
    "Feed",
    "Invoice",
    "MoneyFigure",
    "MoneyFigureChange",
    "Payment",
    "Posting",
    "RefusedAccount",
    "RefusedBalance",
    "RunAccount",
    "StagedRow",
    "Standing",
    "SummaryBill",
    "SummaryLine",
    "SummaryPart",
    "SummaryPayment",
    "Tariff",
    "TariffDraft",
    "TariffVersion",
    "Told",
    "Voucher",
]
