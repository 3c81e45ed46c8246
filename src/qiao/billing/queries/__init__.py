"""Reads. Prices are public: those of tariffs do not ask who reads."""

from qiao.billing.queries.addressing import addressee_of
from qiao.billing.queries.all_bills import BillFilters, BillRow, bill_with_lines, list_bills
from qiao.billing.queries.bills import BillMissing, bill_for
from qiao.billing.queries.price_examples import Example, example
from qiao.billing.queries.price_lists import PriceList, price_list_of, price_lists
from qiao.billing.queries.summaries import Summary, SummaryMissing, list_summaries, summary_for
from qiao.billing.queries.tariffs import (
    TariffMissing,
    TariffNow,
    day_of,
    tariff_on,
    tariffs_on,
)

__all__ = [
    "BillFilters",
    "BillMissing",
    "BillRow",
    "Example",
    "PriceList",
    "Summary",
    "SummaryMissing",
    "TariffMissing",
    "TariffNow",
    "addressee_of",
    "bill_for",
    "bill_with_lines",
    "day_of",
    "example",
    "list_bills",
    "list_summaries",
    "price_list_of",
    "price_lists",
    "summary_for",
    "tariff_on",
    "tariffs_on",
]
