"""A payment for many bills of many accounts at once, shared out over them to the last coin."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class OpenBill:
    """What is open of a bill of an account, in minor units, and the day on which it was due."""

    account: int
    bill: int
    due: date
    minor: int


@dataclass(frozen=True, slots=True)
class Share:
    """What an account gets of a payment, in minor units, for these of its bills first."""

    account: int
    minor: int
    bills: tuple[int, ...]


def spread(minor: int, bills: Sequence[OpenBill]) -> list[Share]:
    """Share a payment out: bills that were due first are paid first, in their order where they
    were due on one day; what is more than all of them is the first account's, paid ahead. The
    shares sum to the payment. Raises `ValueError` for nothing or less, or without bills."""
    if minor <= 0 or not bills:
        raise ValueError("a payment is more than nothing, for at least one bill")
    left = minor
    paid: dict[int, int] = {}
    named: dict[int, list[int]] = {}
    places = {each.bill: place for place, each in enumerate(bills)}
    for each in sorted(bills, key=lambda one: (one.due, places[one.bill])):
        now = min(left, max(each.minor, 0))
        if now:
            paid[each.account] = paid.get(each.account, 0) + now
            named.setdefault(each.account, []).append(each.bill)
            left -= now
    if left:
        first = bills[0].account
        paid[first] = paid.get(first, 0) + left
    return [Share(pk, share, tuple(named.get(pk, ()))) for pk, share in paid.items()]
