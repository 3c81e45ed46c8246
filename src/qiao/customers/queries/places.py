"""A place that is served: found by address or meter, and who lived there with what on any day."""
# ruff: noqa: S608 - statements are put together from this file's own pieces; values are bound

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.core.rules.numbers import normal_form
from qiao.customers.models import Premises
from qiao.customers.queries.people import NotVisible
from qiao.customers.rules.history import Scale, on_day, scale_of
from qiao.customers.rules.searching import address_terms, after, may_be_meter

MOST_ROWS = 500
MOST_PLACES = 60

# A place is seen by whoever may see an account that is or was kept there.
_SEEN = """
(SELECT true FROM customers_servicepoint v JOIN customers_account w ON w.service_point_id = v.id
  WHERE v.premises_id = h.id AND (w.organisation_id + 0) = ANY(%(organisations)s) LIMIT 1)
"""


def get_premises_for(*, actor: Actor, premises_id: int) -> Premises:
    """A place with an account of the actor's organisations, kept now or earlier.

    Raises `NotVisible`.
    """
    found = list(
        Premises.objects.raw(
            f"SELECT h.* FROM customers_premises h WHERE h.id = %(id)s AND {_SEEN}",
            {"id": premises_id, "organisations": list(actor.organisations("customers.view"))},
        )
    )
    if not found:
        raise NotVisible(f"premises {premises_id}")
    return found[0]


class PlaceHit(NamedTuple):
    """A place as a line shows it; `meter` is the number that it was found by, if it was."""

    premises_id: int
    address: str
    accounts: int
    meter: str


_COUNTED = """
SELECT f.id, f.full_text,
       (SELECT count(*) FROM customers_servicepoint s
          JOIN customers_account a ON a.service_point_id = s.id
         WHERE s.premises_id = f.id AND (a.organisation_id + 0) = ANY(%(organisations)s)),
       f.meter
"""
_BY_ADDRESS = f"""
{_COUNTED}
  FROM (SELECT h.id, h.full_text, h.search, '' AS meter FROM customers_premises h
         WHERE h.grams @> %(grams)s::text[] AND h.search LIKE ALL(%(likes)s) AND {_SEEN}
         LIMIT %(most)s) f
 ORDER BY f.search, f.id LIMIT %(limit)s
"""
_BY_METER = f"""
{_COUNTED}
  FROM (SELECT h.id, h.full_text, m.meter_number AS meter
          FROM customers_meterinstallation m
          JOIN customers_servicepoint s ON s.id = m.service_point_id
          JOIN customers_premises h ON h.id = s.premises_id
         WHERE m.meter_search >= %(meter)s AND m.meter_search < %(meter_end)s AND {_SEEN}
         ORDER BY m.meter_search, m.id LIMIT %(limit)s) f
"""


def find_places(*, actor: Actor, text: str, limit: int = 8) -> list[PlaceHit]:
    """Places whose address holds `text`, or where a meter of that number hangs or once hung."""
    values = {
        "organisations": list(actor.organisations("customers.view")),
        "limit": limit,
        "most": MOST_PLACES,
    }
    if may_be_meter(text):
        meter = normal_form(text)
        rows = fetch_all(_BY_METER, values | {"meter": meter, "meter_end": after(meter)})
        return [PlaceHit(*row) for row in rows]
    terms = address_terms(text)
    if not terms.grams:
        return []
    rows = fetch_all(_BY_ADDRESS, values | {"grams": terms.grams, "likes": terms.likes})
    return [PlaceHit(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Stay:
    """The part that a customer played for an account; `until` is the first day without it."""

    account_id: int
    account_number: str
    customer_id: int
    name: str
    tier: str
    role: str
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Hung:
    """A meter at a service point."""

    point_id: int
    number: str
    size: str
    is_remote: bool
    since: date | None
    until: date | None
    opening: str
    closing: str
    reason: str


@dataclass(frozen=True, slots=True)
class Kept:
    """An account kept at a service point, from its opening to its closing."""

    account_id: int
    number: str
    service: str
    use: str
    status: str
    point_id: int
    organisation_id: int
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Point:
    """A service point of the place."""

    point_id: int
    service: str
    number: str
    status: str
    meter_number: str
    test_due: date | None


@dataclass(frozen=True, slots=True)
class PlaceHistory:
    """All that is known of a place: points, meters, accounts and people, with their periods."""

    points: Sequence[Point]
    meters: Sequence[Hung]
    accounts: Sequence[Kept]
    stays: Sequence[Stay]

    def on(self, day: date) -> "PlaceHistory":
        """What held on that day."""
        return PlaceHistory(
            self.points,
            on_day(self.meters, day),
            on_day(self.accounts, day),
            on_day(self.stays, day),
        )

    def scale(self, today: date) -> Scale:
        """The days that a picture of it shows."""
        return scale_of([*self.meters, *self.accounts, *self.stays], today)


_POINTS = """
SELECT s.id, s.service, s.number, s.status, s.meter_number, s.meter_test_due_date
  FROM customers_servicepoint s WHERE s.premises_id = %(premises)s
 ORDER BY s.status, s.service, s.id LIMIT %(most)s
"""
_METERS = """
SELECT m.service_point_id, m.meter_number, m.meter_size, m.is_remote, lower(m.period),
       upper(m.period), coalesce(m.opening_reading::text, ''),
       coalesce(m.closing_reading::text, ''), m.reason
  FROM customers_servicepoint s
  JOIN customers_meterinstallation m ON m.service_point_id = s.id
 WHERE s.premises_id = %(premises)s
 ORDER BY m.service_point_id, lower(m.period) DESC NULLS LAST LIMIT %(most)s
"""
_ACCOUNTS = """
SELECT a.id, a.number, a.service, a.use, a.status, s.id, a.organisation_id, a.opened_date,
       a.closed_date
  FROM customers_servicepoint s
  JOIN customers_account a ON a.service_point_id = s.id
 WHERE s.premises_id = %(premises)s AND (a.organisation_id + 0) = ANY(%(organisations)s)
 ORDER BY a.status, a.opened_date DESC, a.id LIMIT %(most)s
"""
_STAYS = """
SELECT a.id, a.number, c.id, c.name, c.tier, t.role, lower(t.period), upper(t.period)
  FROM customers_servicepoint s
  JOIN customers_account a ON a.service_point_id = s.id
  JOIN customers_accountparty t ON t.account_id = a.id
  JOIN customers_customer c ON c.id = customers_survivor(t.customer_id)
 WHERE s.premises_id = %(premises)s AND (a.organisation_id + 0) = ANY(%(organisations)s)
 ORDER BY a.status, a.opened_date DESC, a.id,
       array_position(ARRAY['owner','occupant','payer','contact'], t.role),
       lower(t.period) DESC, t.id
 LIMIT %(most)s
"""


def history_of(*, actor: Actor, premises_id: int) -> PlaceHistory:
    """Everything at a place that the actor may see, in four statements."""
    values = {
        "premises": premises_id,
        "organisations": list(actor.organisations("customers.view")),
        "most": MOST_ROWS,
    }
    narrow = {key: values[key] for key in ("premises", "most")}
    return PlaceHistory(
        [Point(*row) for row in fetch_all(_POINTS, narrow)],
        [Hung(*row) for row in fetch_all(_METERS, narrow)],
        [Kept(*row) for row in fetch_all(_ACCOUNTS, values)],
        [Stay(*row) for row in fetch_all(_STAYS, values)],
    )
