"""Points with accounts and meters, and readings month by month, for tests."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from PIL import Image

from qiao.core.actor import Actor
from qiao.core.attachments import Accepted, check_upload
from qiao.customers.models import ServicePoint
from qiao.customers.tests.factories import make_account, make_service_point
from qiao.metering.models import Reading, ReadingRound, Register, Route
from qiao.metering.operations import (
    Entry,
    NewReading,
    Taken,
    Visited,
    ensure_registers,
    make_route,
    open_round,
    set_stops,
    take_readings,
    visit_stop,
)
from qiao.staff.models import Staff
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, make_company, person

NOW = datetime(2026, 11, 22, 1, 41, tzinfo=UTC)


def month(number: int) -> date:
    """The fifth of a month, so many months after January 2025."""
    return date(2025 + number // 12, number % 12 + 1, 5)


@dataclass
class Metered:
    """A branch with some metered points on a route."""

    company: Company
    points: list[ServicePoint]
    registers: list[Register]
    route: Route

    def take(
        self, which: int, day: date, raw: str | int, *, key: str = "", method: str = "actual"
    ) -> Taken:
        """One reading of a meter."""
        given = NewReading(
            key=key or f"{which}:{day}:{raw}:{method}", raw=str(raw), read_at=day,
            meter_number=self.points[which].meter_number, method=method,
        )  # fmt: skip
        actor = self.company.agent
        return take_readings(actor=actor, now=NOW, source="test", readings=[given])[0]

    def take_months(self, which: int, values: Sequence[int], *, first: int = 0) -> list[int]:
        """A reading each month from a month on; their ids. All must be valid."""
        readings = [
            NewReading(
                key=f"{which}:m{first + place}", raw=str(value), read_at=month(first + place),
                meter_number=self.points[which].meter_number,
            )
            for place, value in enumerate(values)
        ]  # fmt: skip
        found = take_readings(
            actor=self.company.agent, now=NOW, source="months", readings=readings
        )
        assert {each.state for each in found} == {"valid"}, found
        return [each.reading_id for each in found if each.reading_id is not None]


def make_metered(count: int = 2) -> Metered:
    """Points of the lake branch with accounts, registers and a route."""
    company = make_company()
    points = []
    for _ in range(count):
        point = make_service_point(company.agent)
        make_account(company.agent, service_point=point)
        points.append(point)
    ensure_registers(now=NOW, service_point_ids=[point.pk for point in points])
    registers = [Register.objects.get(service_point=point) for point in points]
    route = make_route(
        actor=company.agent, now=NOW, organisation_id=company.lake.pk, code="A-01", name="翠湖一册"
    )
    set_stops(
        actor=company.agent, route_id=route.pk, service_point_ids=[point.pk for point in points]
    )
    return Metered(company, points, registers, route)


def state_of(taken: Taken) -> Reading:
    """The reading as it is held."""
    assert taken.reading_id is not None
    return Reading.objects.get(pk=taken.reading_id)


def rules_in(taken: Taken) -> set[str]:
    """The checks that found something."""
    return {each.rule for each in taken.findings}


def steady(start: int, used: int, count: int) -> list[int]:
    """Values that grow by the same use, give or take one."""
    values = [start]
    for place in range(count):
        values.append(values[-1] + used + place % 2)
    return values


def a_photo() -> Accepted:
    """A small picture, checked as an upload is."""
    return check_upload(io.BytesIO(photo_bytes()), file_name="meter.png", allow=("image",))


def photo_bytes() -> bytes:
    """The same as a phone sends it."""
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(content, format="PNG")
    return content.getvalue()


@dataclass
class Round:
    """A round under way, its reader, and somebody else who reads in the unit."""

    metered: Metered
    reader: Actor
    other: Actor
    reader_staff: Staff
    other_staff: Staff
    walk: ReadingRound

    def bring(
        self, which: int, raw: str = "", *, actor: Actor | None = None, **more: Any
    ) -> Visited:
        """What the reader brings from a stop, a figure or a reason."""
        register = self.metered.registers[which].pk
        entry = Entry(
            key=more.pop("key", f"k{which}-{raw}-{more.get('reason', '')}"),
            service_point_id=self.metered.points[which].pk,
            values={register: raw} if raw else {},
            **more,
        )
        return visit_stop(actor=actor or self.reader, now=NOW, round_id=self.walk.pk, entry=entry)


def make_round(count: int = 3) -> Round:
    """A round of today over points that stood at 510 in September, and its reader."""
    metered = make_metered(count)
    first, second = (
        person(
            number=number, name=name, branch=metered.company.lake,
            permissions=("metering.walk",),
        )
        for number, name in (("9301", "马德胜"), ("9302", "廖晓芸"))
    )  # fmt: skip
    for which in range(count):
        metered.take_months(which, steady(100, 20, 20))
    walk = open_round(
        actor=metered.company.agent, now=NOW, route_id=metered.route.pk,
        since=TODAY - timedelta(days=2), due_date=TODAY + timedelta(days=1),
        reader_id=first.pk,
    )  # fmt: skip
    return Round(
        metered, actor_for(first, day=TODAY), actor_for(second, day=TODAY), first, second, walk
    )
