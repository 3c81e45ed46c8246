"""This morning in the trades beside the world's own: some cases for each further pack, through the
same door as any other, on accounts of its service."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from django.db import connection

from qiao.cases.operations import OpenRequest, mark, open_case, take_action
from qiao.cases.queries import case_of_event, straight_to_work
from qiao.core.actor import Actor
from qiao.core.demo import Finding, World
from qiao.core.demo_audit import ask
from qiao.core.demo_facts import sample_facts
from qiao.core.demo_rhythm import demo_packs, phrases_of, type_weight
from qiao.core.packs.model import CaseType, Pack
from qiao.staff.queries import extras

LEAST, MOST = 6, 14  # cases of a further pack
A_CASE_OF: Final = 500  # customers, between the two
BEGAN: Final = timedelta(minutes=100)
EARLIER: Final = timedelta(minutes=4)
EMERGENCY: Final = 4  # the case that is one
ANSWERS: Final = timedelta(minutes=2)
ARRIVES: Final = timedelta(minutes=31)
INTERNAL: Final = "internal"

_ACCOUNTS: Final = """
SELECT a.id, t.customer_id, a.organisation_id, s.id, p.id, p.region, p.full_text
  FROM customers_account a
  JOIN customers_accountparty t
    ON t.account_id = a.id AND t.role = 'owner' AND t.period @> %(day)s::date
  JOIN customers_servicepoint s ON s.id = a.service_point_id
  JOIN customers_premises p ON p.id = s.premises_id
 WHERE a.service = ANY(%(services)s) AND a.status = 'active'
   AND a.organisation_id = ANY(%(organisations)s)
 ORDER BY a.id LIMIT %(wanted)s
"""


def build(world: World) -> None:
    """Open the morning's cases of every further pack that says what its customers say."""
    agents = extras(role="agent", day=world.now.date())
    for pack in demo_packs():
        if pack.key == world.pack or not agents:
            continue
        rng = world.random(f"trades:{pack.key}")
        rows = _accounts(world, pack, agents)
        for place, row in enumerate(rows):
            at = world.now - BEGAN * (1 - place / len(rows)) - EARLIER
            _open(world, pack, place, row, agents, rng, at)


def _accounts(world: World, pack: Pack, agents: Sequence[Actor]) -> list[tuple[Any, ...]]:
    values: dict[str, Any] = {
        "day": world.now.date(),
        "services": [each.key for each in pack.services],
        "organisations": sorted({o for a in agents for o in a.organisations("cases.open")}),
        "wanted": min(MOST, max(LEAST, world.customers // A_CASE_OF)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_ACCOUNTS, values)
        return list(cursor.fetchall())


def _open(
    world: World,
    pack: Pack,
    place: int,
    row: tuple[Any, ...],
    agents: Sequence[Actor],
    rng: Random,
    at: datetime,
) -> None:
    account_id, customer_id, organisation_id, point_id, premises_id, region, address = row
    item = _matter(pack, world, place, rng)
    said = rng.choice(phrases_of(pack, item))
    agent = rng.choice([a for a in agents if a.can_in("cases.open", organisation_id)])
    request = OpenRequest(
        type_key=item.key,
        organisation_id=organisation_id,
        title=said.rstrip("。").split("，")[0][:40],
        description=said,
        channel="phone",
        area=region,
        place=address,
        facts=sample_facts(item.fields, rng, [said]),
        customer_id=customer_id,
        account_id=account_id,
        service_point_id=point_id,
        premises_id=premises_id,
        at=at,
    )
    case = open_case(request=request, actor=agent, now=at)
    mark(case_id=case.pk, kind="first_response", actor=agent, now=at + ANSWERS)
    if item.emergency or item.group == "fault":
        _send(case.pk, agent, at, world)


def _matter(pack: Pack, world: World, place: int, rng: Random) -> CaseType:
    """One emergency, everything else as often as customers ask for it."""
    urgent = [item for item in pack.case_types if item.emergency]
    if place == EMERGENCY and urgent:
        return urgent[0]
    usual = [i for i in pack.case_types if not i.emergency and i.group != INTERNAL]
    return rng.choices(usual, [type_weight(pack, item, world.now.month) for item in usual])[0]


def _send(case_id: int, agent: Actor, at: datetime, world: World) -> None:
    """A crew goes at once, and is there within the promise."""
    action = straight_to_work(case=case_of_event(case_id), roles=agent.roles)
    if action is None:
        return
    sent = at + ANSWERS + timedelta(seconds=20)
    take_action(case_id=case_id, action=action, given={}, actor=agent, now=sent)
    if at + ARRIVES < world.now:
        mark(case_id=case_id, kind="arrived", actor=agent, now=at + ARRIVES)


def audit() -> Sequence[Finding]:
    """Every further pack has cases on accounts of its service."""
    further = [pack.key for pack in demo_packs()][1:]
    rows = ask(
        "SELECT t.pack, count(*) FROM cases_case c JOIN cases_casetype t ON t.id = c.case_type_id"
        " JOIN customers_account a ON a.id = c.account_id WHERE t.pack = ANY(%s)"
        " AND a.service = t.pack GROUP BY 1",
        [further],
    )
    found = dict(rows)
    told = ", ".join(f"{key} {found.get(key, 0)}" for key in further) or "none"
    return [
        Finding("cases of further trades", told, "some", all(found.get(key) for key in further))
    ]
