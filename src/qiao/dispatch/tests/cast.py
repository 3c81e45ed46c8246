"""The people and the case of the tests of work orders: the water pack, a crew, a leak."""

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from PIL import Image

from qiao.cases.models import Case
from qiao.cases.operations import OpenRequest, open_case, take_action
from qiao.core.actor import Actor
from qiao.core.attachments import Accepted, check_upload
from qiao.core.registry import registry
from qiao.core.tests.deliveries import run_deliveries
from qiao.dispatch.models import WorkOrder
from qiao.dispatch.operations import Filling
from qiao.dispatch.rules.sheets import sheet_from_data
from qiao.staff.models import Organisation, Staff
from qiao.staff.operations import (
    add_organisation,
    assign_role,
    define_role,
    hire,
    join_team,
)
from qiao.staff.queries import actor_for

NOW = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)  # a Friday, 9:30 in Shanghai
DAY = date(2026, 11, 20)
SINCE = date(2020, 1, 1)


@dataclass(frozen=True, slots=True)
class Crew:
    """A branch with a crew, its people, and an outsider of the branch next door."""

    company: Organisation
    lake: Organisation
    river: Organisation
    team: Organisation
    other_team: Organisation
    agent: Actor
    dispatcher: Actor
    technician: Actor
    mate: Actor
    outsider: Actor


def make_crew() -> Crew:
    """Build it. Needs a transaction."""
    company = add_organisation(kind="company", code="city", name="临江水务", packs=["water"])
    lake = add_organisation(kind="branch", code="lake", name="滨湖", parent=company, region="A1")
    river = add_organisation(kind="branch", code="river", name="江北", parent=company)
    team, other_team = (
        add_organisation(
            kind="team",
            code=f"{branch.code}-crew",
            name=f"{branch.name}抢修班",
            parent=branch,
            areas=[area],
            skills=["network", "quality", "metering"],
        )
        for branch, area in ((lake, "A1"), (river, "B2"))
    )
    desk = add_organisation(kind="team", code="desk", name="话务组", parent=lake)
    return Crew(
        company=company,
        lake=lake,
        river=river,
        team=team,
        other_team=other_team,
        agent=a_person("1027", "林晓岚", "agent", lake, desk),
        dispatcher=a_person("2001", "周启明", "dispatcher", lake, desk),
        technician=a_person("3101", "王建军", "technician", lake, team),
        mate=a_person("3102", "李志远", "technician", lake, team),
        outsider=a_person("4001", "何远", "dispatcher", river, other_team),
    )


def a_person(number: str, name: str, role: str, branch: Organisation, team: Organisation) -> Actor:
    """Hire somebody with a role of the product in `branch`, put him into `team`."""
    permissions: dict[str, list[str]] = {
        "agent": [p for p in registry.permissions() if not p.startswith("jobs.")] + ["jobs.view"],
        "dispatcher": list(registry.permissions()),
        "technician": [
            "jobs.view",
            "jobs.work",
            "cases.note",
            "customers.view",
            "customers.contact",
        ],
    }
    held = define_role(key=role, names={}, permissions=permissions[role], home="dispatch:today")
    staff: Staff = hire(organisation=team, number=number, name=name, title=role)
    assign_role(staff=staff, role=held, organisation=branch, valid_from=SINCE)
    join_team(staff=staff, team=team)
    return actor_for(staff, day=DAY)


def a_leak(crew: Crew, **changes: Any) -> Case:
    """A small leak in the lake branch, in its first step."""
    request = {
        "type_key": "water.small_leak",
        "organisation_id": crew.lake.pk,
        "title": "楼道水表前漏水",
        "channel": "phone",
        "area": "A1",
        "place": "翠湖花园 6 幢 1203",
        "caller_name": "陈慧敏",
        "caller_phone": "+8613805712264",
        "facts": {"leak_at": "before_meter", "paid_service": "no"},
        **changes,
    }
    return open_case(request=OpenRequest(**request), actor=crew.agent, now=NOW)


def a_work_order(crew: Crew, **changes: Any) -> WorkOrder:
    """The work order of a leak whose case was handed to the crew."""
    case = a_leak(crew, **changes)
    take_action(case_id=case.pk, action="hand_over", given={}, actor=crew.agent, now=NOW)
    take_action(case_id=case.pk, action="send_crew", given={}, actor=crew.dispatcher, now=NOW)
    run_deliveries()
    return WorkOrder.objects.select_related("case").get(case=case, finished_at__isnull=True)


def a_picture(colour: str = "navy") -> Accepted:
    """A small picture, checked as an upload is."""
    content = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(content, format="PNG")
    content.seek(0)
    return check_upload(content, file_name="p.png", allow=("image",))


def all_filled(order: WorkOrder, note: str = "更换表前阀，试水无渗漏") -> Filling:
    """Everything that the order's sheet asks for."""
    sheet = sheet_from_data(order.sheet)
    return Filling(
        checks={check.key: True for check in sheet.checks},
        readings={r.key: str(r.low if r.low is not None else r.high or 1) for r in sheet.readings},
        note=note,
        pictures=[(photo.key, a_picture()) for photo in sheet.photos],
        signature=a_picture("black"),
    )
