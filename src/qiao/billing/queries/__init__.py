"""Reads. Prices are public: none of these asks who reads."""

from qiao.billing.queries.price_examples import Example, example
from qiao.billing.queries.price_lists import PriceList, price_list_of, price_lists
from qiao.billing.queries.tariffs import (
    TariffMissing,
    TariffNow,
    day_of,
    tariff_on,
    tariffs_on,
    versions_of,
)

__all__ = [
    "Example",
    "PriceList",
    "TariffMissing",
    "TariffNow",
    "day_of",
    "example",
    "price_list_of",
    "price_lists",
    "tariff_on",
    "tariffs_on",
    "versions_of",
]
