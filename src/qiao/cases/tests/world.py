"""A small world for the tests of cases: a pack with three types, a company, customers, cases."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from qiao.cases.models import Case
from qiao.cases.operations import OpenRequest, install_packs, open_case
from qiao.cases.showing.names import forget_steps
from qiao.core.actor import Actor
from qiao.core.packs import enabled
from qiao.core.packs.model import (
    CalendarSpec,
    CaseType,
    Channel,
    Choice,
    Field,
    Named,
    Pack,
    ProcessSource,
    PromiseSpec,
)
from qiao.core.rules.conditions import parse_condition
from qiao.core.rules.texts import Text
from qiao.staff.tests.cast import Company

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # Friday 10:00 in Shanghai
HOUR = 3600


def _text(en: str, hans: str, hant: str = "") -> Text:
    return Text(en, hans, hant or hans)


def _named(key: str, en: str, hans: str) -> dict[str, Any]:
    return {"key": key, "name": {"en": en, "zh-Hans": hans, "zh-Hant": hans}}


SERVICE: dict[str, Any] = {
    "version": 1,
    **_named("service", "Service", "服务"),
    "start": "accept",
    "fields": [
        {
            "key": "cause",
            "label": {"en": "Cause", "zh-Hans": "原因", "zh-Hant": "原因"},
            "kind": "choice",
            "choices": [
                {"key": "pipe", "en": "Pipe", "zh-Hans": "管道", "zh-Hant": "管道"},
                {"key": "loose", "en": "Loose", "zh-Hans": "松动", "zh-Hant": "鬆動"},
            ],
        }
    ],
    "step": [
        {
            **_named("accept", "Intake", "受理"),
            "phase": "intake",
            "action": [
                {**_named("hand_over", "Hand over", "派单"), "to": "repair"},
                {
                    **_named("refuse", "Not ours", "不予受理"),
                    "to": "archived",
                    "kind": "branch",
                    "reason_required": True,
                    "role": "judge",
                },
            ],
        },
        {
            **_named("repair", "Repair", "处理"),
            "phase": "work",
            "required": ["cause"],
            "time_limit": "24h",
            "calendar": "always",
            "tells": "case_visit",
            "action": [
                {**_named("done", "Done", "完工"), "to": "call_back"},
                {
                    **_named("back", "Send back", "退回"),
                    "to": "accept",
                    "kind": "return",
                    "reason_required": True,
                },
            ],
        },
        {
            **_named("call_back", "Call back", "回访"),
            "phase": "confirm",
            "action": [{**_named("satisfied", "Archive", "归档"), "to": "archived"}],
        },
        {
            **_named("archived", "Archived", "归档"),
            "phase": "closed",
            "final": True,
            "action": [
                {
                    **_named("reopen", "Reopen", "重开"),
                    "to": "repair",
                    "kind": "return",
                    "reason_required": True,
                }
            ],
        },
    ],
}
COMPANY_RULE = _text("Company rule", "企业内部规定")
PROMISES = (
    PromiseSpec(
        key="respond",
        name=_text("First response", "首次响应"),
        starts_on=("opened",),
        stops_on=("first_response", "closed"),
        targets={"urgent": HOUR // 2, "*": 2 * HOUR},
        calendar="always",
        source=COMPANY_RULE,
    ),
    PromiseSpec(
        key="answer",
        name=_text("Answer", "答复"),
        starts_on=("opened",),
        stops_on=("answered", "closed"),
        targets={"*": 48 * HOUR},
        calendar="office",
        source=COMPANY_RULE,
    ),
)
LEAK = CaseType(
    key="leak",
    group="fault",
    alike="supply",
    name=_text("Leak", "漏水报修", "漏水報修"),
    customer_name=_text("Leak", "漏水"),
    process="service",
    default_priority="normal",
    promises=PROMISES,
    duty="repair",
    words=("渗水",),
    fields=(
        Field(
            "spot",
            _text("Where", "漏水部位"),
            "choice",
            choices=(
                Choice("meter", _text("Meter", "表箱")),
                Choice("road", _text("Road", "路面")),
            ),
            required=True,
        ),
        Field(
            "flow",
            _text("Flow", "水量"),
            "number",
            show_when=parse_condition({"field": "spot", "op": "eq", "value": "road"}),
            unit="m³/h",
        ),
        Field("remark", _text("Remark", "补充"), "long"),
    ),
)
BILL = CaseType(
    key="bill",
    group="enquiry",
    name=_text("Bill", "账单咨询", "帳單諮詢"),
    customer_name=_text("Bill", "账单"),
    process="service",
    default_priority="low",
    promises=PROMISES,
)
BURST = CaseType(
    key="burst",
    group="fault",
    alike="supply",
    name=_text("Burst main", "爆管", "爆管"),
    customer_name=_text("Burst main", "爆管"),
    process="service",
    default_priority="urgent",
    promises=PROMISES,
    duty="repair",
    emergency=True,
    safety=(_text("Keep away from the hole.", "请远离塌陷处。", "請遠離塌陷處。"),),
)
PACK = Pack(
    key="water",
    version=1,
    name=_text("Water", "供水"),
    case_types=(LEAK, BILL, BURST),
    processes=(ProcessSource("service", "processes.toml", "process[service]", SERVICE),),
    calendars=(
        CalendarSpec("always", _text("Always", "全天"), "Asia/Shanghai", {}, round_the_clock=True),
        CalendarSpec(
            "office",
            _text("Office", "工作日"),
            "Asia/Shanghai",
            dict.fromkeys(
                ("mon", "tue", "wed", "thu", "fri"), (("08:30", "12:00"), ("13:30", "17:30"))
            ),
        ),
    ),
    roles=(Named("judge", _text("Judge", "审核员")),),
    duties=(Named("repair", _text("Repair", "维修")),),
    channels=(
        Channel("call", _text("Phone", "电话", "電話"), "phone", "phone"),
        Channel("desk", _text("Counter", "柜台", "櫃檯"), "counter", "building-store"),
    ),
)


@contextmanager
def pack_in_memory(monkeypatch: Any) -> Iterator[None]:
    """The test pack in place of the installed ones; its rows are there already."""
    monkeypatch.setattr(settings, "QIAO_PACKS", ["water"])
    monkeypatch.setattr(enabled, "available_packs", lambda folder: {"water": folder})
    monkeypatch.setattr(enabled, "load_pack", lambda _path: PACK)
    _forget()
    yield
    _forget()


@contextmanager
def pack_installed(monkeypatch: Any) -> Iterator[None]:
    """The test pack in place of the installed ones, its rows written."""
    with pack_in_memory(monkeypatch):
        install_packs(catalogue=enabled.catalogue(), now=NOW - timedelta(days=800))
        yield


def _forget() -> None:
    """Drop what a process of the server remembers of packs."""
    enabled.catalogue.cache_clear()
    forget_steps()


def a_case(company: Company, actor: Actor | None = None, **changes: Any) -> Case:
    """Open a case as the agent does: a leak in the lake branch, unless said otherwise."""
    who = actor or company.agent
    at = changes.pop("now", NOW)
    organisation = changes.pop("organisation", company.lake)
    request = {
        "type_key": "water.leak",
        "organisation_id": organisation.pk,
        "title": "翠湖花园 6-1203 漏水",
        "channel": "call",
        "area": "339102",
        "facts": {"spot": "meter"},
        **changes,
    }
    if request["type_key"] != "water.leak" and "facts" not in changes:
        request["facts"] = {}
    return open_case(request=OpenRequest(**request), actor=who, now=at)
