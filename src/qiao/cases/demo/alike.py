"""A morning with one cause: neighbours report within two hours, a main case carries it.

Reports come through the same door as any other; two joined wrongly and were taken out again, and
some came so late that they stand beside, to be joined.
"""

import contextlib
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from django.db import connection

from qiao.cases.models import Case
from qiao.cases.operations import (
    Cause,
    OpenRequest,
    broadcast,
    go_on,
    join_reports,
    make_parent,
    mark,
    note_bursts,
    open_case,
    take_action,
    take_out,
)
from qiao.cases.queries import case_of_event, straight_to_work
from qiao.core.actor import Actor
from qiao.core.demo import Finding, World
from qiao.core.demo_audit import ask, none_of
from qiao.core.demo_facts import sample_facts
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.model import CaseType, Pack
from qiao.messaging.operations import AddressKnown, add_email
from qiao.staff.queries import extras

REPORTS: Final = 38
LATE: Final = 4  # the newest stand beside
WRONG: Final = 2
BEGAN: Final = timedelta(minutes=110)
CAUSE: Final = "道路施工挖断 DN300 供水管"
TOLD: Final = (
    "因道路施工损坏供水管道，抢修人员已到场，预计两小时内恢复供水。给您带来不便，敬请谅解。"
)

# Customers of the district with the most of them, each with one account, street by street.
_NEIGHBOURS: Final = """
WITH living AS (
    SELECT DISTINCT ON (t.customer_id) t.customer_id, a.id AS account_id, a.organisation_id,
           p.id AS premises_id, p.region, p.community, p.road
      FROM customers_account a
      JOIN customers_accountparty t ON t.account_id = a.id AND t.period @> %(day)s::date
      JOIN customers_servicepoint s ON s.id = a.service_point_id
      JOIN customers_premises p ON p.id = s.premises_id
     WHERE a.status = 'active' AND a.organisation_id = ANY(%(organisations)s)
     ORDER BY t.customer_id, a.id
), place AS (
    SELECT organisation_id, region FROM living GROUP BY 1, 2 ORDER BY count(*) DESC, 2 LIMIT 1
)
SELECT l.customer_id, l.account_id, l.organisation_id, l.premises_id, l.region
  FROM living l JOIN place USING (organisation_id, region)
 ORDER BY l.road, l.community, l.customer_id LIMIT %(wanted)s
"""


def build_alike(world: World) -> None:
    """Fill the morning, for a pack whose case types know kinds of trouble."""
    pack = catalogue().packs[world.pack]
    types = _types(pack)
    day = world.now.date()
    agents = extras(role="agent", day=day)
    supervisors = [p for p in extras(role="supervisor", day=day) if p.can("cases.alike")]
    chiefs = supervisors or extras(role="dispatcher", day=day)
    if not types or not agents or not chiefs:
        return
    neighbours = _neighbours(world, agents)
    if len(neighbours) < REPORTS // 2:
        return
    rng = world.random("alike")
    cases = [
        _report(world, types, place, row, agents, rng) for place, row in enumerate(neighbours)
    ]
    _join(world, types, cases, chiefs, agents)


def _types(pack: Pack) -> list[CaseType]:
    """Case types of the kind of trouble that most of them share."""
    kinds = [item.alike for item in pack.case_types if item.alike]
    most = max(kinds, key=kinds.count, default="")
    return [item for item in pack.case_types if item.alike == most and most]


def _neighbours(world: World, agents: list[Actor]) -> list[tuple[int, int, int, int, str]]:
    organisations = sorted({o for a in agents for o in a.organisations("cases.open")})
    values: dict[str, Any] = {
        "day": world.now.date(),
        "organisations": organisations,
        "wanted": REPORTS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEIGHBOURS, values)
        return list(cursor.fetchall())


