"""What stands on accounts that a feed bills, worked out anew from the rows that hold."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection

from qiao.billing.models import FedBalance, FedBill, FedPayment, Feed
from qiao.billing.rules.feeds.standing import (
    Stands,
    ToldBalance,
    ToldBill,
    ToldPayment,
    stands_of,
)
from qiao.staff.queries import organisation

AT_ONCE: Final = 2_000  # accounts
_OPEN: Final = """
UPDATE billing_fedbill b SET open_minor = w.minor
  FROM unnest(%(ids)s::bigint[], %(minors)s::bigint[]) AS w (id, minor)
 WHERE b.id = w.id AND b.open_minor <> w.minor
"""
_STAND: Final = """
INSERT INTO billing_fedstanding (account_id, feed_id, open_minor, free_minor, balance_minor,
                                 balance_as_of, state, owed_minor, ahead_minor)
SELECT w.account_id, %(feed)s, w.open, w.free, w.balance, w.as_of, w.state, w.owed, w.ahead
  FROM unnest(%(accounts)s::bigint[], %(opens)s::bigint[], %(frees)s::bigint[],
              %(balances)s::bigint[], %(moments)s::timestamptz[], %(states)s::text[],
              %(oweds)s::bigint[], %(aheads)s::bigint[])
       AS w (account_id, open, free, balance, as_of, state, owed, ahead)
ON CONFLICT (account_id) DO UPDATE SET
       feed_id = EXCLUDED.feed_id, open_minor = EXCLUDED.open_minor,
       free_minor = EXCLUDED.free_minor, balance_minor = EXCLUDED.balance_minor,
       balance_as_of = EXCLUDED.balance_as_of, state = EXCLUDED.state,
       owed_minor = EXCLUDED.owed_minor, ahead_minor = EXCLUDED.ahead_minor
"""


def reckon_accounts(feed: Feed, account_ids: Iterable[int]) -> None:
    """Work out what is open of every bill and what stands on every account."""
    zone = ZoneInfo(organisation(feed.organisation_id).timezone)
    rest = iter(sorted(account_ids))
    while some := list(islice(rest, AT_ONCE)):
        _reckon(feed, some, zone)


def _reckon(feed: Feed, account_ids: list[int], zone: ZoneInfo) -> None:
    of = {"feed": feed, "account__in": account_ids, "is_current": True}
    bills, payments = _bills(of), _payments(of)
    balances = {
        account_id: ToldBalance(minor, as_of, as_of.astimezone(zone).date())
        for account_id, minor, as_of in FedBalance.objects.filter(**of).values_list(
            "account_id", "minor", "as_of"
        )
    }
    stands = {pk: stands_of(bills[pk], payments[pk], balances.get(pk)) for pk in account_ids}
    _write(feed, stands, balances)


def _bills(of: dict[str, Any]) -> dict[int, list[ToldBill]]:
    found: dict[int, list[ToldBill]] = defaultdict(list)
    rows = FedBill.objects.filter(**of, is_cancelled=False).values_list(
        "account_id", "pk", "number", "issued_date", "due_date", "minor"
    )
    for account_id, *told in _tuples(rows):
        found[account_id].append(ToldBill(*told))
    return found


def _payments(of: dict[str, Any]) -> dict[int, list[ToldPayment]]:
    found: dict[int, list[ToldPayment]] = defaultdict(list)
    rows = FedPayment.objects.filter(**of, is_reversed=False).values_list(
        "account_id", "number", "received_at", "minor", "bills"
    )
    for account_id, number, received_at, minor, bills in _tuples(rows):
        found[account_id].append(ToldPayment(number, received_at, minor, bills))
    return found


def _tuples(rows: Any) -> Iterator[Sequence[Any]]:
    yield from rows.iterator(10_000)


def _write(feed: Feed, stands: dict[int, Stands], balances: dict[int, ToldBalance]) -> None:
    opens = [pair for each in stands.values() for pair in each.open.items()]
    told: list[ToldBalance | None] = [balances.get(pk) for pk in stands]
    values: dict[str, Any] = {
        "feed": feed.pk,
        "accounts": list(stands),
        "opens": [sum(each.open.values()) for each in stands.values()],
        "frees": [each.free for each in stands.values()],
        "balances": [each and each.minor for each in told],
        "moments": [each and each.as_of for each in told],
        "states": [each.state for each in stands.values()],
        "oweds": [each.owed for each in stands.values()],
        "aheads": [each.ahead for each in stands.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(
            _OPEN, {"ids": [pk for pk, _minor in opens], "minors": [m for _pk, m in opens]}
        )
        cursor.execute(_STAND, values)
