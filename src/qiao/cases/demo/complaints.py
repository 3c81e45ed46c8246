"""Complaints of the demo world: threats that are raised, outlets that are gone past, disputes,
the green channel, and the executive's mornings. Done as people do it, on a few dozen cases."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from django.db.models import QuerySet

from qiao.cases.journal import lock_case
from qiao.cases.models import Case, DigestItem, DigestReader, OutletFinding
from qiao.cases.operations.complaint_rules import set_desk, set_digest_reader
from qiao.cases.operations.digests import decide, draw_for, finish_order, read_digest
from qiao.cases.operations.disputes import open_dispute
from qiao.cases.operations.green import weigh_green_of
from qiao.cases.operations.hotline import (
    NobodyNeutral,
    actor_again,
    move_past,
    write_finding,
)
from qiao.cases.operations.owning import chase
from qiao.cases.operations.risk import acknowledge_risk, refuse_risk
from qiao.core.actor import Actor
from qiao.core.demo import World
from qiao.staff.queries import actor_by_number, company_id, ids_by_number, teams_for

THREATS: Final = (
    "已经第三次打来了，再不处理我就打12345。",
    "你们总推来推去，我要找电视台记者曝光。",
    "客户说再没人上门就去信访，还要请律师起诉。",
    "客户情绪激动，称要发抖音曝光，并拒交水费。",
    "客户表示会到消协反映，水费先不交水费。",
    "下午还没人回电，就打市长热线。",
)
HARMLESS: Final = "客户在电视台上班，记者证上的地址要寄发票。"
ACKNOWLEDGED: Final = "已与客户通话，明日上午由班长上门，当面说明。"
FINDINGS: Final = (
    ("confirmed", "预约时段内未到场，也未提前告知改约；已按规定考核，并重申改约须当日通知客户。"),
    ("partly", "施工后清扫不及时属实；言语冲突查无录音，双方说法不一。"),
)
BILLS: Final = ("2026-10", "2026-09", "2026-10 阶梯部分")
PEOPLE: Final = ("1008", "1502", "4001", "9001")
DIGESTS: Final = 3
PASSED: Final = ("service_complaint", "works_complaint")
QUERIED: Final = "bill_query"


@dataclass(frozen=True, slots=True)
class _Cast:
    """Who acts: the supervisor, the complaint officer, the executive, the administrator."""

    supervisor: Actor
    officer: Actor
    leader: Actor
    administrator: Actor


def build(world: World) -> None:
    """All of it; nothing in a world without the demo's own people."""
    if len(ids_by_number(PEOPLE)) < len(PEOPLE):
        return
    day = world.now.date()
    cast = _Cast(*(actor_by_number(number, day=day) for number in PEOPLE))
    _name_desk(world, cast)
    _threaten(world, cast)
    _go_past(world, cast)
    _dispute(world, cast)
    _hurry(world)
    _read(world, cast)


def _name_desk(world: World, cast: _Cast) -> None:
    teams = teams_for(duty="complaints")
    set_desk(
        actor=cast.administrator,
        now=world.now,
        organisation_id=company_id(),
        pack="",
        manager_id=cast.supervisor.person_id,
        deputy_id=cast.officer.person_id,
        neutral_team_id=teams[0].team_id if teams else None,
    )
    set_digest_reader(
        actor=cast.administrator,
        now=world.now,
        staff_id=cast.leader.person_id,
        organisation_id=company_id(),
        hour=8,
        count=5,
    )


def _complaints(*keys: str) -> QuerySet[Case]:
    found = Case.objects.open().filter(case_type__group="complaint", is_paused=False)
    return (found.filter(case_type__key__in=keys) if keys else found).order_by("-opened_at", "id")


def _threaten(world: World, cast: _Cast) -> None:
    """Customers threaten when they ask again; some alarms are acknowledged, one was wrong."""
    chosen = list(_complaints().values_list("id", flat=True)[: 2 * len(THREATS)])
    for place, case_id in enumerate(chosen):
        at = world.now - timedelta(minutes=95 - 7 * place)
        words = HARMLESS if place == len(THREATS) else THREATS[place % len(THREATS)]
        case = chase(case_id=case_id, words=words, actor=cast.officer, now=at)
        later = at + timedelta(minutes=6)
        alarm = case.alarms.filter(ended_at__isnull=True).exists()
        if place == len(THREATS):
            for sign in case.risks.filter(rule_key="media"):
                refuse_risk(
                    case_id=case_id,
                    risk_id=sign.pk,
                    reason="用词并无此意",
                    actor=cast.supervisor,
                    now=later,
                )
        elif alarm and place % 2:
            acknowledge_risk(case_id=case_id, words=ACKNOWLEDGED, actor=cast.supervisor, now=later)


