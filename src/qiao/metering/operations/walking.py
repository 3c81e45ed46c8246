"""What a reader brings from a stop of a round, and the end of the round.

A reading of a phone goes the way of all readings: `take_readings`, with all its checks. What the
phone gives beside it (why not read, photo, place, note) is a `StopVisit`. Each message takes
effect once by its key; one that comes after the round was closed still belongs to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import timezone

from qiao.core.actor import Actor
from qiao.core.attachments import Accepted, store
from qiao.core.events import publish
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.metering.events import StopPassed
from qiao.metering.models import MeterPlace, ReadingRound, RouteStop, StopVisit
from qiao.metering.operations.refusals import NotVisible, VisitRefused
from qiao.metering.operations.routes import count_visits, end_round
from qiao.metering.operations.taking import (
    READ,
    REFUSED,
    NewReading,
    Taken,
    foresee_readings,
    take_readings,
)
from qiao.metering.queries.reasons import reasons_on
from qiao.metering.queries.walks import (
    WALK,
    StopRegister,
    WalkLine,
    WalkUnknown,
    registers_at,
    standpoint_of,
    walk_for,
)
from qiao.metering.rules.places import distance_m
from qiao.staff.queries import organisation

SOURCE: Final = "phone"
OWNER_KIND: Final = "stop_visit"
KEY_LENGTH: Final = 60
NOTE_LENGTH: Final = 300
PLACE_LENGTH: Final = 120
SEAL_LENGTH: Final = 40


@dataclass(frozen=True, slots=True)
class Entry:
    """What a phone sends of a stop.

    `key` names the message. `values` are figures by register id; without one `reason` says why.
    `happened_at` is the phone's own time. Position in WGS-84 degrees, `accuracy_m` in metres.
    `is_confirmed`: the figure was read a second time after a warning. `whereabouts` and `seal` are
    None where the reader said nothing about them.
    """

    key: str
    service_point_id: int
    values: Mapping[int, str] = field(default_factory=dict)
    reason: str = ""
    note: str = ""
    photo: Accepted | None = None
    happened_at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
    accuracy_m: int | None = None
    is_confirmed: bool = False
    whereabouts: str | None = None
    seal: str | None = None


@dataclass(frozen=True, slots=True)
class Visited:
    """A visit as it is kept; `taken` is what became of its readings, empty for a message that had
    come before."""

    visit: StopVisit
    taken: tuple[Taken, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether a person has to decide on a reading of it."""
        return any(each.state == "exception" for each in self.taken)


def visit_stop(*, actor: Actor, now: datetime, round_id: int, entry: Entry) -> Visited:
    """Keep what a reader brought from a stop of an own round.

    Raises `NotVisible`, `Forbidden`, `VisitRefused` (``nothing``, ``reason``, ``photo``, or
    ``value`` with what was found) and `BadText`.
    """
    walk = _own(actor, round_id)
    key = f"{actor.person_id}:{_key(entry.key)}"
    known = StopVisit.objects.filter(key=key).first()
    if known is not None:
        return Visited(known)
    registers = _registers(walk, entry)
    at = _moment(entry.happened_at, walk, now)
    _require_whole(entry, registers, at)
    visit = _visit(walk, entry, key, at, actor=actor, now=now)
    _keep_photo(visit, entry, actor=actor, now=now)
    taken = _take(visit, walk, entry, registers, actor=actor, now=now)
    _note_place(entry, actor=actor, now=now)
    count_visits(walk.round_id, at=now)
    if visit.outcome == StopVisit.Outcome.UNREAD:
        told = StopPassed(walk.round_id, entry.service_point_id, entry.reason)
        publish(told, organisation_id=walk.organisation_id, actor=actor, now=now)
    return Visited(visit, tuple(taken))


def finish_round(*, actor: Actor, now: datetime, round_id: int) -> ReadingRound:
    """Close an own round; closing a closed one changes nothing. Raises `NotVisible`."""
    walk = _own(actor, round_id)
    one = ReadingRound.objects.get(pk=walk.round_id)
    return end_round(one, actor=actor, now=now)


def foresee_stop(*, actor: Actor, now: datetime, round_id: int, entry: Entry) -> list[Taken]:
    """What the checks would say of the figures of an entry; nothing is kept. Raises `NotVisible`,
    `Forbidden`."""
    walk = _own(actor, round_id)
    registers = _registers(walk, entry)
    at = _moment(entry.happened_at, walk, now)
    given = readings_of(entry, registers, key="-", at=at, actor=actor, walk=walk)
    return foresee_readings(
        actor=for_the_round(actor, walk), now=now, source=SOURCE, readings=given
    )


def _own(actor: Actor, round_id: int) -> WalkLine:
    """An own round, locked: messages of one round come one after the other."""
    required()
    actor.require(WALK)
    list(ReadingRound.objects.select_for_update(no_key=True).filter(pk=round_id).values_list("pk"))
    try:
        return walk_for(actor=actor, round_id=round_id)
    except WalkUnknown as unknown:
        raise NotVisible(f"round {round_id}") from unknown


def _key(key: str) -> str:
    return clean(key, field="key", max_length=KEY_LENGTH, one_line=True, required=True)


def _registers(walk: WalkLine, entry: Entry) -> list[StopRegister]:
    """The registers of the stop that were read. Raises `NotVisible` for others."""
    stops = RouteStop.objects.filter(
        route_id=walk.route_id, service_point_id=entry.service_point_id
    )
    if not stops.exists():
        raise NotVisible(f"stop {entry.service_point_id}")
    hang = registers_at([entry.service_point_id]).get(entry.service_point_id, [])
    read = {pk for pk, raw in entry.values.items() if raw.strip()}
    if read - {each.register_id for each in hang}:
        raise NotVisible(f"register of {entry.service_point_id}")
    return [each for each in hang if each.register_id in read]


