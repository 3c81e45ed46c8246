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
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection

from qiao.core.actor import Actor
from qiao.core.copying import copy_rows, reserve_ids
from qiao.core.events import publish
from qiao.core.rules.numbers import normal_form
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.metering.events import ReadingsTaken
from qiao.metering.models import Reading, Register
from qiao.metering.operations.registers import ensure_registers
from qiao.metering.operations.writing import (
    FINDING,
    READING,
    Written,
    note_changes,
    supersede,
    zones_of,
)
from qiao.metering.queries.checks import checks_for
from qiao.metering.queries.places import (
    PAST_DAYS,
    Asked,
    Known,
    Place,
    find_places,
    past_of,
    ratios_of_routes,
    registers_of,
)
from qiao.metering.rules.checks import REFUSE, STOP, Finding, Rule, rules_on
from qiao.metering.rules.registers import PERIOD, TOTAL
from qiao.metering.rules.spans import Past, spans_of
from qiao.metering.rules.vee import Around, Candidate, Checked, check

READ: Final = "metering.read"
KEY_LENGTH: Final = 120
REASON_LENGTH: Final = 60

TAKEN: Final = "taken"
KNOWN: Final = "known"
REFUSED: Final = "refused"


@dataclass(frozen=True, slots=True)
class NewReading:
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


@dataclass(frozen=True, slots=True)
class Taken:
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
    *, actor: Actor, now: datetime, source: str, readings: Sequence[NewReading]
) -> list[Taken]:
    """Take readings in and check them; what became of each, in their order.

    Meters of units in which the actor may not read are unknown to it: they are refused. Raises
    `qiao.core.rules.text.BadText` for a source or key that is none, `Forbidden`.
    """
    required()
    actor.require(READ)
    batch = _Batch(actor, now, clean(source, field="source", max_length=40, required=True))
    batch.take([_checked(each) for each in readings])
    return [batch.outcomes[place] for place in range(len(readings))]


def foresee_readings(
    *, actor: Actor, now: datetime, source: str, readings: Sequence[NewReading]
) -> list[Taken]:
    """What `take_readings` would make of them; nothing is written but registers that were missing.

    `reading_id` is None of those that would be taken. Raises as `take_readings`.
    """
    required()
    actor.require(READ)
    batch = _Batch(actor, now, clean(source, field="source", max_length=40, required=True))
    batch.take([_checked(each) for each in readings], dry=True)
    return [batch.outcomes[place] for place in range(len(readings))]


def _checked(reading: NewReading) -> NewReading:
    clean(reading.key, field="key", max_length=KEY_LENGTH, one_line=True, required=True)
    clean(reading.reason, field="reason", max_length=REASON_LENGTH, one_line=True)
    return reading