def _go_past(world: World, cast: _Cast) -> None:
    """Complaints about crews go past them; of archived ones the outlet reads the finding."""
    crews = [team.team_id for team in teams_for(duty="network")]
    kinds = tuple(f"{world.pack}.{key}" for key in PASSED)
    if not crews:
        return
    still_open = _complaints(*kinds).filter(risk="")[: len(FINDINGS)]
    archived = Case.objects.filter(
        case_type__key__in=kinds, closed_at__lt=world.now - timedelta(days=3)
    ).order_by("-closed_at")[: len(FINDINGS)]
    for place, case_id in enumerate([c.pk for c in (*still_open, *archived)]):
        case = lock_case(case_id)
        try:
            move_past(
                case,
                unit_id=crews[place % len(crews)],
                staff_id=None,
                actor=cast.officer,
                now=world.now - timedelta(hours=2),
            )
        except NobodyNeutral:
            continue
        if case.closed_at is not None:
            verdict, text = FINDINGS[place % len(FINDINGS)]
            finding = write_finding(
                case_id=case_id,
                verdict=verdict,
                text=text,
                actor=actor_again(actor=cast.officer, now=world.now),
                now=world.now,
            )
            OutletFinding.objects.filter(pk=finding.pk).update(given_at=case.closed_at)


def _dispute(world: World, cast: _Cast) -> None:
    """Who queries a bill disputes it now and then."""
    queries = Case.objects.open().filter(
        case_type__key=f"{world.pack}.{QUERIED}", account__isnull=False
    )
    ids = list(queries.order_by("-opened_at", "id").values_list("id", flat=True)[:8])
    for place, case_id in enumerate(ids):
        open_dispute(
            case_id=case_id,
            bill=BILLS[place % len(BILLS)],
            amount=None if place % 3 == 0 else 4_860 + 1_137 * place,
            actor=cast.officer,
            now=world.now - timedelta(hours=3 + place),
        )


def _hurry(world: World) -> None:
    """Open cases of protected customers, where a rule holds."""
    ids = (
        Case.objects.open()
        .exclude(customer__flags=[])
        .filter(customer__isnull=False, case_type__group__in=("fault", "complaint"))
        .order_by("-opened_at", "id")
        .values_list("customer_id", flat=True)[:12]
    )
    for customer_id in dict.fromkeys(filter(None, ids)):
        weigh_green_of(customer_id=customer_id, now=world.now - timedelta(minutes=30))


def _read(world: World, cast: _Cast) -> None:
    """The executive's last mornings: read, decided on, one order carried out."""
    cast = replace(cast, leader=actor_again(actor=cast.leader, now=world.now))
    reader = DigestReader.objects.get(staff_id=cast.leader.person_id)
    days = [world.now.date() - timedelta(days=back) for back in range(10)]
    working = [day for day in days if day.weekday() < 5][:DIGESTS]
    for place, day in enumerate(reversed(working)):
        at = world.now - timedelta(days=(world.now.date() - day).days, minutes=50)
        digest = draw_for(reader, day=day, seed=world.seed + place, now=at)
        if place == len(working) - 1:
            break  # today's waits to be read
        read_digest(digest_id=digest.pk, actor=cast.leader, now=at + timedelta(minutes=20))
        _decide(world, cast, list(digest.items.order_by("place")))


def _decide(world: World, cast: _Cast, items: Sequence[DigestItem]) -> None:
    said = (
        ("order", "请客服中心牵头，三日内上门当面答复，并报结果。"),
        ("agree", ""),
        ("ask", "为什么两次改约都没有告知客户？"),
    )
    due = world.now.date() + timedelta(days=2)
    for item, (decision, words) in zip(items, said, strict=False):
        decide(
            item_id=item.pk,
            decision=decision,
            words=words,
            owner_id=None if decision == "agree" else cast.officer.person_id,
            due_date=None if decision == "agree" else due,
            actor=cast.leader,
            now=world.now - timedelta(minutes=25),
        )
        if decision == "ask":
            finish_order(
                item_id=item.pk,
                words="班组交接时漏记，已补登记并致歉。",
                actor=actor_again(actor=cast.officer, now=world.now),
                now=world.now - timedelta(minutes=5),
            )
