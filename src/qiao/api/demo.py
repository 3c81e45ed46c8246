"""Programs of the demo world: three other systems with a month of calls, and two receivers."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from qiao.api import operations
from qiao.api.models import ApiKey, Delivery, Endpoint, Usage
from qiao.api.rules.latency import CLASSES, class_of
from qiao.core.demo import Finding, World
from qiao.core.demo_audit import ask, none_of
from qiao.staff.queries import actor_by_number, organisation

ADMINISTRATOR: Final = "9001"
DAYS: Final = 30
REFUSED_SHARE: Final = 0.01
# Name, what for, what it may, calls a minute; and for each operation calls a day and usual time.
PROGRAMS: Final[tuple[tuple[str, str, dict[str, tuple[int, int]], int], ...]] = (
    (
        "营业收费系统",
        "柜台刷卡时显示客户等级，收费后核对户号",
        {"tierAtStation": (620, 12), "getAccount": (480, 14), "getCustomer": (210, 18)},
        1_200,
    ),
    (
        "微信公众号",
        "客户在线报修、查询进度",
        {"openCase": (38, 46), "getCase": (240, 21), "listCustomers": (95, 28)},
        600,
    ),
    (
        "12345 热线平台",
        "转办工单互通",
        {"openCase": (22, 48), "addNote": (31, 33), "listCases": (144, 37)},
        300,
    ),
)
SCOPES_OF: Final = {
    "tierAtStation": "stations:read",
    "getAccount": "customers:read",
    "getCustomer": "customers:read",
    "listCustomers": "customers:read",
    "openCase": "cases:write",
    "addNote": "cases:write",
    "getCase": "cases:read",
    "listCases": "cases:read",
}
# Events that nobody causes while visitors look: nothing leaves the demo by itself.
RECEIVERS: Final = (
    ("营收系统", "https://billing.linjiang.example/hooks/qiao",
     ["customers.customers_merged", "customers.merge_undone"]),
    ("旧短信平台", "https://sms.linjiang.example/callback", ["customers.customers_merged"]),
)  # fmt: skip


def build(world: World) -> None:
    """Give three programs access and a month of calls, and send messages to two receivers."""
    drawn = world.random("api")
    began = world.now - timedelta(days=DAYS)
    actor = actor_by_number(ADMINISTRATOR, day=timezone.localdate(began))
    company = organisation(actor.organisation_id)
    while company.parent_id is not None:
        company = organisation(company.parent_id)
    about: dict[str, Any] = {"actor": actor, "now": began, "organisation_id": company.pk}
    for name, purpose, operations_called, limit in PROGRAMS:
        key = operations.create_key(
            name=name,
            purpose=purpose,
            scopes={SCOPES_OF[each] for each in operations_called},
            calls_a_minute=limit,
            expires_at=began + timedelta(days=365),
            **about,
        ).key
        _call(key, operations_called, world.now, drawn)
    for place, (name, url, events) in enumerate(RECEIVERS):
        endpoint, _secret = operations.add_endpoint(
            name=name, url=url, event_types=events, **about
        )
        _send(endpoint, world.now, drawn, gone=place == 1)
    with connection.cursor() as cursor:  # tests were put on the queue: they are in the past
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'succeeded' WHERE task_name = %s"
            " AND status = 'todo'",
            ["api.send_webhook"],
        )


def _call(key: ApiKey, called: dict[str, tuple[int, int]], now: datetime, drawn: Random) -> None:
    today = timezone.localdate(now, timezone.get_default_timezone())
    rows = []
    for back in range(DAYS):
        day = today - timedelta(days=back)
        share = (0.45 if day.weekday() > 4 else 1.0) * (0.4 if not back else 1.0)
        for operation, (calls, usual_ms) in called.items():
            rows.append(_day(key, day, operation, round(calls * share), usual_ms, now, drawn))
    Usage.objects.bulk_create(rows)


def _day(
    key: ApiKey, day: date, operation: str, usual: int, usual_ms: int, now: datetime, drawn: Random
) -> Usage:
    calls = max(1, round(drawn.gauss(usual, usual * 0.08)))
    times = [0] * CLASSES
    for _ in range(calls):
        times[class_of(usual_ms * drawn.lognormvariate(0, 0.45))] += 1
    last = (
        now
        if day == timezone.localdate(now)
        else timezone.make_aware(
            datetime(day.year, day.month, day.day, 17, drawn.randrange(60))  # noqa: DTZ001 - made so
        )
    )
    return Usage(
        key=key,
        day=day,
        operation=operation,
        calls=calls,
        refused=sum(drawn.random() < REFUSED_SHARE for _ in range(calls)),
        failed=0,
        times=times,
        last_at=last - timedelta(minutes=drawn.randrange(1, 40)),
    )


def _send(endpoint: Endpoint, now: datetime, drawn: Random, *, gone: bool) -> None:
    actor = actor_by_number(ADMINISTRATOR, day=timezone.localdate(now))
    sent = 2 if gone else 12
    for place in range(sent):
        at = now - timedelta(hours=(sent - place) * 14, minutes=drawn.randrange(50))
        delivery = operations.send_test(actor=actor, now=at, endpoint_id=endpoint.pk)
        Delivery.objects.filter(pk=delivery.pk).update(
            event_name=endpoint.event_types[0], body=_body(endpoint, at, place)
        )
        if not gone and place in {4, 9}:  # a receiver that was restarted
            busy = operations.Outcome(drawn.randrange(20, 60), status=503, answer="restarting")
            operations.keep_attempt(delivery_id=delivery.pk, outcome=busy, now=at)
            at += timedelta(seconds=5)
        status, answer = (410, "gone") if gone and place == sent - 1 else (204, "")
        outcome = operations.Outcome(drawn.randrange(18, 140), status=status, answer=answer)
        operations.keep_attempt(delivery_id=delivery.pk, outcome=outcome, now=at)


def _body(endpoint: Endpoint, at: datetime, place: int) -> str:
    return (
        f'{{"type": "{endpoint.event_types[0]}", "timestamp": "{at.isoformat()}",'
        f' "data": {{"customer_id": {1_000 + place}, "merged_id": {1_500 + place}}}}}'
    )


def audit() -> Sequence[Finding]:
    """Programs call, and what they called adds up."""
    ((keys, calls),) = ask(
        "SELECT count(DISTINCT key_id), coalesce(sum(calls), 0)::bigint FROM api_usage"
    )
    return [
        Finding("programs that call", f"{keys}", "3 or more", ok=keys >= len(PROGRAMS)),
        Finding("calls of programs", f"{calls:,}", "some", ok=calls > 0),
        none_of(
            "days of programs whose times do not add up",
            "SELECT count(*) FROM api_usage WHERE calls <> (SELECT sum(t) FROM unnest(times) t)",
        ),
    ]
