"""The crews of the demo's live morning: they act by themselves, through the real operations."""

import io
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Final

import structlog
from django.utils import timezone
from PIL import Image, ImageDraw

from qiao.core.actor import Actor, Forbidden
from qiao.core.attachments import Accepted
from qiao.core.transactions import acting
from qiao.dispatch.models import WorkOrder
from qiao.dispatch.operations import (
    CaseRefused,
    Filling,
    NotComplete,
    NotYours,
    accept,
    arrive,
    complete,
    resume,
    start_travel,
)
from qiao.dispatch.queries import exit_of, note_field, technicians_of
from qiao.dispatch.rules.sheets import Reading, Sheet, sheet_from_data
from qiao.dispatch.rules.states import WrongState
from qiao.staff.queries import actor_for

log = structlog.get_logger(__name__)
MOST_AT_ONCE: Final = 3
LOOK_AT: Final = 60
SPARE: Final = ("3101",)  # the technician whom a visitor of the demo plays
SHARED_POOL_WAITS: Final = timedelta(minutes=20)
# How long a crew stays in a state before it goes on: the shortest time, and up to so much more.
STAYS: Final = {
    "planned": (timedelta(minutes=1), timedelta(minutes=4)),
    "assigned": (timedelta(minutes=1), timedelta(minutes=3)),
    "accepted": (timedelta(minutes=1), timedelta(minutes=5)),
    "travelling": (timedelta(minutes=6), timedelta(minutes=14)),
    "arrived": (timedelta(minutes=12), timedelta(minutes=33)),
    "suspended": (timedelta(minutes=30), timedelta(minutes=60)),
}
NOTES: Final = (
    "更换老化阀门，试压无渗漏，已向客户说明。",
    "接口松动，重新密封后通水正常。",
    "清洗表前滤网，冲洗放水至清，压力恢复。",
    "更换破损管段约 1 米，回填夯实，恢复供水。",
    "现场核查无异常，已告知客户观察方法。",
)
REFUSALS: Final = (WrongState, NotYours, NotComplete, CaseRefused, Forbidden)


def tick(now: datetime, spare: Sequence[str] = SPARE) -> int:
    """Let a few crews go one state on. Returns how many did.

    The same order does the same thing in the same world, whenever it is looked at. Orders of the
    people with the staff numbers in `spare` are left to whoever plays them, and the pool of their
    crews waits longer. At most `MOST_AT_ONCE` orders move, one for each technician.
    """
    moved: set[int] = set()
    for order in _due_orders(now, spare):
        if len(moved) >= MOST_AT_ONCE:
            break
        actor = _worker(order, now, spare)
        if actor is None or actor.person_id in moved:
            continue
        try:
            with acting(actor):
                _go_on(order, actor, now)
        except REFUSALS as refusal:
            log.info("demo_crew_stays", work_order=order.number, why=str(refusal))
        else:
            moved.add(actor.person_id)
    return len(moved)


def _due_orders(now: datetime, spare: Sequence[str]) -> Iterable[WorkOrder]:
    waiting = WorkOrder.objects.open().filter(state__in=STAYS)
    waiting = waiting.exclude(technician__number__in=spare)
    rows = waiting.select_related("case", "case__process", "case__case_type", "technician")
    for order in rows.order_by("state_since", "id")[:LOOK_AT]:
        shortest, more = STAYS[order.state]
        stay = shortest + more * _rng(order).random()
        if now - order.state_since >= stay:
            yield order


def _rng(order: WorkOrder) -> Random:
    return Random(f"{order.pk}:{order.event_seq}")  # noqa: S311 - believable, not secret


def _worker(order: WorkOrder, now: datetime, spare: Sequence[str]) -> Actor | None:
    day = timezone.localdate(now)
    if order.technician is not None:
        return actor_for(order.technician, day=day)
    crew = technicians_of(team_id=order.team_id, day=day)
    others = [actor for actor in crew if actor.number not in spare]
    shared = len(others) < len(crew)
    if not others or (shared and now - order.state_since < SHARED_POOL_WAITS):
        return None
    return _rng(order).choice(others)


def _go_on(order: WorkOrder, actor: Actor, now: datetime) -> None:
    plain = {
        "planned": accept,
        "assigned": accept,
        "accepted": start_travel,
        "travelling": arrive,
        "suspended": resume,
    }
    if order.state in plain:
        plain[order.state](work_order_id=order.pk, actor=actor, now=now)
        return
    complete(work_order_id=order.pk, filling=_filling(order, actor), actor=actor, now=now)


def _filling(order: WorkOrder, actor: Actor) -> Filling:
    rng = _rng(order)
    sheet = sheet_from_data(order.sheet)
    return Filling(
        checks={check.key: True for check in sheet.checks},
        readings={reading.key: _measured(reading, rng) for reading in sheet.readings},
        answers=_answers(order, actor, rng),
        note=rng.choice(NOTES),
        pictures=_pictures(sheet, rng),
        signature=_signature(rng) if sheet.signature != "none" else None,
    )


def _measured(reading: Reading, rng: Random) -> str:
    low = float(reading.low) if reading.low is not None else 0.0
    high = float(reading.high) if reading.high is not None else max(2.5 * low, low + 0.4)
    return f"{low + (high - low) * rng.uniform(0.25, 0.7):.2f}"


def _answers(order: WorkOrder, actor: Actor, rng: Random) -> dict[str, object]:
    way_out = exit_of(order, actor)
    if way_out is None:
        return {}
    own = note_field(way_out)
    fields = [f for f in way_out.fields if (own is None or f.key != own.key) and f.choices]
    chosen = {f.key: rng.choice(f.choices).key for f in fields}
    return {f.key: [chosen[f.key]] if f.kind == "choices" else chosen[f.key] for f in fields}


def _pictures(sheet: Sheet, rng: Random) -> list[tuple[str, Accepted]]:
    return [(photo.key, _picture(rng)) for photo in sheet.photos if photo.required]


def _picture(rng: Random) -> Accepted:
    """A plain drawing of a pipe in a trench, no photograph of anything real."""
    image = Image.new("RGB", (480, 360), _colour(rng, 90, 150))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 210, 480, 360), fill=_colour(rng, 60, 110))
    y = rng.randint(230, 290)
    pen.rectangle((0, y, 480, y + 46), fill=(58, 92, 128))
    x = rng.randint(120, 320)
    pen.rectangle((x, y - 8, x + 60, y + 54), fill=(176, 184, 192))
    return _stored(image, "JPEG", "image/jpeg", "site.jpg")


def _signature(rng: Random) -> Accepted:
    image = Image.new("RGB", (360, 120), "white")
    points = [(30 + 15 * n, 60 + rng.randint(-34, 34)) for n in range(20)]
    ImageDraw.Draw(image).line(points, fill=(23, 32, 44), width=3, joint="curve")
    return _stored(image, "PNG", "image/png", "signature.png")


def _stored(image: Image.Image, kind: str, content_type: str, name: str) -> Accepted:
    out = io.BytesIO()
    image.save(out, format=kind)
    return Accepted(out.getvalue(), content_type, name)


def _colour(rng: Random, low: int, high: int) -> tuple[int, int, int]:
    return rng.randint(low, high), rng.randint(low, high), rng.randint(low, high)
