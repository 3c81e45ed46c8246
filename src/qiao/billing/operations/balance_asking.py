"""That the balances of a file be taken over is asked of a second person: they give money."""

from datetime import date, datetime

from django.utils import timezone

from qiao.billing.models import BalanceFile
from qiao.billing.operations.balance_files import BALANCES
from qiao.billing.operations.balances import closed_days
from qiao.billing.queries.asked import BALANCES as ASKED
from qiao.core.actor import Actor
from qiao.core.approvals import request_approval
from qiao.core.models import Approval
from qiao.core.table_uploads import FileMovedOn
from qiao.staff.queries import actor_by_id, local_days, subtree_of

_CHECKED = BalanceFile.State.CHECKED


class AsOfClosed(Exception):  # noqa: N818 - a refusal, not a fault
    """Days up to `day` are closed in the unit or one below it: nothing is booked into them."""

    def __init__(self, day: date) -> None:
        super().__init__(f"{day} is closed")
        self.day = day


class AsOfLater(Exception):  # noqa: N818 - a refusal, not a fault
    """Balances are told as of a day that has not come; `today` is the day of the unit."""

    def __init__(self, today: date) -> None:
        super().__init__(f"today is {today}")
        self.today = today


class BalancesMoved(Exception):  # noqa: N818 - a refusal, not a fault
    """The file was checked anew since somebody asked, and something else was found."""


def require_open(*, organisation_id: int, as_of: date, now: datetime) -> None:
    """Hold a day to what can be booked in a unit and those below it. Raises `AsOfLater`,
    `AsOfClosed`."""
    today = local_days(now)[organisation_id]
    if as_of > today:
        raise AsOfLater(today)
    last = max(closed_days(subtree_of(organisation_id)).values(), default=None)
    if last is not None and as_of <= last:
        raise AsOfClosed(last)


def ask_take_over(*, file_id: int, actor: Actor, now: datetime) -> Approval:
    """Ask a second person that the balances of a checked file be taken over.

    Raises `FileMovedOn`, `AlreadyPending`, `Forbidden`.
    """
    file = BALANCES.locked(actor, file_id, _CHECKED)
    return request_approval(
        kind=ASKED,
        subject_id=file.pk,
        organisation_id=file.organisation_id,
        payload={"digest": file.digest, "sums": file.findings["sums"]},
        reason=f"{file.file_name}, {file.as_of.isoformat()}",
        actor=actor,
        now=now,
    )


def balances_agreed(*, approval: Approval, actor: Actor, now: datetime) -> None:
    """A second person agreed: the balances are taken over.

    Raises `BalancesMoved` where the file was checked anew and something else was found, or where
    somebody went on with it; `Forbidden`.
    """
    del actor
    asker = actor_by_id(approval.requested_by_id, day=timezone.localdate(now))
    try:
        file = BALANCES.locked(asker, approval.subject_id, _CHECKED)
    except FileMovedOn as moved:
        raise BalancesMoved(approval.subject_id) from moved
    asked = {"digest": file.digest, "sums": file.findings["sums"]}
    if asked != approval.payload:
        raise BalancesMoved(file.pk)
    BALANCES.begin(file, asker)
