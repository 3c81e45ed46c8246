"""Half hours of the demo world: what the smart meters of one street counted of late.

Every meter counts as much a day as its readings say; how a day is spent follows the household.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import timezone

from qiao.core.demo import Finding, World
from qiao.core.demo_audit import ask, none_of
from qiao.customers.operations import KNOWN_ACCOUNT
from qiao.metering.demo_heads import send
from qiao.metering.operations import NewInterval

DAYS: Final = 62
SLOTS: Final = 48
ESTIMATED: Final = 0.004
MISSING: Final = 0.01  # of days: the meter was not heard for some hours
_SEED: Final = "metering.intervals"
# By half hour, from midnight: asleep, breakfast, away, dinner and a long evening.
_WORKDAY: Final = (
    *[3] * 12, *[5, 9, 12, 11, 8, 6], *[4] * 5, *[6, 7, 5], *[4] * 8, *[7, 11, 15, 18, 19, 18],
    *[15, 12, 8, 5], *[4, 3, 3, 3],
)  # fmt: skip
_WEEKEND: Final = (
    *[4] * 14, *[5, 7, 10, 12, 12, 11], *[9] * 6, *[8] * 8, *[10, 13, 16, 18, 18, 17, 15, 12],
    *[9, 7, 6, 5, 4, 4],
)  # fmt: skip
# The street of the known customer's power meter, with what each meter counted a day of late.
_METERS: Final = """
SELECT p.meter_number, g.organisation_id, u.a_day
  FROM customers_account k
  JOIN customers_servicepoint kp ON kp.id = k.service_point_id
  JOIN customers_servicepoint own ON own.premises_id = kp.premises_id AND own.service = 'power'
  JOIN metering_routestop mine ON mine.service_point_id = own.id
  JOIN metering_routestop t ON t.route_id = mine.route_id
  JOIN customers_servicepoint p ON p.id = t.service_point_id
  JOIN metering_register g
    ON g.service_point_id = p.id AND g.kind = 'total' AND g.removed_at IS NULL
 CROSS JOIN LATERAL (
      SELECT (max(r.value) - min(r.value)) / nullif(max(r.read_date) - min(r.read_date), 0)
                 AS a_day
        FROM metering_reading r
       WHERE r.register_id = g.id AND r.superseded_by_id IS NULL
         AND r.read_date > %(today)s::date - 100) u
 WHERE k.number = %(known)s AND u.a_day > 0
 ORDER BY t.place
"""


@dataclass(frozen=True, slots=True)
class _Meter:
    number: str
    organisation_id: int
    a_day: float


def build(world: World) -> None:
    """Two months of half hours, as the head-end of the street sends them."""
    zone = ZoneInfo("Asia/Shanghai")
    today = timezone.localdate(world.now)
    rows = ask(_METERS, {"known": KNOWN_ACCOUNT, "today": today})
    meters = [_Meter(number, unit, float(a_day)) for number, unit, a_day in rows]
    if not meters:
        return
    unit = meters[0].organisation_id
    random = world.random(_SEED)
    send(world, unit, list(_told(meters, today, zone, random)))


def _told(
    meters: Sequence[_Meter], today: date, zone: ZoneInfo, random: Random
) -> Iterator[NewInterval]:
    for meter in meters:
        late = random.randint(-3, 3)  # half hours: who rises early, who goes to bed late
        for ago in range(DAYS, 0, -1):
            yield from _day(meter, today - timedelta(days=ago), late, zone, random)


def _day(
    meter: _Meter, day: date, late: int, zone: ZoneInfo, random: Random
) -> Iterator[NewInterval]:
    shape = _WEEKEND if day.weekday() >= 5 else _WORKDAY
    own = [shape[(place - late) % SLOTS] * random.uniform(0.6, 1.4) for place in range(SLOTS)]
    share = meter.a_day * random.uniform(0.8, 1.2) / sum(own)
    begin = datetime.combine(day, time(), zone)
    silent = random.randrange(SLOTS) if random.random() < MISSING else SLOTS
    for place, each in enumerate(own):
        if silent <= place < silent + 8:
            continue
        yield NewInterval(
            meter.number, begin + timedelta(minutes=30 * place), f"{each * share:.3f}", 30,
            is_estimated=random.random() < ESTIMATED,
        )  # fmt: skip


_FIGURES: Final = """
SELECT count(DISTINCT register_id), count(*),
       count(*) FILTER (WHERE bit_count(slots) < length(slots)) FROM metering_dayuse
"""


def audit() -> Sequence[Finding]:
    """What makes these half hours believable."""
    ((meters, days, broken),) = ask(_FIGURES)
    if not meters:
        return [Finding("meters that tell half hours", "0", "any", ok=True)]
    share = broken / days
    return [
        Finding("meters that tell half hours", str(meters), "5 or more", meters >= 5),
        Finding("days that are not told whole", f"{share:.1%}", "under 5 %", share < 0.05),
        none_of("intervals that were refused", "SELECT count(*) FROM metering_refusedinterval"),
    ]
