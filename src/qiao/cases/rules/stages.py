"""Where a case is for its customer: few steps in their words, whatever its process is like.

The phase of a step and whether a visit is told of on entering it (`Step.tells`) decide: a process
that is drawn anew needs no words of its own for the customer's page and the voice menu.
"""

from typing import Final

from qiao.cases.rules.process import Process

RECEIVED: Final = "received"
LOOKED_AT: Final = "looked_at"
ON_THE_WAY: Final = "on_the_way"
DONE: Final = "done"
STAGES: Final = (RECEIVED, LOOKED_AT, ON_THE_WAY, DONE)
VISIT: Final = "case_visit"
_OVER: Final = frozenset({"confirm", "closed"})


def stage_of(process: Process, step: str, phase: str) -> str:
    """The stage of a case in this step of its process; `phase` counts where the step is gone."""
    found = process.index.get(step)
    phase = found.phase if found else phase
    if phase in _OVER:
        return DONE
    if found is not None and found.tells == VISIT:
        return ON_THE_WAY
    return RECEIVED if phase == "intake" else LOOKED_AT


def stages_of(process: Process) -> tuple[str, ...]:
    """The stages that cases of a process pass; nobody is on the way where nobody visits."""
    visits = any(step.tells == VISIT for step in process.steps)
    return tuple(stage for stage in STAGES if visits or stage != ON_THE_WAY)
