"""Terms that clerks have said in the demo world: larger households, price plans, a shop with a
dwelling that waits for a second person, an account whose billing ends."""

from datetime import date, timedelta
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from qiao.billing.models import Tariff
from qiao.billing.operations.accounts import end_billing
from qiao.billing.operations.terms import NewTerms, change_terms
from qiao.billing.operations.terms_asking import change_or_ask_terms
from qiao.billing.queries.due import ELSEWHERE
from qiao.billing.queries.terms_shown import TERMS
from qiao.core.actor import Actor
from qiao.core.demo import World
from qiao.customers.operations import KNOWN_ACCOUNT
from qiao.staff.queries import actor_by_number

CLERK: Final = "9203"
LARGE, PLANS = 12, 8
_ACCOUNTS: Final = f"""
SELECT a.account_id, a.billed_until, t.tariff_id
  FROM billing_billingaccount a
  JOIN customers_account c ON c.id = a.account_id
  JOIN billing_billingterms t ON t.account_id = a.account_id AND t.period @> a.billed_until
  JOIN billing_tariff y ON y.id = t.tariff_id AND y.key = %(key)s
 WHERE a.organisation_id = ANY(%(units)s::bigint[])
   AND c.service = %(service)s AND a.feed_id IS NULL AND a.closed_date IS NULL
   AND c.number <> %(known)s AND NOT {ELSEWHERE}
   AND EXISTS (SELECT FROM billing_bill b
                WHERE b.account_id = a.account_id AND b.state = 'issued'
               OFFSET 5)
 ORDER BY a.account_id LIMIT %(most)s
"""  # noqa: S608 - put together from our own pieces; values are bound


def say_terms(world: World) -> None:
    """What clerks have said since the last bills: it holds from the next ones on."""
    clerk = actor_by_number(CLERK, day=timezone.localdate(world.now))
    for place, (account, since, tariff) in enumerate(
        _accounts(clerk, "water", "household", LARGE)
    ):
        people = 5 + place % 3
        new = NewTerms(account, since, tariff, {"people": str(people)}, f"户口簿登记 {people} 人")
        change_terms(new, actor=clerk, now=world.now)
    for account, since, tariff in _accounts(clerk, "power", "household", PLANS):
        new = NewTerms(account, since, tariff, {"plan": "peak_valley"}, "客户申请改为峰谷分时")
        change_terms(new, actor=clerk, now=world.now)
    combined = Tariff.objects.filter(pack="water", key="combined").first()
    shops = _accounts(clerk, "water", "business", 2)
    if combined is not None and shops:
        account, since, _tariff = shops[0]
        share = NewTerms(
            account, since, combined.pk, {"household_percent": "30"},
            "前店后住，现场核定居民用水定比 30%",
        )  # fmt: skip
        change_or_ask_terms(share, actor=clerk, now=world.now)
    if len(shops) > 1:
        account, since, _tariff = shops[1]
        end_billing(
            account_id=account, until=since + timedelta(days=30), reason="门店拆除，申请销户",
            actor=clerk, now=world.now,
        )  # fmt: skip


def _accounts(clerk: Actor, service: str, key: str, most: int) -> list[tuple[int, date, int]]:
    values: dict[str, Any] = {
        "units": sorted(clerk.organisations(TERMS)), "service": service, "key": key,
        "most": most, "known": KNOWN_ACCOUNT,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_ACCOUNTS, values)
        return list(cursor.fetchall())
