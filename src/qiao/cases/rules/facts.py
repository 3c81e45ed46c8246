"""What the house itself knows of a case, for the conditions of its process."""

from typing import Any, Protocol


class CaseLike(Protocol):
    """The part of a case that conditions may look at."""

    priority: str
    channel: str
    customer_id: int | None
    reopened_count: int
    main_cause_id: int | None


class TypeLike(Protocol):
    """The part of a case type that conditions may look at."""

    @property
    def emergency(self) -> bool: ...
    @property
    def needs_follow_up(self) -> bool: ...


def system_facts(
    case: CaseLike, definition: TypeLike, *, repeat_count: int = 0, tier: str = ""
) -> dict[str, Any]:
    """The `SYSTEM_FACTS` of the process engine."""
    return {
        "priority": case.priority,
        "channel": case.channel,
        "tier": tier,
        "emergency": definition.emergency,
        "needs_follow_up": definition.needs_follow_up,
        "reopened_count": case.reopened_count,
        "repeat_count": repeat_count,
        "customer_known": case.customer_id is not None,
        "main_cause": case.main_cause_id,
    }