def _moment(said: datetime | None, walk: WalkLine, now: datetime) -> datetime:
    """When it happened: the phone's time where it lies in the round and not ahead, else now."""
    zone = ZoneInfo(organisation(walk.organisation_id).timezone)
    begun = datetime.combine(walk.since, time(), zone)
    return said if said is not None and begun <= said <= now else now


def _require_whole(entry: Entry, registers: list[StopRegister], at: datetime) -> None:
    if registers:
        # A figure that was confirmed against the checks is shown by a photo.
        if entry.is_confirmed and entry.photo is None:
            raise VisitRefused("photo")
        return
    if not entry.reason:
        raise VisitRefused("nothing")
    reason = reasons_on(timezone.localdate(at)).get(entry.reason)
    if reason is None:
        raise VisitRefused("reason")
    if reason.needs_photo and entry.photo is None:
        raise VisitRefused("photo")


def _visit(
    walk: WalkLine, entry: Entry, key: str, at: datetime, *, actor: Actor, now: datetime
) -> StopVisit:
    is_read = any(raw.strip() for raw in entry.values.values())
    lies = standpoint_of(entry.service_point_id)
    phone = (
        (entry.latitude, entry.longitude)
        if entry.latitude is not None and entry.longitude is not None
        else None
    )
    return StopVisit.objects.create(
        round_id=walk.round_id,
        organisation_id=walk.organisation_id,
        service_point_id=entry.service_point_id,
        reader_id=actor.person_id,
        key=key,
        outcome=StopVisit.Outcome.READ if is_read else StopVisit.Outcome.UNREAD,
        reason="" if is_read else entry.reason,
        note=clean(entry.note, field="note", max_length=NOTE_LENGTH),
        is_confirmed=entry.is_confirmed and is_read,
        latitude=phone[0] if phone else None,
        longitude=phone[1] if phone else None,
        accuracy_m=entry.accuracy_m if phone else None,
        distance_m=distance_m(phone, lies.point, datum=lies.datum),
        happened_at=at,
        recorded_at=now,
    )


def _keep_photo(visit: StopVisit, entry: Entry, *, actor: Actor, now: datetime) -> None:
    if entry.photo is None:
        return
    kept = store(
        entry.photo, owner_kind=OWNER_KIND, owner_id=visit.pk,
        organisation_id=visit.organisation_id, actor=actor, now=now,
    )  # fmt: skip
    visit.photo_id = kept.pk
    visit.save(update_fields=["photo_id"])


def _take(
    visit: StopVisit,
    walk: WalkLine,
    entry: Entry,
    registers: list[StopRegister],
    *,
    actor: Actor,
    now: datetime,
) -> list[Taken]:
    """The readings of the visit, taken in as all readings are."""
    if not registers:
        return []
    found = take_readings(
        actor=for_the_round(actor, walk),
        now=now,
        source=SOURCE,
        readings=readings_of(
            entry, registers, key=visit.key, at=visit.happened_at, actor=actor, walk=walk,
            photo_id=visit.photo_id,
        ),
    )  # fmt: skip
    refused = [each for taken in found if taken.outcome == REFUSED for each in taken.findings]
    if refused:
        raise VisitRefused("value", tuple(refused))
    visit.reading_ids = [each.reading_id for each in found if each.reading_id is not None]
    visit.save(update_fields=["reading_ids"])
    return found


def readings_of(
    entry: Entry,
    registers: list[StopRegister],
    *,
    key: str,
    at: datetime,
    actor: Actor,
    walk: WalkLine,
    photo_id: int | None = None,
) -> list[NewReading]:
    """The figures of an entry as readings of a round."""
    return [
        NewReading(
            key=f"{key}:{each.register_id}",
            raw=entry.values[each.register_id],
            read_at=at,
            register_id=each.register_id,
            kind=each.kind,
            period=each.period,
            reader_id=actor.person_id,
            round_id=walk.round_id,
            photo_id=photo_id,
            latitude=entry.latitude,
            longitude=entry.longitude,
        )
        for each in registers
    ]


def for_the_round(actor: Actor, walk: WalkLine) -> Actor:
    """The reader with the right to take readings in where the round is: who walks it may."""
    held = {*actor.organisations(READ), walk.organisation_id}
    return replace(actor, grants={**actor.grants, READ: tuple(sorted(held))})


def _note_place(entry: Entry, *, actor: Actor, now: datetime) -> None:
    """What the reader says about where the meter hangs, and its seal, for who comes next."""
    if entry.whereabouts is None and entry.seal is None:
        return
    held = MeterPlace.objects.filter(pk=entry.service_point_id).first()
    whereabouts = held.whereabouts if held else ""
    seal = held.seal if held else ""
    if entry.whereabouts is not None:
        whereabouts = clean(
            entry.whereabouts, field="whereabouts", max_length=PLACE_LENGTH, one_line=True
        )
    if entry.seal is not None:
        seal = clean(entry.seal, field="seal", max_length=SEAL_LENGTH, one_line=True)
    if held and (held.whereabouts, held.seal) == (whereabouts, seal):
        return
    if held is None and not whereabouts and not seal:
        return
    MeterPlace.objects.update_or_create(
        pk=entry.service_point_id,
        defaults={
            "whereabouts": whereabouts,
            "seal": seal,
            "noted_at": now,
            "noted_by_id": actor.staff_id,
        },
    )
