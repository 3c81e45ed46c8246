"""What was done at telephones on the screen, and how such a telephone stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from qiao.core.actor import Actor
from qiao.telephony.models import Call, PhoneDeed

STALE: Final = timedelta(seconds=30)  # whatever was done so long ago was for a switch that is gone


@dataclass(frozen=True, slots=True)
class DeedAtHand:
    """A deed for the played switch; a `stale` one is only put away."""

    deed_id: int
    kind: str
    phone: str
    dialled: str
    keys: str
    channel: str
    is_stale: bool


def due_deeds(*, now: datetime) -> Sequence[DeedAtHand]:
    """What nobody has done yet, in the order of asking."""
    return [
        DeedAtHand(
            row.pk, row.kind, row.phone, row.dialled, row.keys, row.channel,
            row.asked_at < now - STALE,
        )
        for row in PhoneDeed.objects.filter(done_at__isnull=True).order_by("id")
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class OwnPhone:
    """A telephone on the screen: what it dialled, and the call that came of it, if one did."""

    deed: PhoneDeed
    call: Call | None

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it."""
        if self.call is not None:
            return self.call.phase == Call.Phase.ENDED
        return self.deed.done_at is not None and not self.deed.channel


def own_phone(*, actor: Actor, deed_id: int) -> OwnPhone | None:
    """The telephone with which the actor called in; None for somebody else's."""
    found = PhoneDeed.objects.filter(
        pk=deed_id, kind=PhoneDeed.Kind.DIAL, asked_by_id=actor.person_id
    ).first()
    if found is None:
        return None
    call = Call.objects.filter(channel=found.channel).first() if found.channel else None
    return OwnPhone(found, call)
