"""Why something was refused."""

from qiao.messaging.rules.states import WrongState
from qiao.messaging.rules.words import BadPlace


class Unreachable(Exception):  # noqa: N818 - names the finding
    """A message cannot go to this receiver; `reason` is one of `REASONS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BadAddress(Exception):  # noqa: N818 - names the finding
    """That is no e-mail address."""


class AddressKnown(Exception):  # noqa: N818 - names the finding
    """The customer has this address already."""


REASONS = frozenset({"no_address", "doubtful", "no_consent", "erased", "too_many", "told_already"})

__all__ = [
    "REASONS", "AddressKnown", "BadAddress", "BadPlace", "Unreachable", "WrongState",
]  # fmt: skip
