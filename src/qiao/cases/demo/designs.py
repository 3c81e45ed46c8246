"""A process that the house has made its own, and another change of it under way."""

import copy
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from qiao.cases.models import ProcessDraft, ProcessVersion
from qiao.cases.operations import designing
from qiao.core.approvals import decide
from qiao.core.demo import World
from qiao.staff.queries import actor_by_number, companies

REASON: Final = "市民反映现场处理后缺少说明，处理环节收紧时限"
DESIGNER: Final = "9001"
SECOND: Final = "4001"
SHORTER: Final = 0.75


def build(world: World) -> None:
    """Publish a shorter time limit for the process with most steps, then begin another draft."""
    chosen = _richest(world.now)
    if chosen is None or not companies():
        return
    then = world.now - timedelta(days=9)
    designer = actor_by_number(DESIGNER, day=then.date())
    second = actor_by_number(SECOND, day=then.date())
    with transaction.atomic():
        draft = designing.begin_draft(version_id=chosen.pk, actor=designer, now=then)
        _keep(draft, _shortened(draft.definition))
        asked = designing.ask_to_publish(
            draft_id=draft.pk, reason=REASON, from_when=None, actor=designer, now=then
        )
        agreed = decide(approval_id=asked.pk, approve=True, note="同意", actor=second, now=then)
        designing.publish_agreed(approval=agreed, actor=second, now=then)
        draft.refresh_from_db()
        assert draft.published_id is not None
        later = world.now - timedelta(hours=20)
        other = designing.begin_draft(version_id=draft.published_id, actor=designer, now=later)
        _keep(other, _stricter(other.definition))


def _richest(now: datetime) -> ProcessVersion | None:
    """The version in force with most steps that have a time limit."""
    keys = (
        ProcessVersion.objects.processes().order_by("key").values_list("key", flat=True).distinct()
    )
    held = [found for key in keys if (found := designing.current_version(key, now))]
    limits = [sum("time_limit" in s for s in each.definition["step"]) for each in held]
    ranked = sorted(zip(limits, held, strict=True), key=lambda pair: -pair[0])
    return ranked[0][1] if ranked and ranked[0][0] else None


def _keep(draft: ProcessDraft, data: dict[str, Any]) -> None:
    draft.definition, draft.revision = data, draft.revision + 1
    draft.save(update_fields=["definition", "revision"])


def _shortened(data: dict[str, Any]) -> dict[str, Any]:
    """The text with a quarter off the longest time limit."""
    result = copy.deepcopy(data)
    limited = [step for step in result["step"] if "time_limit" in step]
    step = max(limited, key=lambda each: int(each["time_limit"].rstrip("s")))
    seconds = int(step["time_limit"].rstrip("s")) * SHORTER
    step["time_limit"] = f"{int(seconds // 60 * 60)}s"
    return result


def _stricter(data: dict[str, Any]) -> dict[str, Any]:
    """The text where an optional field of a step, if there is one, must be given."""
    result = copy.deepcopy(data)
    for step in result["step"]:
        if step.get("optional"):
            step["required"] = [*step.get("required", []), step["optional"][0]]
            step["optional"] = step["optional"][1:]
            break
    return result