def _report(
    world: World,
    types: list[CaseType],
    place: int,
    row: tuple[int, int, int, int, str],
    agents: list[Actor],
    rng: Random,
) -> Case:
    """One call: the first is about the burst itself, the others about what it does."""
    customer_id, account_id, organisation_id, premises_id, region = row
    emergency = [item for item in types if item.emergency]
    others = [item for item in types if not item.emergency] or types
    item = emergency[0] if place == 0 and emergency else rng.choice(others[:2])
    at = world.now - BEGAN + (BEGAN * (place / REPORTS) ** 0.8)
    able = [a for a in agents if a.can_in("cases.open", organisation_id)]
    request = OpenRequest(
        type_key=item.key,
        organisation_id=organisation_id,
        title=item.name.zh_hans,
        channel="phone",
        area=region,
        facts=sample_facts(item.fields, rng, [item.name.zh_hans]),
        customer_id=customer_id,
        account_id=account_id,
        premises_id=premises_id,
        at=at,
    )
    agent = rng.choice(able)
    case = open_case(request=request, actor=agent, now=at)
    said = at + timedelta(minutes=1)
    return mark(case_id=case.pk, kind="first_response", actor=agent, now=said)


def _join(
    world: World,
    types: list[CaseType],
    cases: list[Case],
    chiefs: list[Actor],
    agents: list[Actor],
) -> None:
    first, reports = cases[0], cases[1:-LATE]
    chief = next(c for c in chiefs if c.can_in("cases.alike", first.organisation_id))
    made = first.opened_at + timedelta(minutes=24)
    cause = Cause(
        kind=types[0].alike,
        area=first.area,
        since=first.opened_at,
        cause=CAUSE,
        expected_at=world.now + timedelta(minutes=95),
    )
    _send_crew(first, agents)
    make_parent(case_id=first.pk, cause=cause, actor=chief, now=made)
    _reachable(reports, agents, world)
    for case in reports:
        joined = max(made, case.opened_at + timedelta(minutes=1))
        join_reports(parent_id=first.pk, case_ids=[case.pk], actor=chief, now=joined)
    agent = next(a for a in agents if a.can_in("cases.join", first.organisation_id))
    for case in reports[5 : 5 + WRONG]:
        take_out(case_id=case.pk, actor=agent, now=world.now - timedelta(minutes=12))
    _tell(first, chief, world.now - timedelta(minutes=30))
    note_bursts(now=world.now)


def _send_crew(first: Case, agents: list[Actor]) -> None:
    """The burst itself goes straight to the crew, who are there within the promise."""
    agent = next(a for a in agents if a.can_in("cases.work", first.organisation_id))
    action = straight_to_work(case=case_of_event(first.pk), roles=agent.roles)
    if action is not None:
        sent = first.opened_at + timedelta(minutes=4)
        take_action(case_id=first.pk, action=action, given={}, actor=agent, now=sent)
    there = first.opened_at + timedelta(minutes=41)
    mark(case_id=first.pk, kind="arrived", actor=agent, now=there)


def _reachable(reports: list[Case], agents: list[Actor], world: World) -> None:
    """Two of three neighbours have left an e-mail address some time ago."""
    since = world.now - timedelta(days=200)
    known = [case for place, case in enumerate(reports) if place % 3]
    customers = {case.customer_id: case.organisation_id for case in known}
    for customer_id, organisation_id in customers.items():
        able = [a for a in agents if a.can_in("customers.edit", organisation_id)]
        if customer_id is None or not able:
            continue
        with contextlib.suppress(AddressKnown):
            address = f"user{customer_id:06d}@example.com"
            add_email(customer_id=customer_id, address=address, actor=able[0], now=since)


def _tell(first: Case, chief: Actor, now: datetime) -> None:
    notice = broadcast(parent_id=first.pk, text=TOLD, actor=chief, now=now)
    while go_on(notice_id=notice.pk, now=now):
        pass


_LOST: Final = """
SELECT count(*) FROM cases_case c
  LEFT JOIN cases_alikereport r ON r.case_id = c.id AND r.left_at IS NULL
 WHERE (c.parent_id IS NULL) <> (r.id IS NULL)
"""


def audit_alike() -> list[Finding]:
    """Whether reports and their main cases agree."""
    ((reports, told),) = ask(
        "SELECT count(*), count(*) FILTER (WHERE told > '') FROM cases_alikereport"
    )
    return [
        Finding(
            "reports of common causes", f"{reports:,}, told {told:,}", "some", ok=reports >= 0
        ),
        none_of("reports that their main case does not know", _LOST),
    ]
