"""A case is opened through the whole stack; the same rows, written bare, are its floor."""

import os
import threading
import time
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from measuring.browsing import TOKEN, Wire, cookie_of, nothing, post, signed_in
from measuring.timing import Limits, Result, measure, percentiles, result

from qiao.cases.models import Case
from qiao.config.cli.serving import serving
from qiao.core.actor import Actor
from qiao.core.numbering import next_number

CREATE = Limits(ratio=2)
CLIENTS = 8
GOAL = 400  # cases a second with eight clients
TYPE = "water.small_leak"


def _form(customer_id: int, account_id: int) -> dict[str, Any]:
    return {
        "type": TYPE,
        "priority": "normal",
        "channel": "phone",
        "customer": customer_id,
        "account": account_id,
        "title": "表前漏水",
        "description": "客户来电：表前接头渗水，地面已湿。",
        "area": "",
        "fact-leak_at": "before_meter",
    }


def _customers(actor: Actor) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.customer_id, t.account_id FROM customers_accountparty t"
            " JOIN customers_account a ON a.id = t.account_id"
            " JOIN customers_customer c ON c.id = t.customer_id AND c.merged_into_id IS NULL"
            " WHERE a.organisation_id = ANY(%s) AND upper(t.period) IS NULL"
            "   AND a.status = 'active' LIMIT 500",
            [list(actor.organisations("customers.view"))],
        )
        return [(int(row[0]), int(row[1])) for row in cursor.fetchall()]


def create(actor: Actor) -> Result:
    """Open a case by its form, against an empty request and the bare rows together."""
    client, people = signed_in(actor.number), _customers(actor)

    def product(place: int) -> object:
        return _opened(post(client, "/cases/new", _form(*people[place % len(people)])))

    product(0)
    template = Case.objects.order_by("-id")[0]
    bare = Bare(template)

    def floor(_: int) -> object:
        nothing(client)
        return bare.write()

    return measure("case-create", product, floor, rounds=200, limits=CREATE)


def _opened(response: Any) -> Any:
    if response.status_code != 302:
        raise RuntimeError(f"the case was not opened: {response.status_code}")
    return response


class Bare:
    """The rows of one opened case, copied again and again by one statement a table."""

    def __init__(self, case: Case) -> None:
        self.case = case
        with connection.cursor() as cursor:
            self.tables = [
                (table, self._columns(cursor, table))
                for table in (
                    "cases_caseevent",
                    "cases_clockrecord",
                    "cases_caseclock",
                    "cases_caseduty",
                )
            ]
            self.columns = [c for c in self._columns(cursor, "cases_case") if c != "number"]
            cursor.execute(
                "SELECT array_agg(id) FROM core_event"
                " WHERE payload @> jsonb_build_object('case_id', %s::bigint)",
                [case.pk],
            )
            self.told = cursor.fetchone()[0]
            cursor.execute(
                "SELECT array_agg(id) FROM procrastinate_jobs"
                " WHERE (args ->> 'event_id')::bigint = ANY(%s)",
                [self.told],
            )
            self.jobs = cursor.fetchone()[0] or []

    @staticmethod
    def _columns(cursor: Any, table: str) -> list[str]:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
            " AND column_name NOT IN ('id', 'case_id') AND is_generated = 'NEVER'"
            " ORDER BY ordinal_position",
            [table],
        )
        return [row[0] for row in cursor.fetchall()]

    def write(self) -> None:
        """One case more, in a transaction of its own."""
        names = ", ".join(f'"{c}"' for c in self.columns)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f'INSERT INTO cases_case ("number", {names})'
                f" SELECT %s, {names} FROM cases_case WHERE id = %s RETURNING id",
                [next_number(prefix="GD", day=self.case.opened_date), self.case.pk],
            )
            (new,) = cursor.fetchone()
            for table, columns in self.tables:
                listed = ", ".join(f'"{c}"' for c in columns)
                cursor.execute(
                    f"INSERT INTO {table} (case_id, {listed})"
                    f" SELECT %s, {listed} FROM {table} WHERE case_id = %s",
                    [new, self.case.pk],
                )
            cursor.execute(
                "INSERT INTO core_event (id, name, version, organisation_id, actor_id,"
                " correlation_id, payload, occurred_at, recorded_at)"
                " SELECT nextval('core_event_id_seq'), name, version, organisation_id, actor_id,"
                " correlation_id, payload, occurred_at, clock_timestamp() FROM core_event"
                " WHERE id = ANY(%s) RETURNING pg_notify('qiao_live', payload::text)",
                [self.told],
            )
            cursor.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args)"
                " SELECT queue_name, task_name, priority, args FROM procrastinate_jobs"
                " WHERE id = ANY(%s)",
                [self.jobs],
            )


def throughput(actor: Actor, *, seconds: float, port: int) -> Result:
    """Eight clients open cases on a real server over loopback; bounded in time."""
    people = _customers(actor)
    cookies = [cookie_of(actor.number) for _ in range(CLIENTS)]
    connection.close()
    os.environ["QIAO_LOG"] = "WARNING"
    with serving(port):
        crew = [Crew(port, cookie, people[place::CLIENTS]) for place, cookie in enumerate(cookies)]
        for one in crew:
            one.once()
        began = time.perf_counter()
        for one in crew:
            one.until = began + seconds
            one.start()
        for one in crew:
            one.join()
        took = time.perf_counter() - began
    taken = [ms for one in crew for ms in one.taken]
    faults = [one.fault for one in crew if one.fault]
    if faults:
        raise RuntimeError(f"a client met {faults[0]}")
    rate = len(taken) / took
    told = result("create-throughput", taken, [], Limits(), {})
    details = {"per_second": round(rate, 1), "goal": GOAL, "clients": CLIENTS}
    p50, p95 = percentiles(taken)
    return Result(told.case, p50, p95, None, told.limits, details)


class Crew(threading.Thread):
    """One client on one kept-alive connection, writing prepared requests."""

    def __init__(self, port: int, cookie: str, people: Sequence[tuple[int, int]]) -> None:
        super().__init__(daemon=True)
        self.people = people
        self.taken: list[float] = []
        self.until = 0.0
        self.fault = ""
        self.wire = Wire(port, cookie)

    def run(self) -> None:
        """Ask until the time is over."""
        while time.perf_counter() < self.until and not self.fault:
            began = time.perf_counter()
            self.once()
            self.taken.append((time.perf_counter() - began) * 1000)

    def once(self) -> None:
        """One request and its whole answer."""
        form = _form(*self.people[len(self.taken) % len(self.people)])
        status, location = self.wire.post("/cases/new", {"csrfmiddlewaretoken": TOKEN, **form})
        if status != 302 or not location.startswith("/cases/"):
            self.fault = f"status {status} {location}"
