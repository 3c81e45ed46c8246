"""An account that is billed no more is closed: one act, done once its last bill is issued.

Billing ends by `accounts.end_billing`, from a day on. Until that day has come and all days before
it are billed the account is in service: its meter is to be read, its last bill to be told. Then it
is closed with that day, at once or by a job; a last bill that is taken back, and billing that
begins anew, open it again. Each may happen any number of times.
"""

from collections.abc import Collection
from datetime import datetime

from django.db.models import F

from qiao.billing.models import BillingAccount
from qiao.core.transactions import required
from qiao.customers.operations import close_accounts, reopen_accounts
from qiao.staff.queries import local_days

OPEN = ("active", "suspended")


def close_ended(*, now: datetime, account_ids: Collection[int] | None = None) -> list[int]:
    """Close accounts, or these of them, whose last day is over where they are and billed; their
    ids. What another system bills is left to it."""
    required()
    today = local_days(now)
    rows = BillingAccount.objects.filter(
        closed_date__lte=max(today.values()),
        billed_until__gte=F("closed_date"),
        feed__isnull=True,
        account__status__in=OPEN,
    )
    if account_ids is not None:
        rows = rows.filter(pk__in=account_ids)
    ended = rows.values_list("pk", "organisation_id", "closed_date")
    return close_accounts({pk: day for pk, unit, day in ended if day and day <= today[unit]})


def open_again(account_id: int) -> None:
    """Let an account that is billed again be in service."""
    reopen_accounts([account_id])
