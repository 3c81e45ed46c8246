"""What merges gave the one who stands for both, and what is left when some of them are undone.

Merges into one survivor lie on each other: the latest that stands gives a field its value. Undoing
one from the middle changes nothing to be seen; undoing the top one uncovers the next that stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Gift:
    """What one merge gave the survivor in one field.

    `over` is the merge from which the field had the value `before`; None if it was the survivor's
    own, or a person's change.
    """

    merge_id: int
    before: Any
    after: Any
    over: int | None
    is_undone: bool


def giver(gifts: Sequence[Gift], value: Any) -> int | None:
    """The merge from which a field has `value` now: the latest that stands and gave it.

    `gifts` in the order of the merges. None if the value is nobody's gift.
    """
    standing = (each for each in reversed(gifts) if not each.is_undone and each.after == value)
    return next((each.merge_id for each in standing), None)


def without(gifts: Sequence[Gift], merge_id: int) -> Any:
    """The value that comes to light when the gift of `merge_id` is taken away."""
    known = {each.merge_id: each for each in gifts}
    gift = known[merge_id]
    while gift.over in known and known[gift.over].is_undone:
        gift = known[gift.over]
    return gift.before
