"""Macros as they are offered for a case, and the list of those one may run."""

from typing import Any, Final

from qiao.cases import definitions
from qiao.cases.models import Case, Macro
from qiao.cases.queries.reading import NotVisible
from qiao.cases.rules.macros import Standing, is_offered
from qiao.core.actor import Actor
from qiao.core.rows import Reading

_BY_ID: Final = Reading(Macro, where="t.id = %(id)s")


def macro_facts(case: Case) -> dict[str, Any]:
    """What conditions of macros look at."""
    return {
        "type": case.case_type.key,
        "group": case.case_type.group,
        "phase": case.phase,
        "priority": case.priority,
    }


def standing_of(case: Case, actor: Actor) -> Standing:
    """The case as a plan sees it."""
    return Standing(
        priority=case.priority,
        team_id=case.team_id,
        assignee_id=case.assignee_id,
        staff_id=actor.staff_id,
        is_paused=case.is_paused,
        escalated=case.escalated,
    )


def macros_for(*, actor: Actor, case: Case) -> list[Macro]:
    """The macros that the actor may run on this case, in their order."""
    rows = Macro.objects.visible_to(actor).filter(is_active=True).select_related("kept")
    facts = macro_facts(case)
    return [
        macro for macro in rows.order_by("position", "pk") if is_offered(macro.condition, facts)
    ]


def macro_list(*, actor: Actor, retired: bool = False) -> list[Macro]:
    """All macros that the actor may run, or those that are offered no more."""
    rows = Macro.objects.visible_to(actor).filter(is_active=not retired)
    return list(rows.select_related("kept", "organisation").order_by("position", "pk")[:200])


def get_macro_for(*, actor: Actor, macro_id: int) -> Macro:
    """One macro. Raises `NotVisible`."""
    found = _BY_ID.first(id=macro_id)
    if found is None or not found.is_for(actor):
        raise NotVisible(f"macro {macro_id}")
    return found


def action_names() -> dict[str, Any]:
    """Actions that people take in any process in use, by key with their name."""
    found: dict[str, Any] = {}
    for row in definitions.newest_processes():
        process = definitions.process_of(row)
        for step in process.steps:
            for action in step.actions:
                if not action.automatic:
                    found.setdefault(action.key, action.name)
    return found
