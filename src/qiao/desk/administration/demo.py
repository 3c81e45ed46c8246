"""The demo's care of data: a planned parameter, one that waits, and corrections of three fates."""

from datetime import date, timedelta

from qiao.core import corrections, parameters
from qiao.core.actor import Actor
from qiao.core.approvals import decide
from qiao.core.demo import World
from qiao.core.manifest import Record
from qiao.core.transactions import acting
from qiao.customers.queries import list_customers
from qiao.staff.queries import actor_by_number, company_id

CLERK, SECOND, KEEPER = "6101", "1008", "9001"
ACCOUNT = "customers.account"


def build(world: World) -> None:
    """Let the cast do what an administrator's month brings."""
    day = world.now.date()
    clerk, second, keeper = (actor_by_number(who, day=day) for who in (CLERK, SECOND, KEEPER))
    _parameters(keeper, world)
    lines = list_customers(actor=clerk, limit=60).lines
    numbers = [line.account_number for line in lines if line.account_number]
    if len(numbers) < 3:
        return
    record = _record(clerk, numbers[0])
    opened = date.fromisoformat(record.values["opened_date"]) - timedelta(days=30)
    agreed = {"opened_date": opened.isoformat()}
    _ask(clerk, numbers[0], agreed, "开户日期按纸质合同更正", "供用水合同原件", world)
    _settle(second, agree=True, note="已核对合同原件", world=world)
    use = "public" if _record(clerk, numbers[1]).values["use"] != "public" else "household"
    _ask(clerk, numbers[1], {"use": use}, "客户来电称用途登记有误", "电话", world)
    _settle(second, agree=False, note="现场核实，用途登记无误", world=world)
    number = numbers[2]
    swapped = {"number": f"{number[:-2]}{number[-1]}{number[-2]}7"}
    _ask(clerk, number, swapped, "户号末位录入错误", "旧系统卡片", world)


def _parameters(keeper: Actor, world: World) -> None:
    day = world.now.date()
    first = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    for key, value, source in (
        ("feedback.attempt_gap_minutes", 45, "客户服务例会纪要 2026-11"),
        ("feedback.attempts_needed", 4, "供水服务规范修订稿，第 12 条"),
    ):
        change = parameters.Change(key, value, first, source)
        with acting(keeper):
            parameters.change_parameter(
                change=change, company_id=company_id(), actor=keeper, now=world.now
            )


def _record(actor: Actor, number: str) -> Record:
    kind = corrections.correction(ACCOUNT)
    return corrections.find_record(kind=kind, number=number, actor=actor)


def _ask(
    actor: Actor, number: str, values: dict[str, str], reason: str, evidence: str, world: World
) -> None:
    with acting(actor):
        corrections.request_correction(
            kind=corrections.correction(ACCOUNT),
            record=_record(actor, number),
            values=values,
            reason=reason,
            evidence=evidence,
            actor=actor,
            now=world.now,
        )


def _settle(actor: Actor, *, agree: bool, note: str, world: World) -> None:
    """The second person's word on what was asked last."""
    latest = corrections.waiting(organisation_ids=actor.organisations("core.approve"))[-1]
    with acting(actor):
        decided = decide(
            approval_id=latest.pk, approve=agree, note=note, actor=actor, now=world.now
        )
        if agree:
            corrections.carry_out(approval=decided, actor=actor, now=world.now)
