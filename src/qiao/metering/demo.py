"""Readings of the demo world: two years by month, with seasons, and a few that need somebody.

Everything is drawn by the address of a meter, never by an id, so that equal seeds give equal
readings. What a check has to stop is taken in by the operation itself.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from qiao.core.demo import Finding, World
from qiao.core.demo_bulk import bulk_load
from qiao.customers.operations import KNOWN_ACCOUNT, NewMeter, exchange_meter
from qiao.metering.demo_rounds import (
    ROUND_DAYS,
    ROUNDS,
    keep_visits,
    lay_routes,
    read_again,
    who_walk,
)
from qiao.metering.operations import (
    NewReading,
    ensure_registers,
    follow_exchange,
    take_readings,
)
from qiao.staff.queries import system_actor

MONTHS: Final = 24
STOPS: Final = 60  # of one route
SWAPPED_AGO: Final = 26  # days
# How many meters have which story, in the order in which meters are dealt.
STORIES: Final = (("leak", 3), ("stuck", 2), ("rollover", 1), ("back", 1), ("swapped", 2))

# A meter is a stop of one route; its registers of time of use are read with its total.
_METERS: Final = """
CREATE TEMP TABLE demo_meter ON COMMIT DROP AS
WITH meter AS (
    SELECT x.*, x.rank / {stops} AS chunk FROM (
        SELECT r.installation_id, r.organisation_id, r.service_point_id, r.service,
               v.letter, v.least, v.spread, a.use, h.search, h.community, h.road,
               abs(hashtextextended(h.search || v.salt, %(seed)s)) AS h,
               greatest(coalesce(lower(m.period), a.opened_date), a.opened_date) AS since,
               row_number() OVER (
                   PARTITION BY r.organisation_id, r.service
                   ORDER BY h.road, h.community, h.building, h.unit, h.room, h.search)
                   - 1 AS rank,
               a.number = %(known)s AS is_known
          FROM metering_register r
          JOIN jsonb_to_recordset(%(services)s::jsonb) AS v (
               service text, letter text, salt text, least int[], spread int[])
            ON v.service = r.service
          JOIN customers_meterinstallation m
            ON m.id = r.installation_id AND upper(m.period) IS NULL
          JOIN customers_servicepoint s ON s.id = r.service_point_id AND s.status = 'active'
          JOIN customers_premises h ON h.id = s.premises_id
          JOIN LATERAL (SELECT a.use, a.opened_date, a.number FROM customers_account a
                         WHERE a.service_point_id = s.id AND a.status <> 'closed'
                         ORDER BY a.opened_date DESC, a.id DESC LIMIT 1) a ON true
         WHERE r.kind = 'total' AND r.removed_at IS NULL) x
)
SELECT r.id AS register_id, r.kind, r.period, r.digits, meter.*
  FROM meter
  JOIN metering_register r
    ON r.installation_id = meter.installation_id AND r.kind IN ('total', 'period')
   AND r.removed_at IS NULL
"""
_STORIES: Final = """
CREATE TEMP TABLE demo_story ON COMMIT DROP AS
SELECT m.register_id, s.story
  FROM (SELECT register_id, row_number() OVER (ORDER BY h, search) AS place FROM demo_meter
         WHERE service = 'water' AND kind = 'total' AND use = 'household' AND NOT is_known
           AND since < %(today)s::date - 500) m
  JOIN unnest(%(stories)s::text[]) WITH ORDINALITY AS s (story, place) ON s.place = m.place
"""
# Use by month: how much the household uses, its season, and chance; a reading is the sum so far.
_READINGS: Final = """
INSERT INTO metering_reading
       (organisation_id, register_id, service_point_id, read_at, read_date, raw, value, is_rolled,
        method, basis, source, key, reader_id, round_id, reason, state, is_reread_asked,
        bill_number, taken_at)
