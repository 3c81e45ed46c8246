"""What waits and its queues, in the words of the router's rules."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, cast

from qiao.contact.models import Waiting
from qiao.contact.rules import routing
from qiao.core.calendars import is_open
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.queues import QueueSpec

DUE: Final = "t.state = 'waiting' AND (t.not_before IS NULL OR t.not_before <= %(now)s)"
"""What may be offered to somebody now, as a condition on `Waiting`."""


def terms_of_queues(waiting: Iterable[str], now: datetime) -> dict[str, routing.Queue]:
    """The queues of the packs as they stand at a moment; one that is waited in but not brought any
    more is served by nobody, and holds up none of the others."""
    known = {key: _terms(spec, now) for key, spec in catalogue().queues.items()}
    return {key: routing.Queue(key) for key in waiting} | known


def _terms(spec: QueueSpec, now: datetime) -> routing.Queue:
    return routing.Queue(
        spec.key,
        strategy=cast("routing.Strategy", spec.strategy),  # the reader of packs knows no other
        skills=((spec.skill, spec.skill_level),) if spec.skill else (),
        relax_after=spec.relax_after,
        least_level=spec.least_level,
        language_relax_after=spec.language_relax_after,
        points=spec.points,
        tier_points=spec.tier_points,
        points_per_minute=spec.points_per_minute,
        overflow=tuple(
            routing.Overflow(
                each.queue,
                each.after_seconds,
                each.longer_than,
                is_closed=bool(each.outside) and not is_open(each.outside, now),
            )
            for each in spec.overflow
        ),
        last_agent_seconds=spec.last_agent_seconds,
    )


def room_of(channel: str) -> int:
    """How much of a person something takes that came by a channel, in hundredths; all of them
    where no pack brings the channel."""
    known = catalogue().channels.get(channel)
    return routing.FULL // known.at_once if known else routing.FULL


def contact_of(waiting: Waiting) -> routing.Contact:
    """What waits, as the router weighs it. A skill that no pack brings any more is not asked for:
    nobody could be given it."""
    packs, wanted = catalogue(), sorted(waiting.skills.items())
    return routing.Contact(
        waiting.pk,
        waiting.queue,
        waiting.since,
        waiting.takes,
        tuple(each for each in wanted if each[0] in packs.skills),
        waiting.tier,
        waiting.is_emergency,
        waiting.last_agent_id,
        is_raised=waiting.is_raised,
        languages=tuple(each for each in wanted if each[0] in packs.languages),
    )
