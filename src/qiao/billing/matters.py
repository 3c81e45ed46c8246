"""What is owed on an account, told before it is handed over."""

from collections.abc import Sequence
from typing import Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from qiao.billing.queries.all_bills import BillFilters, list_bills
from qiao.billing.queries.bills import VIEW
from qiao.billing.queries.figures import AGE_NAMES
from qiao.billing.rules.money.ageing import age_of
from qiao.billing.showing import money
from qiao.core.actor import Actor
from qiao.core.manifest import Hit, MatterSource


def owed(*, actor: Actor, account_id: int, limit: int) -> Sequence[Hit]:
    """Bills of the account of which something is open, the newest first."""
    today = timezone.localdate()
    page = list_bills(
        actor=actor, filters=BillFilters(account_id=account_id, age="all"), today=today,
        limit=limit,
    )  # fmt: skip
    return [
        Hit(
            "bill",
            row.number,
            _("%(amount)s open, due %(day)s")
            % {"amount": money(row.owed_minor, row.currency), "day": row.due_date.isoformat()},
            reverse("billing:bill", args=[row.bill_id]),
            "receipt",
            tag=str(AGE_NAMES[age_of(row.due_date, today)]),
        )
        for row in page.rows
        if row.owed_minor > 0
    ]


MATTERS: Final = (MatterSource("billing", pgettext_lazy("bills", "Owed"), VIEW, owed, 5),)
