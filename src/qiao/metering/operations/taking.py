"""Readings taken in: a batch from any source, checked with one look at the history.

A message (source and key) takes effect once. What cannot stand is refused with its reason; what a
check stops becomes an exception that a person decides on; all else is valid. A real reading stands
for an estimate of the same day, and for one that was to be read again.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import repeat
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from qiao.core.actor import Actor
from qiao.core.columns import numbers, texts
from qiao.core.rules.numbers import normal_form
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.metering.models import Reading
from qiao.metering.operations.registers import ensure_registers
from qiao.metering.operations.screening import face_of, let_pass
from qiao.metering.operations.writing import Written, write_readings, zones_of
from qiao.metering.queries.checks import checks_for
from qiao.metering.queries.held import Pasts, held_of, with_intervals
from qiao.metering.queries.neighbours import Neighbours
from qiao.metering.queries.places import (
    PAST_DAYS,
    Asked,
    Known,
    Place,
    find_places,
    registers_of,
)
from qiao.metering.rules.checks import REFUSE, STOP, Finding, RulesByDay
from qiao.metering.rules.registers import PERIOD, TOTAL
from qiao.metering.rules.spans import Past, spans_of
from qiao.metering.rules.vee import Around, Candidate, Checked, check

READ: Final = "metering.read"
KEY_LENGTH: Final = 120
REASON_LENGTH: Final = 60

TAKEN: Final = "taken"
KNOWN: Final = "known"
REFUSED: Final = "refused"
_VALID: Final = str(Reading.State.VALID)
_EXCEPTION: Final = str(Reading.State.EXCEPTION)


class NewReading(NamedTuple):
    """A reading as it comes in. `key` names it within its source, for ever.

    Its register is named by its id (`meter_number` is what the reader saw, if anything), or by the
    number of the meter with kind and period. `read_at` is an aware moment, or a day. `raw` is the
    value as it was read, typed or sent. `reason` is a code: why it was not read, or read by
    somebody else.
    """

    key: str
    raw: str
    read_at: datetime | date
    meter_number: str = ""
    register_id: int | None = None
    kind: str = TOTAL
    period: str = ""
    method: str = "actual"
    reason: str = ""
    reader_id: int | None = None
    round_id: int | None = None
    photo_id: int | None = None
    latitude: float | None = None
    longitude: float | None = None


class Taken(NamedTuple):
    """What became of a reading: ``taken``, ``known`` (it, or its value, is here), ``refused``.

    `reading_id` is None where it was refused, or is the second one within a call; `state` is that
    of the reading.
    """

    key: str
    outcome: str
    reading_id: int | None = None
    state: str = ""
    findings: tuple[Finding, ...] = ()


def take_readings(
    *,
    actor: Actor,
    now: datetime,
    source: str,
    readings: Sequence[NewReading],
    neighbours: Neighbours | None = None,
) -> list[Taken]:
    """Take readings in and check them; what became of each, in their order.

    Meters of units in which the actor may not read are unknown to it: they are refused. Who takes
    in batch after batch may keep the `neighbours` that they are compared with. Raises
    `qiao.core.rules.text.BadText` for a source or key that is none, `Forbidden`.
    """
    return _take(actor, now, source, readings, neighbours, dry=False)


def foresee_readings(
    *,
    actor: Actor,
    now: datetime,
    source: str,
    readings: Sequence[NewReading],
    neighbours: Neighbours | None = None,
) -> list[Taken]:
    """What `take_readings` would make of them; nothing is written but registers that were missing.

    `reading_id` is None of those that would be taken. Raises as `take_readings`.
    """
    return _take(actor, now, source, readings, neighbours, dry=True)


def _take(
    actor: Actor,
    now: datetime,
    source: str,
    readings: Sequence[NewReading],
    neighbours: Neighbours | None,
    *,
    dry: bool,
) -> list[Taken]:
    required()
    actor.require(READ)
    word = clean(source, field="source", max_length=40, required=True)
    for each in readings:
        clean(each.key, field="key", max_length=KEY_LENGTH, one_line=True, required=True)
        if each.reason:
            clean(each.reason, field="reason", max_length=REASON_LENGTH, one_line=True)
    batch = _Batch(actor, now, word, readings, neighbours or Neighbours())
    batch.take(dry=dry)
    return [batch.outcomes[place] for place in range(len(readings))]


_HELD = """
SELECT key, id, state FROM metering_reading
 WHERE source = %(source)s AND key = ANY(%(keys)s::text[])
"""
# Two batches of one meter come one after the other.
_LOCK = """
SELECT count(*) FROM (
    SELECT FROM metering_register WHERE id = ANY(%(registers)s::bigint[])
     ORDER BY id FOR NO KEY UPDATE) locked
