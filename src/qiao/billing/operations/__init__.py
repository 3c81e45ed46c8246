"""Writes, and the refusals they raise. Keyword-only; the caller has opened the transaction."""

from qiao.billing.operations.tariff_installing import VersionStands, install_tariffs

__all__ = ["VersionStands", "install_tariffs"]
