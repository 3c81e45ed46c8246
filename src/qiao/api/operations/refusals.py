"""Why an operation refuses. Views turn these into messages beside the field."""

from datetime import datetime

from qiao.api.rules.networks import BadRange
from qiao.core.rules.text import BadText

__all__ = [
    "ApiRefusal",
    "BadAddress",
    "BadRange",
    "BadText",
    "MoreThanOwn",
    "NothingChosen",
    "StillOverlapping",
    "UnknownEvent",
    "UnknownScope",
    "WrongState",
]


class ApiRefusal(Exception):  # noqa: N818 - a refusal, not a fault
    """An operation on programs' access that is refused; nothing was changed."""


class UnknownScope(ApiRefusal):
    """No such scope."""


class MoreThanOwn(ApiRefusal):
    """Nobody gives a program more than they hold themselves; `scope` names what."""

    def __init__(self, scope: str) -> None:
        super().__init__(scope)
        self.scope = scope


class NothingChosen(ApiRefusal):
    """A key needs a scope, an endpoint an event."""


class UnknownEvent(ApiRefusal):
    """No event class of this name is registered."""


class BadAddress(ApiRefusal):
    """Not an address that webhooks may be sent to."""


class StillOverlapping(ApiRefusal):
    """The former secret was promised to work until the moment `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until


class WrongState(ApiRefusal):
    """The thing is not in the state this needs: a revoked key, a deleted endpoint."""