@dataclass(slots=True)
class _Batch:
    """One call's worth of readings, all that is asked about them read at once."""

    actor: Actor
    now: datetime
    source: str
    outcomes: dict[int, Taken] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)
    zones: dict[int, ZoneInfo] = field(default_factory=dict)
    days: dict[int, date] = field(default_factory=dict)
    known: dict[int, Known] = field(default_factory=dict)
    past: dict[int, dict[date, tuple[int, Past]]] = field(default_factory=dict)
    rules: dict[str, list[Rule]] = field(default_factory=dict)
    ratios: dict[int, list[tuple[int, Decimal]]] = field(default_factory=dict)
    written: list[Written] = field(default_factory=list)
    replaced: dict[int, int] = field(default_factory=dict)  # place in `written` by reading's id

    def take(self, readings: Sequence[NewReading], *, dry: bool = False) -> None:
        self._skip_known(readings)
        self._find_places(readings)
        if not dry:
            self._lock()
        self._read_around()
        # By days, so that a file of two years is checked as if it had come month by month; the
        # periods of a meter before its total, which is held to their sum.
        for place in sorted(
            self.places, key=lambda p: (self.days[p], self.places[p].kind == TOTAL, p)
        ):
            self._judge(place, readings[place])
        if not dry:
            self._write()

    def _skip_known(self, readings: Sequence[NewReading]) -> None:
        keys = [each.key for each in readings]
        held = Reading.objects.filter(source=self.source, key__in=keys)
        found = {key: (pk, state) for key, pk, state in held.values_list("key", "id", "state")}
        seen: set[str] = set()
        for place, each in enumerate(readings):
            if each.key in found:
                self.outcomes[place] = Taken(each.key, KNOWN, *found[each.key])
            elif each.key in seen:
                self.outcomes[place] = Taken(each.key, KNOWN)
            seen.add(each.key)

    def _find_places(self, readings: Sequence[NewReading]) -> None:
        new = [place for place in range(len(readings)) if place not in self.outcomes]
        meters = {normal_form(readings[place].meter_number) for place in new} - {""}
        ensure_registers(now=self.now, meter_numbers=meters)
        zone = ZoneInfo(self.actor.timezone)
        asked = [_asked(readings[place], zone) for place in new]
        found = find_places(asked, organisation_ids=self.actor.organisations(READ))
        self.zones = zones_of(where.organisation_id for where in found if where is not None)
        for place, where in zip(new, found, strict=True):
            if where is None:
                seen = {"meter": readings[place].meter_number, "code": "unknown"}
                self._refuse(place, readings[place], (Finding("meter", REFUSE, seen, {}),))
            else:
                self.places[place] = where
                zone = self.zones[where.organisation_id]
                self.days[place] = _day_of(readings[place].read_at, zone)

    def _lock(self) -> None:
        """Two batches of one meter come one after the other."""
        ids = sorted({where.register_id for where in self.places.values()})
        list(
            Register.objects.select_for_update(no_key=True)
            .filter(pk__in=ids)
            .order_by("pk")
            .values_list("pk")
        )

    def _read_around(self) -> None:
        if not self.places:
            return
        wheres = list(self.places.values())
        known = registers_of(where.installation_id for where in wheres)
        self.known = {each.register_id: each for each in known}
        since = min(self.days.values()) - timedelta(days=PAST_DAYS)
        self.past = past_of(self.known, since=since)
        self.rules = checks_for(where.service for where in wheres)
        routes = {where.route_id for where in wheres if where.route_id is not None}
        if any(rule.key == "neighbours" for each in self.rules.values() for rule in each):
            self.ratios = ratios_of_routes(routes, day=max(self.days.values()))

    def _judge(self, place: int, given: NewReading) -> None:
        where, day = self.places[place], self.days[place]
        history = self.past[where.register_id]
        held = history.get(day)
        checked = self._check(place, given)
        if checked.is_refused or checked.value is None:
            self._refuse(place, given, checked.findings)
            return
        if held and (given.method == "estimated" or not held[1].is_estimated):
            if given.method == "estimated" or held[1].value == checked.value:
                self.outcomes[place] = Taken(given.key, KNOWN, held[0] if held[0] > 0 else None)
                return
            checked = _twice(checked, held[1])
        self._keep(place, given, checked)

    def _check(self, place: int, given: NewReading) -> Checked:
        where, day = self.places[place], self.days[place]
        around = Around(
            past=[past for _pk, past in self.past[where.register_id].values()],
            neighbours=[
                ratio
                for register_id, ratio in self.ratios.get(where.route_id or 0, ())
                if register_id != where.register_id
            ],
            parts=self._parts(where, day),
        )
        today = self.now.astimezone(self.zones[where.organisation_id]).date()
        # Named by its register, the number that was read off the meter must be that of the meter.
        told = normal_form(given.meter_number) if given.register_id is not None else ""
        hung = normal_form(where.meter_number)
        candidate = Candidate(day, given.raw, today, where.since, where.until, told, hung)
        register = self.known[where.register_id].register
        return check(candidate, register, around, rules_on(self.rules[where.service], day))

    def _parts(self, where: Place, day: date) -> Decimal | None:
        """What the periods of a meter used since the total was read last."""
        if where.kind != TOTAL:
            return None
        mine = self.past[where.register_id]
        before = max((each for each in mine if each < day), default=None)
        parts = [
            each
            for each in self.known.values()
            if each.installation_id == where.installation_id and each.register.kind == PERIOD
        ]
        if before is None or not parts:
            return None
        total = Decimal(0)
        for each in parts:
            held = self.past[each.register_id]
            if before not in held or day not in held:
                return None
            spans = spans_of([held[before][1], held[day][1]], each.register)
            total += sum((span.used for span in spans), Decimal(0))
        return total

    def _refuse(self, place: int, given: NewReading, findings: Iterable[Finding]) -> None:
        self.outcomes[place] = Taken(given.key, REFUSED, None, "", tuple(findings))

    def _keep(self, place: int, given: NewReading, checked: Checked) -> None:
        assert checked.value is not None
        where, day = self.places[place], self.days[place]
        state = Reading.State.EXCEPTION if checked.is_stopped else Reading.State.VALID
        row = Written(place, given, where, day, checked, state)
        self.written.append(row)
        self.outcomes[place] = Taken(given.key, TAKEN, None, state, checked.findings)
        if checked.is_stopped:
            return
        held = self.past[where.register_id].get(day)
        if held is not None:
            self.replaced[held[0]] = len(self.written) - 1
        is_estimated = given.method == "estimated"
        past = Past(day, checked.value, is_estimated, checked.is_rolled)
        self.past[where.register_id][day] = (-len(self.written), past)

    def _write(self) -> None:
        if not self.written:
            return
        first = reserve_ids("metering_reading", len(self.written))
        ids = range(first, first + len(self.written))
        stands_for = {pk: first + place for pk, place in self.replaced.items() if pk > 0}
        stands_for |= self._reread(first)
        supersede(stands_for)
        inside = {first - pk - 1: first + place for pk, place in self.replaced.items() if pk < 0}
        lines, findings = [], []
        for pk, row in zip(ids, self.written, strict=True):
            zone = self.zones[row.where.organisation_id]
            lines.append(
                row.line(
                    pk, self.source, inside.get(pk), zone=zone, actor=self.actor, now=self.now
                )
            )
            findings += row.findings(pk)
            told = self.outcomes[row.place]
            self.outcomes[row.place] = Taken(told.key, TAKEN, pk, told.state, told.findings)
        with connection.cursor() as cursor:
            copy_rows(cursor, "metering_reading", READING, lines)
            copy_rows(cursor, "metering_readingfinding", FINDING, findings)
        note_changes(
            stands_for, action="superseded", actor=self.actor, now=self.now, why=self.source
        )
        self._tell(ids)

    def _reread(self, first: int) -> dict[int, int]:
        """Exceptions that were to be read again, by the reading that stands for them now."""
        newest = {
            row.where.register_id: (row.day, first + place)
            for place, row in enumerate(self.written)
            if row.given.method != "estimated"
        }
        asked = Reading.objects.filter(
            register_id__in=list(newest), is_reread_asked=True, superseded_by__isnull=True,
            state=Reading.State.EXCEPTION,
        )  # fmt: skip
        return {
            pk: newest[register_id][1]
            for pk, register_id, day in asked.values_list("id", "register_id", "read_date")
            if day <= newest[register_id][0]
        }

    def _tell(self, ids: Sequence[int]) -> None:
        by_unit: dict[int, list[tuple[int, Any]]] = defaultdict(list)
        for pk, row in zip(ids, self.written, strict=True):
            by_unit[row.where.organisation_id].append((pk, row.state))
        for unit, rows in sorted(by_unit.items()):
            stopped = sum(state == Reading.State.EXCEPTION for _pk, state in rows)
            told = ReadingsTaken(self.source, rows[0][0], rows[-1][0], len(rows), stopped)
            publish(told, organisation_id=unit, actor=self.actor, now=self.now)


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
        given.meter_number,
        given.kind,
        given.period,
        _day_of(given.read_at, zone),
    )


def _day_of(moment: datetime | date, zone: ZoneInfo) -> date:
    """The local day of a moment; a day is itself."""
    if isinstance(moment, datetime):
        return moment.astimezone(zone).date()
    return moment
