"""What is owed on an account, told before it is handed over."""

from collections.abc import Sequence
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from qiao.billing.queries.account_lists import debts_of
from qiao.billing.queries.bills import VIEW
from qiao.billing.queries.figures import AGE_NAMES
from qiao.billing.rules.money.ageing import age_of
from qiao.billing.showing import money
from qiao.core.actor import Actor
from qiao.core.manifest import Hit, MatterSource


def owed(*, actor: Actor, account_id: int, limit: int) -> Sequence[Hit]:
    """Bills of the account of which something is open, whoever bills it, the oldest first."""
    today = timezone.localdate()
    return [
        Hit(
            "bill",
            row.number,
            _("%(amount)s open, due %(day)s")
            % {"amount": money(row.minor, row.currency), "day": row.due_date.isoformat()},
            row.href,
            "receipt",
            tag=str(AGE_NAMES[age_of(row.due_date, today)]),
        )
        for row in debts_of(actor=actor, account_id=account_id, limit=limit)
    ]


MATTERS: Final = (MatterSource("billing", pgettext_lazy("bills", "Owed"), VIEW, owed, 5),)