SELECT y.organisation_id, y.register_id, y.service_point_id,
       (y.read_date + make_interval(hours => 8 + (y.luck %% 9)::int)) AT TIME ZONE %(zone)s,
       y.read_date, y.value::text, y.value, false,
       CASE WHEN y.is_guess THEN 'estimated' ELSE 'actual' END,
       CASE WHEN y.is_guess THEN 'recent' ELSE '' END, 'file', y.register_id || ':' || y.i,
       CASE WHEN y.is_guess THEN NULL ELSE y.reader_id END, y.round_id,
       CASE WHEN y.is_guess THEN '门锁' ELSE '' END, 'valid', false, '',
       (y.read_date + interval '20 hours') AT TIME ZONE %(zone)s
  FROM (
    SELECT x.*, o.id AS round_id, w.reader_id,
           x.story IS NULL AND NOT x.is_known AND x.i > 0 AND x.luck %% 53 = 7 AS is_guess,
           (CASE WHEN x.story = 'rollover'
                 THEN 10 ^ x.digits - 9 - sum(x.used) FILTER (WHERE x.latest > 1) OVER all_of
                 WHEN x.since > %(first)s::date THEN 0 ELSE x.h %% 4000 END
            + sum(x.used) OVER so_far)::int %% (10 ^ x.digits)::int AS value
      FROM (
        SELECT m.*, s.story, i, u.luck, d.read_date, d.walked,
               CASE WHEN s.story = 'stuck' AND i BETWEEN 1 AND 3 THEN 0
                    ELSE round(
                        (m.least[u.size] + m.h %% m.spread[u.size])
                        * (%(seasons)s::jsonb -> m.service
                           ->> extract(month FROM d.read_date)::int - 1)::numeric
                        * (%(hours)s::jsonb ->> m.period)::numeric
                        * (85 + u.luck %% 31) / 100.0)::int END AS used,
               row_number() OVER (PARTITION BY m.register_id ORDER BY i) AS latest
          FROM demo_meter m
          LEFT JOIN demo_story s ON s.register_id = m.register_id
         CROSS JOIN generate_series(0, %(months)s) i
         CROSS JOIN LATERAL (
              SELECT abs(hashtextextended(
                         m.search || i || CASE m.service WHEN 'water' THEN '' ELSE m.service END,
                         %(seed)s)) AS luck,
                     CASE m.use WHEN 'household' THEN 1 WHEN 'commercial' THEN 2
                                WHEN 'public' THEN 3 ELSE 4 END AS size) u
         CROSS JOIN LATERAL (
              SELECT (%(today)s::date - make_interval(months => i))::date
                     - (2 + m.chunk::int * 7 %% 27) AS walked) w
         CROSS JOIN LATERAL (
              SELECT w.walked + (m.rank %% {stops})::int * %(days)s::int / {stops} AS read_date,
                     w.walked) d
         WHERE d.read_date <= %(today)s::date AND d.read_date > m.since
      ) x
      JOIN metering_route w
        ON w.organisation_id = x.organisation_id
       AND w.code = x.letter || lpad((x.chunk + 1)::text, 4, '0')
      LEFT JOIN metering_readinground o ON o.route_id = w.id AND o.since = x.walked
    WINDOW all_of AS (PARTITION BY x.register_id),
           so_far AS (PARTITION BY x.register_id ORDER BY x.i DESC)
  ) y
 WHERE NOT (y.story IS NOT NULL AND y.latest = 1)
"""
# Whoever hands an account over has the meter read that day: between its neighbours in time.
_HANDED_OVER: Final = """
INSERT INTO metering_reading
       (organisation_id, register_id, service_point_id, read_at, read_date, raw, value, is_rolled,
        method, basis, source, key, reason, state, is_reread_asked, bill_number, taken_at)
