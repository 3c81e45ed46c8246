"""What is told of tiers, segments and tags."""

from dataclasses import dataclass
from datetime import datetime

from qiao.core.events import event_type


@event_type("customers.tier_set", topics=("customers",))
@dataclass(frozen=True, slots=True)
class TierSet:
    """A customer came into another tier."""

    customer_id: int
    tier_before: str
    tier: str


@event_type("customers.tiers_graded", topics=("customers",))
@dataclass(frozen=True, slots=True)
class TiersGraded:
    """The rule put `count` customers into another tier at `at`; their ids lie in between.

    Which they are, `customers_tierchange` says by that moment.
    """

    rule_version: str
    count: int
    first_id: int
    last_id: int
    at: datetime


@event_type("customers.segment_changed", topics=("segments",))
@dataclass(frozen=True, slots=True)
class SegmentChanged:
    """Customers joined or left a segment; who, its moves tell."""

    segment_id: int
    joined: int
    left: int


@event_type("customers.tags_changed", topics=("customers",))
@dataclass(frozen=True, slots=True)
class TagsChanged:
    """A customer was given tags or had some taken off."""

    customer_id: int
    added: tuple[int, ...]
    removed: tuple[int, ...]


@event_type("customers.segment_tagged", topics=("customers",))
@dataclass(frozen=True, slots=True)
class SegmentTagged:
    """The members of a segment were given a tag; `added` did not carry it before."""

    tag_id: int
    segment_id: int
    added: int
