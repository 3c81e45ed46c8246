"""The demo company: a city's utilities with branches, teams and some sixty people, more where
packs beside water are enabled."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from qiao.core.demo import Finding, World
from qiao.core.packs.enabled import catalogue
from qiao.staff.demo_cast import CAST, COUNTER, COUNTER_UNIT, LEFT, MANAGERS, READERS, SUPPORT
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
COMPANY = "临江市公用事业集团"
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

# Crews of the trades beside water, in each branch, where their packs are enabled: names, duties,
# and by which digit and title their people are known.
TRADES = {
    "power": ("供电抢修班", "power crew", "供電搶修班", ["grid"], "8", "电力抢修"),
    "gas": (
        "燃气抢险班", "gas crew", "燃氣搶險班",
        ["gas_rescue", "gas_service", "gas_inspection"], "2", "燃气抢险",
    ),
}  # fmt: skip
HOUSE_DUTIES = ("enquiry", "intake", "dispatch", "supply")  # no pack names them

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
    for number, title, role, unit in (*_others(), *_of_trades()):
        _hire(rng, number, _name(rng), title, roles[role], units, unit)
    for number, (name, title) in MANAGERS.items():
        _hire(rng, number, name, title, roles["customer_manager"], units, "centre")
    for number, (name, title) in SUPPORT.items():
        _hire(rng, number, name, title, roles["support"], units, "systems")
    for number, (name, title, role) in COUNTER.items():
        _hire(rng, number, name, title, roles[role], units, COUNTER_UNIT)
    for number, (known, unit) in _readers():
        name = known or _name(rng)
        _hire(rng, number, name, "抄表员", roles["meter_reader"], units, unit)
    give_skills(world)
    Staff.objects.filter(number=LEFT).update(is_active=False)


def _build_tree() -> dict[str, Organisation]:
    company = add_organisation(
        kind="company",
        code="LJ",
        name=COMPANY,
        names={"en": "Linjiang Utilities", "zh-Hant": "臨江市公用事業集團"},
        languages=LANGUAGES,
        region="LJ",
        packs=list(catalogue().packs),
        phone="96390",
        address="临江市滨江大道 88 号",
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
        (
            "inspection",
            "用量稽查班",
            ("Inspection team", "用量稽查班"),
            ["inspection", "power_inspection"],
        ),
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
        name=f"{short}营业所",
        parent=company,
        region=district.region,
        areas=[district.region],
        names={"en": f"{english} Branch", "zh-Hant": f"{hant}營業所"},
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
            ["business", "connection", "power_connection", "gas_connection"],
        ),
        (
            "meter",
            f"{short}表务班",
            (f"{english} meter team", f"{hant}錶務班"),
            ["metering"],
        ),
        *(
            (suffix, f"{short}{team[0]}", (f"{english} {team[1]}", f"{hant}{team[2]}"), team[3])
            for suffix, team in TRADES.items()
            if suffix in catalogue().packs
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
    known = catalogue().duties
    shared = [duty for duty in duties if duty in known or duty in HOUSE_DUTIES]
    return add_organisation(
        kind="team",
        code=code,
        name=name,
        parent=parent,
        skills=shared,
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


def _readers() -> Iterator[tuple[str, tuple[str, str]]]:
    """Number, name (empty: any) and unit of those who read meters."""
    for number, (name, branch) in READERS.items():
        yield number, (name, f"{branch}-meter")
    for index, district in enumerate(DISTRICTS[1:], start=2):
        for place in (1, 2):
            yield f"73{index}{place}", ("", f"{district.code}-meter")


def _of_trades() -> Iterator[tuple[str, str, str, str]]:
    """The same of the crews of further trades."""
    for suffix, (_name, _english, _hant, _duties, kind, title) in TRADES.items():
        if suffix not in catalogue().packs:
            continue
        for index, district in enumerate(DISTRICTS, start=1):
            yield f"{kind}{index}01", f"{title}班长", "technician", f"{district.code}-{suffix}"
            yield f"{kind}{index}02", f"{title}工", "technician", f"{district.code}-{suffix}"


def _name(rng: Random) -> str:
    return rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, rng.choice((1, 2, 2, 2))))


WHOLE_COMPANY = {
    "agent",
    "supervisor",
    "dispatcher",
    "complaint_officer",
    "leader",
    "analyst",
    "billing_clerk",
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


STAFF = 79
A_TRADE = 2 * len(DISTRICTS)  # people who come with each further trade


def audit() -> Sequence[Finding]:
    """All people, all of them in a unit and with a role today; no queue that nobody serves."""
    people = Staff.objects.filter(is_active=True)
    able = people.filter(assignments__isnull=False).distinct().count()
    found = people.count()
    without = unserved()
    expected = STAFF + A_TRADE * sum(pack in catalogue().packs for pack in TRADES)
    return [
        Finding("staff", str(found), str(expected), ok=found == expected),
        Finding("staff with a role", str(able), str(found), ok=able == found),
        Finding("queues nobody serves", ", ".join(without) or "none", "none", ok=not without),
    ]