SELECT b.organisation_id, b.register_id, b.service_point_id,
       (m.hand_over_date + interval '10 hours') AT TIME ZONE %(zone)s, m.hand_over_date,
       v.value::text, v.value, false, 'actual', '', 'file',
       'move:' || m.id || ':' || b.register_id, '', 'valid', false, '',
       (m.hand_over_date + interval '20 hours') AT TIME ZONE %(zone)s
  FROM customers_move m
  JOIN customers_account a ON a.id = m.account_id
  JOIN LATERAL (
      SELECT DISTINCT ON (r.register_id) r.* FROM metering_reading r
       WHERE r.service_point_id = a.service_point_id AND r.read_date < m.hand_over_date
       ORDER BY r.register_id, r.read_date DESC) b ON true
  LEFT JOIN LATERAL (
      SELECT r.read_date, r.value FROM metering_reading r
       WHERE r.register_id = b.register_id AND r.read_date >= m.hand_over_date
       ORDER BY r.read_date LIMIT 1) n ON true
 CROSS JOIN LATERAL (
      SELECT round(b.value + coalesce(
                 (n.value - b.value) * (m.hand_over_date - b.read_date)
                     / (n.read_date - b.read_date), 3)) AS value) v
 WHERE m.undone_at IS NULL AND m.hand_over_date <= %(today)s::date
   AND n.read_date IS DISTINCT FROM m.hand_over_date AND v.value >= b.value
"""
# By month, January first: showers and gardens, air conditioning, cold mornings.
SEASONS: Final[Mapping[str, Sequence[float]]] = {
    "water": (0.88, 0.85, 0.90, 0.95, 1.00, 1.10, 1.22, 1.25, 1.12, 1.00, 0.92, 0.88),
    "power": (1.12, 1.05, 0.86, 0.78, 0.82, 1.02, 1.38, 1.45, 1.10, 0.80, 0.82, 1.02),
    "gas": (1.55, 1.50, 1.25, 1.00, 0.82, 0.70, 0.62, 0.60, 0.68, 0.82, 1.10, 1.42),
}
"""What a month uses of a usual one."""
HOURS: Final = {"": 1, "peak": 0.42, "flat": 0.35, "valley": 0.23}
"""What of a business's use the registers of its meter count."""


@dataclass(frozen=True, slots=True)
class _Service:
    """How meters of a service are read: the letter of its routes, and what a month uses, in units
    of the register: the least and how much more at most of a household, a shop, a public house
    and a factory."""

    service: str
    letter: str
    salt: str
    least: tuple[int, int, int, int]
    spread: tuple[int, int, int, int]


SERVICES: Final = (
    _Service("water", "R", "", (6, 40, 80, 400), (17, 160, 400, 1600)),
    _Service("power", "P", "power", (90, 900, 2000, 9000), (260, 3000, 6000, 20_000)),
    _Service("gas", "G", "gas", (8, 150, 260, 1200), (24, 700, 900, 2000)),
)
_LAST: Final = """
SELECT s.story, g.service_point_id, g.organisation_id, p.meter_number, r.read_date,
       trim_scale(r.value),
       (SELECT (max(q.value) - min(q.value)) / nullif(count(*) - 1, 0)
          FROM (SELECT value FROM metering_reading WHERE register_id = g.id
                 ORDER BY read_date DESC OFFSET CASE WHEN s.story = 'stuck' THEN 3 ELSE 0 END
                 LIMIT 6) q)
  FROM demo_story s
  JOIN metering_register g ON g.id = s.register_id
  JOIN customers_servicepoint p ON p.id = g.service_point_id
  JOIN LATERAL (SELECT read_date, value FROM metering_reading r WHERE r.register_id = g.id
                 ORDER BY read_date DESC LIMIT 1) r ON true
 ORDER BY g.id
"""


@dataclass(frozen=True, slots=True)
class _Told:
    """A meter with a story, where its readings end."""

    story: str
    service_point_id: int
    organisation_id: int
    meter_number: str
    day: date
    value: Decimal
    usual: Decimal


