"""Readings of the branch's meter, a route with a round, and files that brought some."""

import json
from datetime import datetime, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from qiao.core.transactions import acting
from qiao.customers.models import ServicePoint
from qiao.metering import operations as metering
from qiao.metering.models import AsideMessage, Reading
from qiao.metering.operations import intervals
from qiao.metering.operations.blind import draw_blind_check
from qiao.metering.operations.files import FILES
from qiao.metering.operations.head_ends import add_head_end
from qiao.metering.operations.message_reading import Message
from qiao.metering.operations.messages import take_messages
from tests.world.canaries import MARK, METER, World, marked, picture


def add_metering(world: World) -> None:
    """A reading that waits for a decision, one in effect; files at their start and their end."""
    agent, lake = world.company.agent, world.company.lake.pk
    now = timezone.now()
    today = timezone.localdate(now)
    point = ServicePoint.objects.get(meter_number=METER)
    metering.ensure_registers(now=now, service_point_ids=[point.pk])
    route = metering.make_route(
        actor=agent, now=now, organisation_id=lake, code="R-9", name=marked("route")
    )
    metering.set_stops(actor=agent, route_id=route.pk, service_point_ids=[point.pk])
    past = metering.open_round(
        actor=agent, now=now, route_id=route.pk, since=today - timedelta(days=20),
        due_date=today - timedelta(days=15), reader_id=world.company.colleague.staff_id,
    )  # fmt: skip
    metering.take_readings(
        actor=agent, now=now, source="page",
        readings=[
            metering.NewReading(
                key="first", raw="20", read_at=today - timedelta(days=18), meter_number=METER,
                reader_id=world.company.colleague.staff_id,
            )
        ],
    )  # fmt: skip
    metering.close_round(actor=agent, now=now, round_id=past.pk)
    blind = draw_blind_check(
        actor=agent, now=now, round_id=past.pk, reader_id=agent.person_id,
        share_percent=Decimal(3), seed=7, due_date=today,
    )  # fmt: skip
    walk = metering.open_round(
        actor=agent, now=now, route_id=route.pk, since=today - timedelta(days=3), due_date=today,
        reader_id=agent.staff_id,
    )  # fmt: skip
    other = metering.make_route(
        actor=agent, now=now, organisation_id=lake, code="R-10", name=marked("other route")
    )
    taken = metering.take_readings(
        actor=agent,
        now=now,
        source="page",
        readings=[
            metering.NewReading(
                key=str(value), raw=str(value), read_at=today - timedelta(days=days),
                meter_number=METER, reason=marked("reason"), reader_id=agent.staff_id,
            )
            for value, days in ((40, 2), (31, 1))
        ],
    )  # fmt: skip
    good, waits = (Reading.objects.get(pk=each.reading_id) for each in taken)
    assert (good.state, waits.state) == ("valid", "exception")
    metering.accept_reading(actor=agent, now=now, reading_id=good.pk, why=marked("why"))
    visit = metering.visit_stop(
        actor=agent, now=now, round_id=walk.pk,
        entry=metering.Entry(
            key="stop", service_point_id=point.pk, reason="locked", photo=picture(),
            note=marked("visit"), whereabouts=marked("whereabouts"), seal=marked("seal"),
        ),
    ).visit  # fmt: skip
    rows = f"表号,抄表日期,本期示数\n{marked('meter')},2026-01-05,{MARK}\n"
    brought = []
    for _ in range(2):
        upload = SimpleUploadedFile(f"{MARK}.csv", rows.encode())
        brought.append(FILES.receive(actor=agent, organisation_id=lake, upload=upload, now=now))
    FILES.run_check(actor=agent, file_id=brought[1].pk, now=now)
    with acting(agent):
        FILES.start(actor=agent, file_id=brought[1].pk)
    FILES.run(actor=agent, file_id=brought[1].pk, now=now)
    FILES.run_check(actor=agent, file_id=brought[0].pk, now=now)
    loads = _add_intervals(world, now)
    world.ids |= _add_head_end(world, now) | {
        "interval_load": loads[0],
        "lost_interval_load": loads[1],
        "metered_point": point.pk,
        "reading": waits.pk,
        "reading_route": route.pk,
        "other_reading_route": other.pk,
        "reading_round": walk.pk,
        "second_reader": world.company.colleague.staff_id,
        "blind_check": blind.pk,
        "stop_visit": visit.pk,
        "reading_file": brought[0].pk,
        "taken_reading_file": brought[1].pk,
    }


def _add_intervals(world: World, now: datetime) -> tuple[int, int]:
    """A load of interval data with a row that was set aside, and one whose job was lost."""
    agent, lake = world.company.agent, world.company.lake.pk
    day = timezone.localdate(now) - timedelta(days=2)
    rows = f"表号,开始时间,用量\n{METER},{day} 00:30,0.5\n{marked('meter')},{MARK},{MARK}\n"
    loads = []
    for more in ("", " "):
        upload = SimpleUploadedFile(f"{MARK}.csv", (rows + more).encode())
        loads.append(
            intervals.receive_intervals(
                actor=agent, organisation_id=lake, upload=upload, minutes=30, now=now
            )
        )
    taken = intervals.run_load(actor=agent, load_id=loads[0].pk, now=now)
    assert (taken.taken_count, taken.refused_count) == (1, 1)
    return loads[0].pk, loads[1].pk


def _add_head_end(world: World, now: datetime) -> dict[str, int]:
    """A head-end, and two messages of it that were put aside."""
    agent, lake = world.company.agent, world.company.lake.pk
    made = add_head_end(
        actor=agent, now=now, organisation_id=lake, name=marked("head-end"),
        topic=f"heads/{MARK}/+", form="json",
    )  # fmt: skip
    row = {
        "key": marked("key"), "meter_number": marked("meter"), "value": "5",
        "read_at": now.isoformat(),
    }  # fmt: skip
    payloads = [json.dumps({"readings": [row]}).encode(), marked("payload").encode()]
    take_messages(messages=[Message(f"heads/{MARK}/1", each) for each in payloads], now=now)
    one, other = AsideMessage.objects.order_by("pk")
    return {"head_end": made.pk, "aside_message": one.pk, "other_aside_message": other.pk}
