"""The readings of the demo world are what the checks would have let pass, but for a few."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.utils import timezone

from qiao.core.demo import World
from qiao.core.tests.deliveries import run_deliveries
from qiao.customers.demo import build as build_customers
from qiao.customers.service_demo import build as build_services
from qiao.metering import demo
from qiao.metering.models import Reading, ReadingRound, Register, Route
from qiao.metering.queries import held_up, usage_until
from qiao.staff.demo import build_company

pytestmark = pytest.mark.django_db


def planted(seed: int = 962, *, services: bool = False) -> World:
    world = World(customers=500, pack="water", now=timezone.now(), seed=seed)
    build_company(world)
    build_customers(world)
    if services:
        build_services(world)
    demo.build(world)
    return world


def test_two_years_are_believable_and_a_few_readings_need_somebody() -> None:
    planted()
    assert [finding for finding in demo.audit() if not finding.ok] == []
    waiting = Reading.objects.filter(state="exception")
    found = set(waiting.values_list("findings__rule", flat=True))
    assert found >= {"high", "zeros", "backwards"}
    assert ReadingRound.objects.filter(state="open").exists()
    assert run_deliveries() > 0
    assert [finding for finding in demo.audit() if not finding.ok] == []


def test_power_and_gas_are_read_too_by_the_hours_where_a_meter_counts_them() -> None:
    planted(services=True)
    assert [finding for finding in demo.audit() if not finding.ok] == []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT g.service, g.kind, g.period, count(*) > 100 FROM metering_reading r"
            "  JOIN metering_register g ON g.id = r.register_id GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
        )
        assert cursor.fetchall() == [
            ("gas", "total", "", True),
            ("power", "period", "flat", True),
            ("power", "period", "peak", True),
            ("power", "period", "valley", True),
            ("power", "total", "", True),
            ("water", "total", "", True),
        ]
        cursor.execute(
            "SELECT max(abs(p.used / t.used - 1)) FROM ("
            "    SELECT g.installation_id, max(r.value) - min(r.value) AS used"
            "      FROM metering_reading r JOIN metering_register g ON g.id = r.register_id"
            "     WHERE g.service = 'power' AND g.kind = 'total' GROUP BY 1) t"
            "  JOIN (SELECT installation_id, sum(used) AS used FROM ("
            "        SELECT g.id, g.installation_id, max(r.value) - min(r.value) AS used"
            "          FROM metering_reading r JOIN metering_register g ON g.id = r.register_id"
            "         WHERE g.kind = 'period' GROUP BY 1, 2) x GROUP BY 1) p"
            "    ON p.installation_id = t.installation_id"
        )
        (apart,) = cursor.fetchone()
    assert 0 <= apart < Decimal("0.01")  # the hours sum up to the total
    routes = Route.objects.values_list("code", flat=True)
    assert {code[0] for code in routes} == {"R", "P", "G"}


def test_what_was_used_can_be_billed() -> None:
    world = planted()
    today = timezone.localdate(world.now)
    points = list(Register.objects.values_list("service_point_id", flat=True)[:200])
    since = dict.fromkeys(points, today - timedelta(days=70))
    found = usage_until(service_point_ids=points, since=since, until=today)
    assert len({each.service_point_id for each in found}) > 150
    assert all(each.usage >= 0 for each in found)
    held = held_up(service_point_ids=points, since=since, until=today)
    assert len(held) < len(points) // 10


def test_equal_seeds_give_equal_readings() -> None:
    def drawn() -> list[tuple[object, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT h.search, r.read_date, r.value FROM metering_reading r"
                " JOIN customers_servicepoint s ON s.id = r.service_point_id"
                " JOIN customers_premises h ON h.id = s.premises_id ORDER BY 1, 2, 3"
            )
            return list(cursor.fetchall())

    runs = []
    for _ in range(2):
        with transaction.atomic():
            planted()
            runs.append(drawn())
            transaction.set_rollback(True)
    assert runs[0] == runs[1]
    assert len(runs[0]) > 5_000
