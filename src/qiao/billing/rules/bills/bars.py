"""Bars of the last bills: how high each is, for whoever draws them."""

from collections.abc import Sequence
from decimal import Decimal


def shares_of(values: Sequence[Decimal]) -> list[float]:
    """Each value as a share of the greatest, 0 to 1; what is below nothing has no height."""
    most = max([Decimal(0), *values])
    return [float(max(value, Decimal(0)) / most) if most else 0.0 for value in values]
