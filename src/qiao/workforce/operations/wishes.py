"""What people wish for days to come."""

from datetime import date, datetime, timedelta
from typing import Final

from qiao.core.actor import Actor
from qiao.core.transactions import required
from qiao.workforce.models import GroupTeam, ShiftKind, ShiftWish

MOST_DAYS_AHEAD: Final = 91
MOST_WISHES: Final = 10


class WishRefused(ValueError):  # noqa: N818 - a refusal
    """`reason` is ``past``, ``far``, ``many`` or ``shift``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def make_wish(
    *, day: date, shift_id: int | None, today: date, actor: Actor, now: datetime
) -> ShiftWish:
    """Wish a shift, or (None) a free day; another wish for the day takes the place of the first.

    Raises `WishRefused`.
    """
    required()
    if day <= today:
        raise WishRefused("past")
    if day > today + timedelta(days=MOST_DAYS_AHEAD):
        raise WishRefused("far")
    own = ShiftWish.objects.filter(staff_id=actor.person_id, day__gt=today)
    if own.exclude(day=day).count() >= MOST_WISHES:
        raise WishRefused("many")
    groups = GroupTeam.objects.filter(team_id__in=actor.team_ids).values("group_id")
    known = ShiftKind.objects.filter(group_id__in=groups, is_active=True)
    if shift_id is not None and not known.filter(pk=shift_id).exists():
        raise WishRefused("shift")
    wish, _made = ShiftWish.objects.update_or_create(
        staff_id=actor.person_id, day=day, defaults={"shift_id": shift_id, "made_at": now}
    )
    return wish


def drop_wish(*, day: date, actor: Actor) -> None:
    """Wish nothing for a day any more; harmless without a wish."""
    required()
    ShiftWish.objects.filter(staff_id=actor.person_id, day=day).delete()
