"""Why an operation refuses. Views turn these into messages beside the field."""

from datetime import date

from qiao.core.rules.periods import BadPeriod
from qiao.core.rules.phones import BadPhone
from qiao.core.rules.text import BadText

__all__ = [
    "AccountNumberTaken",
    "AddressMissing",
    "AlreadyMember",
    "AlreadyOwned",
    "AlreadyProtected",
    "BadIdentityNumber",
    "BadPeriod",
    "BadPhone",
    "BadText",
    "CardTaken",
    "ChangedMeanwhile",
    "CustomerRefusal",
    "EvidenceMissing",
    "GroupFull",
    "HeadStays",
    "HoldsOthers",
    "LaterChange",
    "MeterElsewhere",
    "NameMissing",
    "NotAbove",
    "NotMember",
    "NotMerged",
    "NotOverridden",
    "NotYet",
    "NothingMoves",
    "OutsideGroup",
    "OwnerMissing",
    "PhoneKnown",
    "PremisesKnown",
    "ReasonMissing",
    "SameCustomer",
    "TooEarly",
    "UnknownCard",
    "UnknownChoice",
    "UnknownFlag",
    "UnknownOutcome",
    "UnknownTier",
    "WouldCircle",
    "WrongKind",
    "WrongState",
]


class CustomerRefusal(Exception):  # noqa: N818 - a refusal, not a fault
    """An operation on customers that is refused; nothing was changed."""


class PhoneKnown(CustomerRefusal):
    """The customer already has this number."""


class UnknownChoice(CustomerRefusal):
    """What was chosen for the survivor belongs to neither of the two."""


class UnknownOutcome(CustomerRefusal):
    """No such outcome of a call, and no such reason to retire a number."""


class UnknownFlag(CustomerRefusal):
    """No such protected flag."""


class AlreadyProtected(CustomerRefusal):
    """A protection of this kind is in force there."""


class EvidenceMissing(CustomerRefusal):
    """Neither a document nor who issued a certificate."""


class UnknownTier(CustomerRefusal):
    """A tier is A, B, C or D."""


class NotOverridden(CustomerRefusal):
    """No tier is set by hand that could be taken back."""


class CardTaken(CustomerRefusal):
    """Somebody holds a card of this kind with this number."""


class UnknownCard(CustomerRefusal):
    """No such card, or no such kind of cards."""


class ReasonMissing(CustomerRefusal):
    """This needs a reason."""


class AccountNumberTaken(CustomerRefusal):
    """Another account has this number."""


class AddressMissing(CustomerRefusal):
    """An address needs at least one part."""


class PremisesKnown(CustomerRefusal):
    """This address is held already; `premises_id` says as which."""

    def __init__(self, premises_id: int) -> None:
        super().__init__(f"this address is held as premises {premises_id}")
        self.premises_id = premises_id


class AlreadyOwned(CustomerRefusal):
    """The account has another owner, or this person the same part, during that period."""


class SameCustomer(CustomerRefusal):
    """A customer cannot be merged into itself."""


class NotMerged(CustomerRefusal):
    """This customer stands for itself."""


class WrongState(CustomerRefusal):
    """The thing is not in the state this needs: an ended period, a closed account."""


class BadIdentityNumber(CustomerRefusal):
    """Not a number of that kind; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotYet(CustomerRefusal):
    """The day lies too far ahead; `latest` is the last one that is taken."""

    def __init__(self, day: date, latest: date | None = None) -> None:
        super().__init__(f"{day} lies too far ahead")
        self.latest = latest


class LaterChange(CustomerRefusal):
    """Something later rests on it, so it cannot be taken back."""


class MeterElsewhere(CustomerRefusal):
    """This meter hangs at another place; `address` says where."""

    def __init__(self, address: str) -> None:
        super().__init__(f"this meter hangs at {address}")
        self.address = address


class TooEarly(CustomerRefusal):
    """The day does not lie after what it would end; `began` is when that began."""

    def __init__(self, began: date | None) -> None:
        super().__init__(f"began on {began}")
        self.began = began


class ChangedMeanwhile(CustomerRefusal):
    """Somebody else has changed it since it was looked at."""


class NothingMoves(CustomerRefusal):
    """Nobody leaves and nobody comes."""


class OwnerMissing(CustomerRefusal):
    """Nobody would own the account on that day."""


class AlreadyMember(CustomerRefusal):
    """Somebody belongs to a household or a group on these days; `name` says who, if known."""

    def __init__(self, name: str = "") -> None:
        super().__init__(name)
        self.name = name


class NotMember(CustomerRefusal):
    """The customer does not belong to the group on that day."""


class HeadStays(CustomerRefusal):
    """The head goes only when another takes the place."""


class HoldsOthers(CustomerRefusal):
    """Other companies stand under it."""


class NotAbove(CustomerRefusal):
    """The company named above does not belong to the group all that time."""


class WouldCircle(CustomerRefusal):
    """A company would stand under itself."""


class OutsideGroup(CustomerRefusal):
    """The group does not exist on these days."""


class WrongKind(CustomerRefusal):
    """A household is of persons, a company group of organisations."""


class GroupFull(CustomerRefusal):
    """A group holds a limited number of members."""


class NameMissing(CustomerRefusal):
    """A company group has a name."""
