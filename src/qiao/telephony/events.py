"""What becomes known of calls."""

from dataclasses import dataclass

from qiao.core.events import event_type


@event_type("telephony.call_owed", topics=("owed",))
@dataclass(frozen=True, slots=True)
class CallOwed:
    """A call is owed to somebody, or is not any more; `state` names which."""

    owed_id: int
    kind: str
    state: str
