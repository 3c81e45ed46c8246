"""What happened to people's access. The rows themselves stand in the audit trail."""

from dataclasses import dataclass

from qiao.core.events import event_type


@event_type("staff.second_step_reset")
@dataclass(frozen=True, slots=True)
class SecondStepReset:
    """The second step of a person's sign-in was taken away; they set it up anew."""

    staff_id: int