"""


@dataclass(slots=True)
class _Batch:
    """One call's worth of readings, all that is asked about them read at once.

    A reading is named by its place in the call. `replaced` says by which row of `written` a
    reading in effect is replaced; those of this batch have the ids -1, -2 and so on.
    """

    actor: Actor
    now: datetime
    source: str
    readings: Sequence[NewReading]
    neighbours: Neighbours
    outcomes: dict[int, Taken] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)
    zones: dict[int, ZoneInfo] = field(default_factory=dict)
    todays: dict[int, date] = field(default_factory=dict)
    days: dict[int, date] = field(default_factory=dict)
    known: dict[int, Known] = field(default_factory=dict)
    parts: dict[int, list[Known]] = field(default_factory=lambda: defaultdict(list))
    plain: dict[int, Decimal] = field(default_factory=dict)
    written: list[Written] = field(default_factory=list)
    replaced: dict[int, int] = field(default_factory=dict)
    pasts: Pasts = field(init=False)
    rules: RulesByDay = field(init=False)
    near_day: date = field(init=False)

    def take(self, *, dry: bool) -> None:
        self._skip_known()
        self._find_places()
        if not self.places:
            return
        if not dry:
            self._lock()
        self._read_around()
        # By days, so that a file of two years is checked as if it had come month by month; the
        # periods of a meter before its total, which is held to their sum.
        for place in sorted(
            self.places, key=lambda p: (self.days[p], self.places[p].kind == TOTAL, p)
        ):
            value = self.plain.get(place)
            if value is None:
                self._judge(place, self.readings[place])
            else:
                self._keep_plain(place, self.readings[place], value)
        self._tell(repeat(None) if dry else self._write())

    def _skip_known(self) -> None:
        with connection.cursor() as cursor:
            keys = texts([each.key for each in self.readings])
            cursor.execute(_HELD, {"source": self.source, "keys": keys})
            found = {key: (pk, state) for key, pk, state in cursor.fetchall()}
        seen: set[str] = set()
        for place, each in enumerate(self.readings):
            if each.key in found:
                self.outcomes[place] = Taken(each.key, KNOWN, *found[each.key])
            elif each.key in seen:
                self.outcomes[place] = Taken(each.key, KNOWN)
            seen.add(each.key)

    def _find_places(self) -> None:
        new = [place for place in range(len(self.readings)) if place not in self.outcomes]
        zone = ZoneInfo(self.actor.timezone)
        asked = [_asked(self.readings[place], zone) for place in new]
        found = self._places_of(asked)
        self.zones = zones_of(where.organisation_id for where in found if where is not None)
        self.todays = {pk: self.now.astimezone(zone).date() for pk, zone in self.zones.items()}
        for place, where in zip(new, found, strict=True):
            if where is None:
                seen = {"meter": self.readings[place].meter_number, "code": "unknown"}
                self._refuse(place, (Finding("meter", REFUSE, seen, {}),))
            else:
                self.places[place] = where
                zone = self.zones[where.organisation_id]
                self.days[place] = _day_of(self.readings[place].read_at, zone)

    def _places_of(self, asked: Sequence[Asked]) -> list[Place | None]:
        """The register of each; those that a meter should have are made where they are missing."""
        units = list(self.actor.organisations(READ))
        found = find_places(asked, organisation_ids=units, is_sure=False)
        lost = [n for n, where in enumerate(found) if where is None]
        if lost:
            ensure_registers(now=self.now, meter_numbers={asked[n].meter for n in lost} - {""})
            again = find_places([asked[n] for n in lost], organisation_ids=units)
            for n, where in zip(lost, again, strict=True):
                found[n] = where
        return found

    def _lock(self) -> None:
        ids = sorted({where.register_id for where in self.places.values()})
        with connection.cursor() as cursor:
            cursor.execute(_LOCK, {"registers": numbers(ids)})

    def _read_around(self) -> None:
        wheres = list(self.places.values())
        known = registers_of(where.installation_id for where in wheres)
        self.known = {each.register_id: each for each in known}
        for each in known:
            if each.register.kind == PERIOD:
                self.parts[each.installation_id].append(each)
        since = min(self.days.values()) - timedelta(days=PAST_DAYS)
        self.rules = RulesByDay(checks_for(where.service for where in wheres))
        self.near_day = max(self.days.values())
        held = held_of(self.known, since=since)
        if self.rules.ask_for("intervals"):
            held = with_intervals(held, self._first_days(), until=self.near_day)
        self.pasts = Pasts(held)
        self.plain = let_pass(
            readings=self.readings, places=self.places, days=self.days, todays=self.todays,
            known=self.known, parts=self.parts, held=held, rules=self.rules.on,
            neighbours=self.neighbours, near_day=self.near_day,
        )  # fmt: skip
        if self.rules.ask_for("neighbours"):
            left = (where for place, where in self.places.items() if place not in self.plain)
            self.neighbours.read((each.route_id for each in left), self.near_day)

    def _first_days(self) -> dict[int, date]:
        """The first day on which the batch tells of the register of a total."""
        found: dict[int, date] = {}
        for place, where in self.places.items():
            if where.kind == TOTAL:
                day = self.days[place]
                found[where.register_id] = min(day, found.get(where.register_id, day))
        return found

    def _judge(self, place: int, given: NewReading) -> None:
        where, day = self.places[place], self.days[place]
        held = self.pasts.of(where.register_id).get(day)
        checked = self._check(place, given)
        if checked.is_refused or checked.value is None:
            self._refuse(place, checked.findings)
            return
        if held and (given.method == "estimated" or not held[1].is_estimated):
            if given.method == "estimated" or held[1].value == checked.value:
                self.outcomes[place] = Taken(given.key, KNOWN, held[0] if held[0] > 0 else None)
                return
            checked = _twice(checked, held[1])
        self._keep(place, given, checked)

    def _check(self, place: int, given: NewReading) -> Checked:
        where, day = self.places[place], self.days[place]
        rules = self.rules.on(where.service, day)
        asks = any(rule.key == "neighbours" for rule in rules)
        near = (where.route_id, where.register_id, self.near_day)
        around = Around(
            past=[past for _pk, past in self.pasts.of(where.register_id).values()],
            neighbours=self.neighbours.others(*near) if asks else (),
            parts=self._parts(where, day),
            intervals=self.pasts.by_intervals(where.register_id, day),
        )
        today = self.todays[where.organisation_id]
        hung = normal_form(where.meter_number)
        candidate = Candidate(
            day, given.raw, today, where.since, where.until, face_of(given), hung
        )
        return check(candidate, self.known[where.register_id].register, around, rules)

    def _parts(self, where: Place, day: date) -> Decimal | None:
        """What the periods of a meter used since the total was read last."""
        if where.kind != TOTAL:
            return None
        mine = self.pasts.of(where.register_id)
        before = max((each for each in mine if each < day), default=None)
        parts = self.parts.get(where.installation_id)
        if before is None or not parts:
            return None
        total = Decimal(0)
        for each in parts:
            held = self.pasts.of(each.register_id)
            if before not in held or day not in held:
                return None
            spans = spans_of([held[before][1], held[day][1]], each.register)
            total += sum((span.used for span in spans), Decimal(0))
        return total

    def _refuse(self, place: int, findings: Iterable[Finding]) -> None:
        key = self.readings[place].key
        self.outcomes[place] = Taken(key, REFUSED, None, "", tuple(findings))

    def _keep(self, place: int, given: NewReading, checked: Checked) -> None:
        assert checked.value is not None
        where, day = self.places[place], self.days[place]
        state = _EXCEPTION if checked.is_stopped else _VALID
        self.written.append(Written(place, given, where, day, checked, state))
        if checked.is_stopped:
            return
        past = self.pasts.of(where.register_id)
        held = past.get(day)
        if held is not None:
            self.replaced[held[0]] = len(self.written) - 1
        is_estimated = given.method == "estimated"
        past[day] = (
            -len(self.written),
            Past(day, checked.value, is_estimated, checked.is_rolled),
        )

    def _keep_plain(self, place: int, given: NewReading, value: Decimal) -> None:
        """Keep what was let pass: the only reading of its register, later than all before."""
        where, day = self.places[place], self.days[place]
        self.written.append(Written(place, given, where, day, Checked(value, ()), _VALID))
        self.pasts.add(where.register_id, -len(self.written), Past(day, value))

    def _write(self) -> Iterable[int]:
        return write_readings(
            self.written, self.replaced,
            source=self.source, zones=self.zones, actor=self.actor, now=self.now,
        )  # fmt: skip

    def _tell(self, ids: Iterable[int | None]) -> None:
        for pk, row in zip(ids, self.written, strict=False):
            told = Taken(row.given.key, TAKEN, pk, row.state, row.checked.findings)
            self.outcomes[row.place] = told


def _twice(checked: Checked, held: Past) -> Checked:
    """A second value of one day waits for a decision, whatever the rules say."""
    if checked.is_stopped:
        return checked
    seen = {"value": str(checked.value), "day": held.day.isoformat()}
    rest = tuple(each for each in checked.findings if each.rule != "duplicate")
    told = Finding("duplicate", STOP, seen, {"value": str(held.value)})
    return Checked(checked.value, (*rest, told), checked.is_rolled)


def _asked(given: NewReading, zone: ZoneInfo) -> Asked:
    return Asked(
        given.register_id,
        normal_form(given.meter_number),
        given.kind,
        given.period,
        _day_of(given.read_at, zone),
    )


def _day_of(moment: datetime | date, zone: ZoneInfo) -> date:
    """The local day of a moment; a day is itself."""
    if isinstance(moment, datetime):
        return moment.astimezone(zone).date()
    return moment
