"""What a person decides about a reading: it stands, it says otherwise, it is read again."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from qiao.core.actor import Actor
from qiao.core.copying import reserve_ids
from qiao.core.events import publish
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.metering.events import ReadingDecided
from qiao.metering.models import Reading, ReadingChange, Register
from qiao.metering.operations.refusals import NotVisible, ReadingLocked, StillBackwards
from qiao.metering.operations.writing import note_changes, supersede
from qiao.metering.rules.registers import Register as Dial
from qiao.metering.rules.registers import read_value

VALIDATE: Final = "metering.validate"
WHY_LENGTH: Final = 300
_State = Reading.State


def accept_reading(
    *, actor: Actor, now: datetime, reading_id: int, why: str, is_rolled: bool = False
) -> Reading:
    """Let an exception stand as it was read. `is_rolled`: the register went past its last figure.

    Another reading of the same day is replaced by it. Raises `StillBackwards` where the register
    would stand lower than before, `ReadingLocked`, `NotVisible`, `BadText`, `Forbidden`.
    """
    reading = _locked(actor, reading_id)
    _decide(reading, reading.value, is_rolled=is_rolled or reading.is_rolled)
    _settle(reading, "accepted", reading.value, why, actor=actor, now=now)
    return reading


def edit_reading(
    *,
    actor: Actor,
    now: datetime,
    reading_id: int,
    value: str,
    why: str,
    is_rolled: bool = False,
) -> Reading:
    """Put the value of a reading right that no bill rests on; `raw` stays as it was given.

    Raises `qiao.metering.rules.registers.BadValue` and as `accept_reading`.
    """
    reading = _locked(actor, reading_id)
    before = reading.value
    reading.value = read_value(value, _dial(reading.register))
    _decide(reading, reading.value, is_rolled=is_rolled)
    _settle(reading, "edited", before, why, actor=actor, now=now)
    return reading


def correct_reading(
    *, actor: Actor, now: datetime, reading_id: int, value: str, why: str, is_rolled: bool = False
) -> Reading:
    """Have a new reading stand for one that was billed: the next bill corrects the difference.

    Raises `ReadingLocked` where another one stands for it already, and as `edit_reading`.
    """
    reading = _locked(actor, reading_id, may_be_billed=True)
    words = _why(why)
    found = Reading(
        organisation_id=reading.organisation_id,
        register=reading.register,
        service_point_id=reading.service_point_id,
        read_at=reading.read_at,
        read_date=reading.read_date,
        raw=value[:40],
        value=read_value(value, _dial(reading.register)),
        method=Reading.Method.ACTUAL,
        source="correction",
        key=f"{reading.pk}",
        reader_id=reading.reader_id,
        reason="",
        state=_State.FINAL,
        taken_at=now,
        taken_by_id=actor.staff_id,
    )
    _decide(found, found.value, is_rolled=is_rolled)
    found.pk = reserve_ids("metering_reading", 1)
    supersede({reading.pk: found.pk})
    found.save(force_insert=True)
    note_changes({reading.pk: found.pk}, action="superseded", actor=actor, now=now, why=words)
    _tell(found, "superseded", actor=actor, now=now)
    return found


def ask_reread(*, actor: Actor, now: datetime, reading_id: int, why: str) -> Reading:
    """Have an exception read again: the next reading of its register stands for it.

    Raises `ReadingLocked`, `NotVisible`, `BadText`, `Forbidden`.
    """
    reading = locked_exception(actor, reading_id)
    reading.is_reread_asked = True
    reading.save(update_fields=["is_reread_asked"])
    _note(reading, "reread", reading.value, why, actor=actor, now=now)
    _tell(reading, "reread", actor=actor, now=now)
    return reading


def locked_exception(actor: Actor, reading_id: int) -> Reading:
    """A reading that waits for a decision, its register locked. Raises as `ask_reread`."""
    reading = _locked(actor, reading_id)
    if reading.state != _State.EXCEPTION:
        raise ReadingLocked(reading.state)
    return reading


def _locked(actor: Actor, reading_id: int, *, may_be_billed: bool = False) -> Reading:
    required()
    found = Reading.objects.visible_to(actor).filter(pk=reading_id)
    pk = found.values_list("register_id", flat=True).first()
    if pk is None:
        raise NotVisible(f"reading {reading_id}")
    Register.objects.select_for_update(no_key=True).get(pk=pk)
    reading = Reading.objects.select_related("register").get(pk=reading_id)
    actor.require(VALIDATE, reading.organisation_id)
    is_billed = reading.state == _State.BILLED
    if reading.superseded_by_id is not None or (is_billed and not may_be_billed):
        raise ReadingLocked(reading.state)
    return reading


def _decide(reading: Reading, value: Decimal, *, is_rolled: bool) -> None:
    """Whether a value can stand between those before it and after it."""
    others = Reading.objects.filter(
        register=reading.register,
        superseded_by__isnull=True,
        state__in=[_State.VALID, _State.FINAL, _State.BILLED],
    ).exclude(method=Reading.Method.ESTIMATED)
    before = others.filter(read_date__lt=reading.read_date).order_by("-read_date").first()
    if before is not None and value < before.value and not is_rolled:
        raise StillBackwards(format(before.value.normalize(), "f"))
    reading.is_rolled = is_rolled and before is not None and value < before.value


def _settle(
    reading: Reading, action: str, before: Decimal, why: str, *, actor: Actor, now: datetime
) -> None:
    same_day = Reading.objects.filter(
        register=reading.register,
        read_date=reading.read_date,
        superseded_by__isnull=True,
        state__in=[_State.VALID, _State.FINAL, _State.BILLED],
    ).exclude(pk=reading.pk)
    replaced = dict.fromkeys(same_day.values_list("pk", flat=True), reading.pk)
    supersede(replaced)
    reading.state, reading.is_reread_asked = _State.FINAL, False
    reading.save(update_fields=["value", "is_rolled", "state", "is_reread_asked"])
    note_changes(replaced, action="superseded", actor=actor, now=now, why=_why(why))
    _note(reading, action, before, why, actor=actor, now=now)
    _tell(reading, action, actor=actor, now=now)


def _note(
    reading: Reading, action: str, before: Decimal, why: str, *, actor: Actor, now: datetime
) -> None:
    ReadingChange.objects.create(
        reading=reading, at=now, by_id=actor.staff_id, action=action, before=before,
        after=reading.value, why=_why(why),
    )  # fmt: skip


def _why(why: str) -> str:
    return clean(why, field="why", max_length=WHY_LENGTH, one_line=True, required=True)


def _tell(reading: Reading, action: str, *, actor: Actor, now: datetime) -> None:
    told = ReadingDecided(reading.pk, reading.service_point_id, action)
    publish(told, organisation_id=reading.organisation_id, actor=actor, now=now)


def _dial(register: Register) -> Dial:
    return Dial(register.digits, register.decimals, register.kind)
