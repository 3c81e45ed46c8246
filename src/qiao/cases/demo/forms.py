"""A form that the house has made its own, and another change of one under way."""

import copy
from datetime import timedelta
from typing import Any, Final

from django.db import transaction

from qiao.cases.demo.designs import DESIGNER, SECOND
from qiao.cases.models import ProcessDraft
from qiao.cases.operations import designing
from qiao.cases.rules.case_forms import form_key
from qiao.core.approvals import decide
from qiao.core.demo import World
from qiao.staff.queries import actor_by_number, companies

REASON: Final = "上周两起漏水旁有燃气立管，受理时未问，抢修到场才发现"
PUBLISHED: Final = "small_leak"
UNDER_WAY: Final = "no_water"
GAS: Final[dict[str, Any]] = {
    "key": "gas_smell",
    "label": {"en": "Smell of gas?", "zh-Hans": "是否闻到燃气味", "zh-Hant": "有否聞到煤氣味"},
    "hint": {
        "en": "If so: no flames, no switches, open the windows, leave; the gas company is told",
        "zh-Hans": "如有：勿动明火和开关，开窗并撤离，同步通知燃气公司",
        "zh-Hant": "如有：切勿用火或按動開關，開窗並離開，同時通知煤氣公司",
    },
    "kind": "bool",
    "listed": True,
}
GAS_RULE: Final[dict[str, Any]] = {
    "key": "gas_smell",
    "name": {"en": "Smell of gas", "zh-Hans": "现场有燃气味", "zh-Hant": "現場有煤氣味"},
    "priority": "urgent",
    "when": {"field": "gas_smell", "op": "eq", "value": True},
}
BOTTLES: Final[dict[str, Any]] = {
    "key": "people",
    "label": {"en": "People at home", "zh-Hans": "家中人数", "zh-Hant": "家中人數"},
    "kind": "number",
    "least": 1,
    "most": 30,
    "decimals": 0,
    "show_when": {"field": "need_water", "op": "eq", "value": True},
}


def build(world: World) -> None:
    """Publish a question of safety for leaks, and begin a draft with one more on missing water."""
    if not companies():
        return
    then = world.now - timedelta(days=6)
    designer = actor_by_number(DESIGNER, day=then.date())
    second = actor_by_number(SECOND, day=then.date())
    leak = designing.current_version(form_key(f"{world.pack}.{PUBLISHED}"), then)
    other = designing.current_version(form_key(f"{world.pack}.{UNDER_WAY}"), world.now)
    if leak is None or other is None:
        return
    with transaction.atomic():
        draft = designing.begin_draft(version_id=leak.pk, actor=designer, now=then)
        _keep(draft, _with(draft.definition, GAS, first=True) | {"rules": _rules(leak.definition)})
        asked = designing.ask_to_publish(
            draft_id=draft.pk, reason=REASON, from_when=None, actor=designer, now=then
        )
        agreed = decide(approval_id=asked.pk, approve=True, note="同意", actor=second, now=then)
        designing.publish_agreed(approval=agreed, actor=second, now=then)
        later = world.now - timedelta(hours=5)
        begun = designing.begin_draft(version_id=other.pk, actor=designer, now=later)
        _keep(begun, _with(begun.definition, BOTTLES))


def _rules(data: dict[str, Any]) -> list[dict[str, Any]]:
    return [GAS_RULE, *data.get("rules", [])]


def _with(data: dict[str, Any], field: dict[str, Any], *, first: bool = False) -> dict[str, Any]:
    """The text with one more question."""
    result = copy.deepcopy(data)
    result["fields"].insert(0 if first else len(result["fields"]), field)
    return result


def _keep(draft: ProcessDraft, data: dict[str, Any]) -> None:
    draft.definition, draft.revision = data, draft.revision + 1
    draft.save(update_fields=["definition", "revision"])