def build(world: World) -> None:
    """Registers, routes, rounds and readings of all meters, and the few with a story."""
    today = timezone.localdate(world.now)
    ensure_registers(now=world.now)
    held = who_walk(today)
    values: dict[str, Any] = {
        "seed": world.seed,
        "known": KNOWN_ACCOUNT,
        "today": today,
        "first": today - timedelta(days=31 * MONTHS),
        "months": min(MONTHS, world.history_months),
        "units": [unit for unit, _reader in held],
        "readers": [reader for _unit, reader in held],
        "rounds": ROUNDS,
        "days": ROUND_DAYS,
        "now": world.now,
        "zone": "Asia/Shanghai",
        "services": json.dumps([asdict(each) for each in SERVICES]),
        "seasons": json.dumps(SEASONS),
        "hours": json.dumps(HOURS),
        "stories": [story for story, count in STORIES for _ in range(count)],
    }
    with connection.cursor() as cursor:
        cursor.execute(_METERS.format(stops=STOPS), values)
        cursor.execute("SELECT count(*) FROM demo_meter")
        meters = cursor.fetchone()[0]
        lay_routes(values)
        cursor.execute(_STORIES, values)
        with bulk_load(cursor, "metering_reading", rows=meters * MONTHS):
            cursor.execute(_READINGS.format(stops=STOPS), values)
        cursor.execute(_HANDED_OVER, values)
        cursor.execute("ANALYZE metering_reading")
        keep_visits()
        cursor.execute(_LAST)
        told = [_Told(*row) for row in cursor.fetchall()]
    for each in told:
        _tell(each, world, today)
    read_again(world)


def _tell(each: _Told, world: World, today: date) -> None:
    """The last reading of a meter with a story, as a reader brought it."""
    actor = system_actor(organisation_id=each.organisation_id)
    day = min(each.day + timedelta(days=30), today)
    meter, usual = each.meter_number, max(int(each.usual or 0), 8)
    value = int(each.value)
    shown = {
        "leak": value + usual * 9,
        "stuck": value,
        "rollover": (value + usual) % 100_000,
        "back": max(value - usual * 4, 0),
    }.get(each.story, 0)
    if each.story == "swapped":
        swapped = max(today - timedelta(days=SWAPPED_AGO), each.day + timedelta(days=1))
        meter, shown, day = f"W-8{each.service_point_id:07d}", usual // 2, today
        hung = exchange_meter(
            actor=actor, now=world.now, service_point_id=each.service_point_id, day=swapped,
            meter=NewMeter(meter, "DN15", is_remote=True, opening_reading=Decimal(0)),
            closing_reading=each.value + 4, reason="到期轮换",
        )  # fmt: skip
        follow_exchange(
            service_point_id=each.service_point_id, installation_id=hung.pk,
            organisation_id=each.organisation_id, now=world.now,
        )  # fmt: skip
    given = NewReading(
        key=f"{each.service_point_id}:{each.story}", raw=str(shown), read_at=day,
        meter_number=meter, method="remote" if each.story == "swapped" else "actual",
    )  # fmt: skip
    take_readings(actor=actor, now=world.now, source="file", readings=[given])


_FIGURES: Final = """
SELECT (SELECT count(*) FROM metering_reading),
       (SELECT count(DISTINCT register_id) FROM metering_reading),
       (SELECT count(*) FROM metering_register WHERE removed_at IS NULL),
       (SELECT count(*) FROM metering_reading WHERE method = 'estimated'),
       (SELECT count(*) FROM metering_reading WHERE state = 'exception'),
       (SELECT count(*) FROM metering_reading WHERE is_rolled),
       (SELECT count(*) FROM (
            SELECT value < lag(value) OVER (PARTITION BY register_id ORDER BY read_date, id)
                       AND NOT is_rolled AS is_back
              FROM metering_reading WHERE state <> 'exception') x WHERE is_back),
       (SELECT count(*) FROM metering_route WHERE stop_count = 0)
"""


def audit() -> Sequence[Finding]:
    """What makes these readings believable."""
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES)
        count, read, meters, guesses, waiting, rolled, back, empty = cursor.fetchone()
    share = guesses / count if count else 0
    return [
        Finding("readings", f"{count:,}", "some", count > 0),
        Finding("registers that were read", f"{read} of {meters}", "> 90 %", read > 0.9 * meters),
        Finding("estimated readings", f"{share:.1%}", "0.5 % to 4 %", 0.005 < share < 0.04),
        Finding("readings that wait for a decision", str(waiting), "3 to 12", 3 <= waiting <= 12),
        Finding("registers that went past their last figure", str(rolled), "1", rolled == 1),
        Finding("readings in effect that went back", str(back), "0", back == 0),
        Finding("routes without a stop", str(empty), "0", empty == 0),
    ]
