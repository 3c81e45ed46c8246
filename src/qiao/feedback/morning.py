"""The live morning of follow-ups: customers are called back, and say how it was."""

from datetime import datetime, timedelta
from typing import Final

from qiao.core.demo_facts import RATING_WEIGHTS
from qiao.core.demo_rhythm import demo_pack, moment_random, pulse
from qiao.feedback.demo import WORDS
from qiao.feedback.models import FollowUp, Rating
from qiao.feedback.operations import OwnWork, confirm, log_attempt
from qiao.staff.queries import actor_for, cast_ids

AT_REST: Final = timedelta(seconds=40)
LOOKED_AT: Final = 20
ANSWERS: Final = 0.85
OFTEN: Final = 0.5


def tick(now: datetime) -> None:
    """Call one customer back, now and then."""
    pack = demo_pack()
    rng = moment_random(now, "feedback")
    if pack is None or rng.random() > OFTEN * pulse(now, pack):
        return
    waiting = list(
        FollowUp.objects.open()
        .exclude(assigned_to__in=cast_ids())
        .exclude(attempts__at__gt=now - AT_REST)
        .filter(opened_at__lt=now - AT_REST)
        .select_related("assigned_to")
        .order_by("due_at", "id")[:LOOKED_AT]
    )
    rng.shuffle(waiting)
    for follow_up in waiting:
        actor = actor_for(follow_up.assigned_to, day=now.date())
        if not actor.can_in("followups.work", follow_up.organisation_id):
            continue
        rating = rng.choices(list(Rating.values), RATING_WEIGHTS)[0]
        try:
            if rng.random() > ANSWERS:
                log_attempt(
                    follow_up_id=follow_up.pk,
                    channel="phone",
                    outcome="no_answer",
                    actor=actor,
                    now=now,
                )
            else:
                confirm(
                    follow_up_id=follow_up.pk,
                    rating=rating,
                    resolved=rating != Rating.NOT_SATISFIED,
                    channel="phone",
                    words=rng.choice(WORDS[rating]),
                    actor=actor,
                    now=now,
                )
        except OwnWork:
            continue
        return
