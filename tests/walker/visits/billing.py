"""Addresses of billing: prices are the same for the whole company."""

from typing import Final

from tests.walker.visits.addressed import Visit

_DAY: Final = "day=2025-03-01"

BILLING: Final = {
    "billing:tariffs": Visit(queries=(_DAY, "day=x")),
    "billing:tariff": Visit(
        {"tariff_id": "{tariff}"}, queries=(_DAY, "usage=12&part=example", "usage=-1&people=x")
    ),
    "portal:prices": Visit(queries=(_DAY, "day=x"), public=True),
    "portal:price": Visit(
        {"tariff_id": "{tariff}"}, queries=(_DAY, "usage=12&people=6", "usage=x"), public=True
    ),
}
