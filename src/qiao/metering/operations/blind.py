"""Blind re-reads: a part of a round is drawn, and another reader reads it without the figure.

What the second reader saw is no reading of the meter's history: nothing of it is billed, so that
the check cannot change what it measures. Where the figures differ, a person looks and decides.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.utils import timezone

from qiao.core.actor import Actor
from qiao.core.attachments import store
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.metering.models import BlindCheck, BlindStop, Reading, ReadingRound
from qiao.metering.operations.refusals import NotVisible, VisitRefused
from qiao.metering.operations.walking import KEY_LENGTH, NOTE_LENGTH, Entry
from qiao.metering.queries.blind import QUALITY, BlindWalk, blind_walk_for
from qiao.metering.queries.places import PAST_DAYS, past_of, registers_of
from qiao.metering.queries.reasons import reasons_on
from qiao.metering.queries.walks import WALK, WalkUnknown, registers_at
from qiao.metering.rules.blind import agrees, draw, tolerance
from qiao.metering.rules.checks import REFUSE, Finding
from qiao.metering.rules.registers import BadValue, read_value
from qiao.metering.rules.spans import spans_of, usual_per_day

OWNER_KIND: Final = "blind_stop"


class SameReader(Exception):  # noqa: N818 - a refusal, not a fault
    """Who read the round may not be who reads it again."""


class NothingToDraw(Exception):  # noqa: N818 - a refusal, not a fault
    """No stop of the round was read by anybody else than the second reader."""


def draw_blind_check(
    *,
    actor: Actor,
    now: datetime,
    round_id: int,
    reader_id: int,
    share_percent: Decimal,
    seed: int,
    due_date: date,
) -> BlindCheck:
    """Draw a part of what was read in a round, for another reader.

    Only real readings of the total by a person are drawn, none twice. Raises `NotVisible`,
    `Forbidden`, `SameReader`, `NothingToDraw`, and `ValueError` for a share that is none.
    """
    required()
    walk = _round(actor, round_id)
    if reader_id == (walk.reader_id or walk.route.reader_id):
        raise SameReader
    drawn_before = BlindStop.objects.filter(check_of__round=walk).values("reading_id")
    found = list(
        Reading.objects.filter(
            round=walk, superseded_by__isnull=True, method="actual", register__kind="total",
            register__removed_at__isnull=True, reader_id__isnull=False,
        )
        .exclude(reader_id=reader_id)
        .exclude(pk__in=drawn_before)
        .order_by("pk")
        .values_list("pk", "service_point_id", "reader_id")
    )  # fmt: skip
    one_each = {point: (pk, point, reader) for pk, point, reader in found}
    chosen = draw(sorted(one_each), share_percent=share_percent, seed=seed)
    if not chosen:
        raise NothingToDraw
    made = BlindCheck.objects.create(
        round=walk, organisation_id=walk.organisation_id, reader_id=reader_id, seed=seed,
        share_percent=share_percent, due_date=due_date, created_at=now,
        created_by_id=actor.staff_id,
    )  # fmt: skip
    BlindStop.objects.bulk_create(
        BlindStop(
            check_of=made, service_point_id=point, reading_id=one_each[point][0],
            first_reader_id=one_each[point][2],
        )
        for point in chosen
    )  # fmt: skip
    return made


def _round(actor: Actor, round_id: int) -> ReadingRound:
    actor.require(QUALITY)
    rounds = ReadingRound.objects.filter(organisation__in=actor.organisations(QUALITY))
    found = (
        rounds.select_related("route")
        .select_for_update(no_key=True, of=("self",))
        .filter(pk=round_id)
        .first()
    )
    if found is None:
        raise NotVisible(f"round {round_id}")
    return found


def read_blind(*, actor: Actor, now: datetime, check_id: int, entry: Entry) -> BlindStop:
    """Keep what the second reader saw; the figures are compared at once, and nobody is told here.

    A stop is read once: a second message of it changes nothing. Raises `NotVisible`, `Forbidden`,
    `VisitRefused` and `BadText`.
    """
    walk = _own(actor, check_id)
    stop = (
        BlindStop.objects.select_for_update(no_key=True)
        .filter(check_of_id=walk.check_id, service_point_id=entry.service_point_id)
        .first()
    )
    if stop is None:
        raise NotVisible(f"stop {entry.service_point_id}")
    if stop.standing != BlindStop.Standing.WAITING:
        return stop
    at = entry.happened_at
    stop.read_at = at if at is not None and _drawn_at(walk) <= at <= now else now
    stop.key = f"{actor.person_id}:" + clean(
        entry.key, field="key", max_length=KEY_LENGTH, one_line=True, required=True
    )
    stop.note = clean(entry.note, field="note", max_length=NOTE_LENGTH)
    if any(raw.strip() for raw in entry.values.values()):
        _compare(stop, entry)
    else:
        _without_figure(stop, entry, timezone.localdate(stop.read_at))
    if entry.photo is not None:
        kept = store(
            entry.photo, owner_kind=OWNER_KIND, owner_id=stop.pk,
            organisation_id=walk.organisation_id, actor=actor, now=now,
        )  # fmt: skip
        stop.photo_id = kept.pk
    stop.save()
    return stop


def _own(actor: Actor, check_id: int) -> BlindWalk:
    required()
    actor.require(WALK)
    try:
        return blind_walk_for(actor=actor, check_id=check_id)
    except WalkUnknown as unknown:
        raise NotVisible(f"blind check {check_id}") from unknown


def _drawn_at(walk: BlindWalk) -> datetime:
    return BlindCheck.objects.values_list("created_at", flat=True).get(pk=walk.check_id)


def _without_figure(stop: BlindStop, entry: Entry, day: date) -> None:
    if not entry.reason:
        raise VisitRefused("nothing")
    reason = reasons_on(day).get(entry.reason)
    if reason is None:
        raise VisitRefused("reason")
    if reason.needs_photo and entry.photo is None:
        raise VisitRefused("photo")
    stop.standing, stop.reason = BlindStop.Standing.UNREAD, entry.reason


def _compare(stop: BlindStop, entry: Entry) -> None:
    """Hold the second figure against the first, by the days between and what is usual."""
    first = Reading.objects.select_related("register").get(pk=stop.reading_id)
    hangs = registers_at([stop.service_point_id]).get(stop.service_point_id, [])
    if not any(each.register_id == first.register_id for each in hangs):
        # The meter was exchanged meanwhile: nothing of it can be compared any more.
        raise NotVisible(f"register {first.register_id}")
    raw = entry.values.get(first.register_id, "")
    known = registers_of([first.register.installation_id])
    dial = next(each.register for each in known if each.register_id == first.register_id)
    try:
        value = read_value(raw, dial)
    except BadValue as bad:
        found = Finding("value", REFUSE, {"value": raw, "code": bad.code}, {})
        raise VisitRefused("value", (found,)) from bad
    assert stop.read_at is not None
    since = first.read_date - timedelta(days=PAST_DAYS)
    held = past_of([first.register_id], since=since)[first.register_id]
    earlier = [one for _pk, one in held.values() if one.day < first.read_date]
    allowed = tolerance(
        value=first.value,
        days=(timezone.localdate(stop.read_at) - first.read_date).days,
        usual_per_day=usual_per_day(spans_of(earlier, dial)),
        register=dial,
    )
    stop.raw, stop.value, stop.low, stop.high = raw, value, allowed.low, allowed.high
    stop.standing = (
        BlindStop.Standing.AGREES if agrees(value, allowed, dial) else BlindStop.Standing.DIFFERS
    )


def close_blind_check(*, actor: Actor, check_id: int) -> BlindCheck:
    """End a blind check; what was not read again counts for nothing. Raises `NotVisible`,
    `Forbidden`."""
    required()
    actor.require(QUALITY)
    found = BlindCheck.objects.select_for_update(no_key=True).filter(
        pk=check_id, organisation__in=actor.organisations(QUALITY)
    )
    one = found.first()
    if one is None:
        raise NotVisible(f"blind check {check_id}")
    if one.is_open:
        one.is_open = False
        one.save(update_fields=["is_open"])
    return one
