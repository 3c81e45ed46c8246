"""Open so many cases in so many seconds at an even pace: a process of its own."""

import os
import sys
import time
from itertools import cycle

from django.db import connection, transaction
from django.utils import timezone

REPORTER = "1027"
TYPE = "water.small_leak"
_ACCOUNTS = """
SELECT t.customer_id, t.account_id, a.organisation_id FROM customers_accountparty t
  JOIN customers_account a ON a.id = t.account_id AND a.status = 'active'
  JOIN customers_customer c ON c.id = t.customer_id AND c.merged_into_id IS NULL
 WHERE a.organisation_id = ANY(%s) AND upper(t.period) IS NULL LIMIT 1000
"""


def main(wanted: int, seconds: float) -> float:
    """Open them; the cases a minute that were reached, printed as well."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiao.config.settings")
    import django

    django.setup()
    from qiao.cases.operations import OpenRequest, open_case
    from qiao.staff.queries import actor_by_number

    actor = actor_by_number(REPORTER, day=timezone.localdate())
    with connection.cursor() as cursor:
        cursor.execute(_ACCOUNTS, [list(actor.organisations("cases.open"))])
        people = cycle(cursor.fetchall())
    began = time.monotonic()
    for number in range(wanted):
        time.sleep(max(0.0, began + number * seconds / wanted - time.monotonic()))
        customer_id, account_id, unit = next(people)
        request = OpenRequest(
            type_key=TYPE, organisation_id=unit, title="表前漏水", channel="phone",
            description="客户来电：门前路面冒水。", facts={"leak_at": "before_meter"},
            customer_id=customer_id, account_id=account_id,
        )  # fmt: skip
        with transaction.atomic():
            open_case(request=request, actor=actor, now=timezone.now())
    rate = wanted * 60 / (time.monotonic() - began)
    print(f"{rate:.1f}")
    return rate


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
