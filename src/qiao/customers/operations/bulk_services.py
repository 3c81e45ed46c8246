"""Further services at homes and firms of the invented city: points with meters, and accounts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from qiao.core.transactions import required

HOME_OF: Final = 8  # one household in so many has the further services, and one firm in
FIRM_OF: Final = 4
METERS: Final = {"power": ("5(60)A", "3×5A"), "gas": ("G2.5", "G16")}
"""The usual meter of a household and of a firm; services that are not here say none."""

# The first account of a home, whose owner lives there now; the first of all is the known one.
_CHOSEN: Final = """
CREATE TEMP TABLE demo_served ON COMMIT DROP AS
SELECT nextval(pg_get_serial_sequence('customers_servicepoint', 'id')) AS point_id,
       nextval(pg_get_serial_sequence('customers_account', 'id')) AS account_id,
       x.*
  FROM (
    SELECT a.id AS beside_id, a.organisation_id, a.use, a.opened_date, s.premises_id,
           row_number() OVER (PARTITION BY a.use = 'household' ORDER BY a.id) AS place
      FROM customers_account a
      JOIN customers_servicepoint s ON s.id = a.service_point_id
     WHERE a.status = 'active' AND a.service <> %(service)s
       AND NOT EXISTS (SELECT FROM customers_account b
                        WHERE b.service_point_id = a.service_point_id AND b.id < a.id)
       AND NOT EXISTS (SELECT FROM customers_servicepoint p
                        WHERE p.premises_id = s.premises_id AND p.id < s.id)
  ) x
 WHERE x.place %% CASE WHEN x.use = 'household' THEN %(home_of)s ELSE %(firm_of)s END = 1
   AND NOT EXISTS (SELECT FROM customers_servicepoint p
                    WHERE p.premises_id = x.premises_id AND p.service = %(service)s)
"""
_POINTS: Final = """
INSERT INTO customers_servicepoint (id, premises_id, service, number, meter_number, meter_size,
                                    meter_is_remote, meter_installed_date, meter_test_due_date,
                                    status)
SELECT point_id, premises_id, %(service)s, %(letters)s || lpad(point_id::text, 10, '0'),
       left(%(letters)s, 1) || '-' || (40000000 + point_id),
       CASE WHEN use = 'household' THEN %(home_meter)s ELSE %(firm_meter)s END,
       point_id %% 3 > 0, greatest(opened_date, %(today)s::date - 1400),
       greatest(opened_date, %(today)s::date - 1400) + 8 * 365, 'active'
  FROM demo_served
"""
_ACCOUNTS: Final = """
INSERT INTO customers_account (id, number, service, use, organisation_id, service_point_id, status,
                               opened_date)
SELECT account_id, %(digits)s || lpad(account_id::text, 8, '0'), %(service)s, use,
       organisation_id, point_id, 'active', opened_date
  FROM demo_served
"""
# Whoever stands for the first account today stands for the others.
_PARTIES: Final = """
INSERT INTO customers_accountparty (account_id, customer_id, role, period)
SELECT d.account_id, t.customer_id, t.role, t.period
  FROM demo_served d
  JOIN customers_accountparty t ON t.account_id = d.beside_id AND t.period @> %(today)s::date
"""


def add_services(*, services: Sequence[str], now: datetime) -> dict[str, int]:
    """Let some homes and firms have further `services` (``power``, ``gas``) at their premises.

    The same ones have all of them, the known household first. Returns how many accounts each
    service has got. A service that a premises has already is not added again.
    """
    required()
    counts = {}
    for place, service in enumerate(services):
        home_meter, firm_meter = METERS.get(service, ("", ""))
        values: dict[str, Any] = {
            "service": service,
            "letters": service[:2].upper(),
            "digits": f"{60 + place}",
            "home_meter": home_meter,
            "firm_meter": firm_meter,
            "home_of": HOME_OF,
            "firm_of": FIRM_OF,
            "today": timezone.localtime(now).date(),
        }
        with connection.cursor() as cursor:
            for statement in (_CHOSEN, _POINTS, _ACCOUNTS, _PARTIES):
                cursor.execute(statement, values)
            cursor.execute("SELECT count(*) FROM demo_served")
            (counts[service],) = cursor.fetchone()
            cursor.execute("DROP TABLE demo_served")
    return counts
