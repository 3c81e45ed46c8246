"""Reads. Prices are public: those of tariffs do not ask who reads."""

from qiao.billing.queries.all_bills import BillFilters, BillRow, bill_with_lines, list_bills
from qiao.billing.queries.bills import BillMissing
from qiao.billing.queries.price_examples import Example, example
from qiao.billing.queries.price_lists import PriceList, price_list_of, price_lists
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
    "TariffMissing",
    "TariffNow",
    "bill_with_lines",
    "day_of",
    "example",
    "list_bills",
    "price_list_of",
    "price_lists",
    "tariff_on",
    "tariffs_on",
]
