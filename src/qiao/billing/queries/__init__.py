"""Reads."""

from qiao.billing.queries.tariffs import (
    TariffMissing,
    TariffNow,
    tariff_on,
    tariffs_on,
    versions_of,
)

__all__ = ["TariffMissing", "TariffNow", "tariff_on", "tariffs_on", "versions_of"]
