"""The demo company: a city's water supply group with branches, teams and some sixty people."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from qiao.core.demo import Finding, World
from qiao.staff.demo_cast import CAST, LEFT, MANAGERS, SUPPORT
from qiao.staff.demo_skills import give_skills, unserved
from qiao.staff.models import Organisation, Role, Staff
from qiao.staff.operations import (
    add_organisation,
    assign_role,
    define_region,
    hire,
    install_roles,
    install_skills,
    join_team,
)

LANGUAGES = ["zh-hans", "zh-hant", "en"]
COMPANY = "临江市水务集团"
JOINED = date(2019, 3, 1)


@dataclass(frozen=True, slots=True)
class District:
    """A district of the city: the code of its branch, its region code, and its name."""

    code: str
    region: str
    name: str
    english: str
    hant: str


DISTRICTS = (
    District("LJ-BH", "339102", "滨湖区", "Binhu", "濱湖"),
    District("LJ-LC", "339101", "老城区", "Old Town", "老城"),
    District("LJ-JB", "339104", "江北区", "Jiangbei", "江北"),
    District("LJ-GX", "339105", "高新区", "High-tech", "高新"),
    District("LJ-LG", "339106", "临港区", "Lingang", "臨港"),
)

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董"
    "袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰涛明超秀霞平刚桂英华玉兰飞凯欣怡子涵雨泽宇轩梓浩然"
    "思琪佳慧晨曦文博志远建国海燕晓东春梅俊峰雪莹家豪"
)


def build_company(world: World) -> None:
    """Create tree, roles, skills and people. As many people, whatever the number of customers."""
    install_roles()
    install_skills()
    rng = world.random("staff")
    units = _build_tree()
    roles = {role.key: role for role in Role.objects.all()}
    for number, (name, title, role, unit) in CAST.items():
        _hire(rng, number, name, title, roles[role], units, unit)
    for number, title, role, unit in _others():
        _hire(rng, number, _name(rng), title, roles[role], units, unit)
    for number, (name, title) in MANAGERS.items():
        _hire(rng, number, name, title, roles["customer_manager"], units, "centre")
    for number, (name, title) in SUPPORT.items():
        _hire(rng, number, name, title, roles["support"], units, "systems")
    give_skills(world)
    Staff.objects.filter(number=LEFT).update(is_active=False)


def _build_tree() -> dict[str, Organisation]:
    company = add_organisation(
        kind="company",
        code="LJ",
        name=COMPANY,
        names={"en": "Linjiang Water Group", "zh-Hant": "臨江市水務集團"},
        languages=LANGUAGES,
        region="LJ",
        packs=["water", "nyc311"],
        phone="96390",
    )
    units = {"head": company}
    centre = add_organisation(
        kind="department",
        code="LJ-CS",
        name="客户服务中心",
        parent=company,
        names={"en": "Customer Service Centre", "zh-Hant": "客戶服務中心"},
    )
    units["centre"] = centre
    everywhere = [district.region for district in DISTRICTS]
    for code, name, names, duties in (
        ("call-1", "话务一组", ("Call team 1", "話務一組"), ["enquiry", "intake"]),
        ("call-2", "话务二组", ("Call team 2", "話務二組"), ["enquiry", "intake"]),
        ("complaints", "投诉处理组", ("Complaints team", "投訴處理組"), ["complaints"]),
        ("dispatch", "生产调度组", ("Dispatch team", "生產調度組"), ["dispatch", "supply"]),
        ("quality", "水质检测班", ("Water quality team", "水質檢測班"), ["quality"]),
        ("inspection", "用水稽查班", ("Inspection team", "用水稽查班"), ["inspection"]),
        ("intake", "市民诉求受理组", ("Public requests team", "市民訴求受理組"), ["public"]),
        ("systems", "系统支持组", ("Systems team", "系統支援組"), ["systems"]),
    ):
        units[code] = _team(centre, code, name, names, duties, everywhere)
    for district in DISTRICTS:
        _build_branch(units, company, district)
    return units


def _build_branch(
    units: dict[str, Organisation], company: Organisation, district: District
) -> None:
    short = district.name.removesuffix("区")
    english, hant = district.english, district.hant
    region_names = {"en": english, "zh-Hant": f"{hant}區"}
    define_region(code=district.region, name=district.name, names=region_names)
    branch = add_organisation(
        kind="branch",
        code=district.code,
        name=f"{short}供水所",
        parent=company,
        region=district.region,
        areas=[district.region],
        names={"en": f"{english} Branch", "zh-Hant": f"{hant}供水所"},
    )
    units[district.code] = branch
    for suffix, name, names, duties in (
        (
            "crew",
            f"{short}抢修班",
            (f"{english} repair crew", f"{hant}搶修班"),
            ["network"],
        ),
        (
            "office",
            f"{short}营业班",
            (f"{english} office", f"{hant}營業班"),
            ["business", "connection"],
        ),
        (
            "meter",
            f"{short}表务班",
            (f"{english} meter team", f"{hant}錶務班"),
            ["metering"],
        ),
    ):
        code = f"{district.code}-{suffix}"
        units[code] = _team(branch, code, name, names, duties, [district.region])


def _team(
    parent: Organisation,
    code: str,
    name: str,
    names: tuple[str, str],
    duties: list[str],
    areas: list[str],
) -> Organisation:
    return add_organisation(
        kind="team",
        code=code,
        name=name,
        parent=parent,
        skills=duties,
        areas=areas,
        names={"en": names[0], "zh-Hant": names[1]},
    )


def _others() -> Iterator[tuple[str, str, str, str]]:
    """Number, title, role and unit of the people beside the cast and the customer managers."""
    for i in range(9):
        yield f"104{i}", "坐席", "agent", "call-1"
    for i in range(10):
        yield f"106{i}", "坐席", "agent", "call-2"
    for i in range(4):
        yield f"108{i}", "夜班坐席", "agent", "call-2"
    yield "1009", "值班长", "supervisor", "call-2"
    for i in range(2):
        yield f"151{i}", "投诉专员", "complaint_officer", "complaints"
    yield "2002", "调度员", "dispatcher", "dispatch"
    yield "2003", "调度员", "dispatcher", "dispatch"
    yield "1701", "受理员", "agent", "intake"
    yield "3801", "稽查员", "technician", "inspection"
    yield "3901", "水质检测员", "technician", "quality"
    yield "3902", "水质检测员", "technician", "quality"
    for index, district in enumerate(DISTRICTS, start=1):
        yield f"3{index}02", "维修工", "technician", f"{district.code}-crew"
        if index > 1:
            yield f"3{index}01", "抢修班长", "technician", f"{district.code}-crew"
            yield f"6{index}01", "营业员", "clerk", f"{district.code}-office"
        yield f"7{index}01", "表务员", "technician", f"{district.code}-meter"


def _name(rng: Random) -> str:
    return rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, rng.choice((1, 2, 2, 2))))


WHOLE_COMPANY = {
    "agent",
    "supervisor",
    "dispatcher",
    "complaint_officer",
    "leader",
    "analyst",
    "support",
}


def _hire(
    rng: Random,
    number: str,
    name: str,
    title: str,
    role: Role,
    units: dict[str, Organisation],
    unit: str,
) -> Staff:
    home = units[unit]
    person = hire(
        organisation=home,
        number=number,
        name=name,
        title=title,
        duties=home.name,
        phone=f"139{rng.randrange(10**8):08d}",
        joined_date=JOINED,
    )
    company = units["head"]
    branch = home.parent if home.kind == "team" and home.parent else company
    wide = (
        role.key in WHOLE_COMPANY
        or role.key == "administrator"
        or unit in {"quality", "inspection"}
    )
    held = company if wide else branch
    assign_role(staff=person, role=role, organisation=held, valid_from=JOINED)
    if home.kind == "team":
        lead = role.key == "supervisor" or number.endswith("01")
        join_team(staff=person, team=home, is_lead=lead)
    return person


STAFF = 65


def audit() -> Sequence[Finding]:
    """All people, all of them in a unit and with a role today; no queue that nobody serves."""
    people = Staff.objects.filter(is_active=True)
    able = people.filter(assignments__isnull=False).distinct().count()
    found = people.count()
    without = unserved()
    return [
        Finding("staff", str(found), str(STAFF), ok=found == STAFF),
        Finding("staff with a role", str(able), str(found), ok=able == found),
        Finding("queues nobody serves", ", ".join(without) or "none", "none", ok=not without),
    ]
