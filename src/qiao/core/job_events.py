"""What the care of the installation tells: who took a job of the background in hand, and why.

It is told by the administration and heard by the modules whose jobs they are.
"""

from dataclasses import dataclass

from qiao.core.events import event_type


@event_type("desk.job_handled")
@dataclass(frozen=True, slots=True)
class JobHandled:
    """Somebody let a job run again (``again``) or gave it up (``give_up``), for a reason."""

    job_id: int
    task: str
    verb: str
    reason: str
