"""Accounts begin to be billed, and their terms change from a day on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange

from qiao.billing.models import BillingAccount, BillingTerms
from qiao.billing.operations.posting import lock_accounts
from qiao.core.transactions import required


class TermsBilled(Exception):  # noqa: N818 - a refusal, not a fault
    """Days from the wanted one on are billed: their bills are taken back first; `until` is the
    first day that is not."""

    def __init__(self, until: date) -> None:
        super().__init__(f"billed until {until}")
        self.until = until


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account that is billed from a day on, by which tariff and under which inputs."""

    account_id: int
    organisation_id: int
    currency: str
    since: date
    tariff_id: int
    labels: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, Decimal] = field(default_factory=dict)
    months: int = 1


def open_billing(accounts: Sequence[NewAccount], *, now: datetime) -> None:
    """Bill accounts from a day on; one that is billed already is an error of the database."""
    required()
    BillingAccount.objects.bulk_create(
        [
            BillingAccount(
                account_id=each.account_id,
                organisation_id=each.organisation_id,
                currency=each.currency,
                months=each.months,
                opened_date=each.since,
                billed_until=each.since,
            )
            for each in accounts
        ],
        batch_size=2_000,
    )
    BillingTerms.objects.bulk_create(
        [
            BillingTerms(
                account_id=each.account_id,
                period=DateRange(each.since, None),
                tariff_id=each.tariff_id,
                labels=dict(each.labels),
                numbers=_texts(each.numbers),
                created_at=now,
            )
            for each in accounts
        ],
        batch_size=2_000,
    )


def change_terms(
    *,
    account_id: int,
    since: date,
    tariff_id: int | None = None,
    labels: Mapping[str, str] | None = None,
    numbers: Mapping[str, Decimal] | None = None,
    reason: str,
    now: datetime,
) -> BillingTerms:
    """Let other terms hold from a day on, for good; what is not given stays.

    Raises `TermsBilled`, `AccountMissing`.
    """
    account = lock_accounts([account_id])[account_id]
    if since < account.billed_until:
        raise TermsBilled(account.billed_until)
    rows = BillingTerms.objects.filter(account=account_id)
    before = rows.filter(period__startswith__lte=since).latest("period")
    rows.filter(period__startswith__gte=since).delete()
    if before.period.lower < since:
        rows.filter(pk=before.pk).update(period=DateRange(before.period.lower, since))
    return BillingTerms.objects.create(
        account_id=account_id,
        period=DateRange(since, None),
        tariff_id=tariff_id or before.tariff_id,
        labels=dict(before.labels if labels is None else labels),
        numbers=before.numbers if numbers is None else _texts(numbers),
        reason=reason,
        created_at=now,
    )


def _texts(numbers: Mapping[str, Decimal]) -> dict[str, str]:
    return {name: format(number, "f") for name, number in numbers.items()}
