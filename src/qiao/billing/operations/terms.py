"""The terms by which an account is billed change from a day on.

They are said by people, with a reason; what a tariff asks is asked of them, and nothing is
guessed. What people say under which the last year's bills would have come to less is agreed to by
a second person (`terms_asking`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.backends.postgresql.psycopg_any import DateRange

from qiao.billing.events import TermsChanged
from qiao.billing.models import BillingAccount, BillingTerms
from qiao.billing.operations.posting import lock_accounts
from qiao.billing.queries.tariffs import TariffMissing, tariff_on
from qiao.billing.queries.terms_shown import TERMS, terms_on
from qiao.billing.rules.tariffs.asked import Asks, Said, TermFault, asks_of, read_terms
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.rules.text import clean
from qiao.staff.queries import packs_in_use

REASON_LENGTH: Final = 300


class TermsBilled(Exception):  # noqa: N818 - a refusal, not a fault
    """Days from the wanted one on are billed: their bills are taken back first; `until` is the
    first day that is not."""

    def __init__(self, until: date) -> None:
        super().__init__(f"billed until {until}")
        self.until = until


class TariffUnfit(Exception):  # noqa: N818 - a refusal, not a fault
    """The tariff is of another service, or of no trade of the company."""


class NoPriceYet(Exception):  # noqa: N818 - a refusal, not a fault
    """The tariff has no price on the day; `begins` is the first day that it has one, None where
    it never does."""

    def __init__(self, begins: date | None) -> None:
        super().__init__(f"prices from {begins}")
        self.begins = begins


class BadTerms(Exception):  # noqa: N818 - a refusal, not a fault
    """What was said is no answer to what the tariff asks; `faults` say it input by input."""

    def __init__(self, faults: Sequence[TermFault]) -> None:
        super().__init__("; ".join(f"{each.name}: {each.code} {each.found}" for each in faults))
        self.faults = tuple(faults)


class NothingChanged(Exception):  # noqa: N818 - a refusal, not a fault
    """These terms hold already."""


class BillingEnded(Exception):  # noqa: N818 - a refusal, not a fault
    """The account is not billed any more from a day on; `until` is that day."""

    def __init__(self, until: date) -> None:
        super().__init__(f"ended on {until}")
        self.until = until


@dataclass(frozen=True, slots=True)
class NewTerms:
    """What somebody says of how an account is billed from a day on: the tariff, and `given` by
    the names of what it asks, as it was typed; what is empty or lacks is as the tariff has it."""

    account_id: int
    since: date
    tariff_id: int
    given: Mapping[str, str]
    reason: str


def change_terms(new: NewTerms, *, actor: Actor | None, now: datetime) -> BillingTerms:
    """Let other terms hold from a day on, for good.

    Raises `TermsBilled`, `BillingEnded`, `NothingChanged`, `TariffUnfit`, `NoPriceYet`,
    `BadTerms`, `BadText` without a reason, `AccountMissing`, `AccountFed`, `Forbidden`.
    """
    account = lock_accounts([new.account_id])[new.account_id]
    if actor is not None:
        actor.require(TERMS, account.organisation_id)
    said = checked(account, new)
    return hold(account, new, said, reason_of(new.reason), actor, now)


def checked(account: BillingAccount, new: NewTerms) -> Said:
    """The terms, where they may hold from their day on. Raises what `change_terms` raises about
    them."""
    if account.closed_date is not None and new.since >= account.closed_date:
        raise BillingEnded(account.closed_date)
    if new.since < account.billed_until:
        raise TermsBilled(account.billed_until)
    service = BillingAccount.objects.values_list("account__service", flat=True).get(pk=account.pk)
    said = said_by(new, fitting_of(new.tariff_id, new.since, service))
    held = terms_on(account.pk, new.since)
    if held is not None and held.period.upper == account.closed_date:
        now_held = (held.tariff_id, held.labels, held.numbers)
        if now_held == (new.tariff_id, dict(said.labels), dict(said.numbers)):
            raise NothingChanged(account.pk)
    return said


@dataclass(frozen=True, slots=True)
class Fitting:
    """A tariff on a day: what it asks, and in which currency it charges."""

    asks: tuple[Asks, ...]
    currency: str


def fitting_of(tariff_id: int, day: date, service: str) -> Fitting:
    """The tariff as it holds on a day, for whoever has this service.

    Raises `TariffUnfit`, `NoPriceYet`.
    """
    try:
        now = tariff_on(tariff_id=tariff_id, day=day)
    except TariffMissing:
        raise TariffUnfit(tariff_id) from None
    if now.row.service != service or now.row.pack not in ("", *packs_in_use()):
        raise TariffUnfit(tariff_id)
    if now.tariff is None:
        raise NoPriceYet(now.until)
    return Fitting(asks_of(now.tariff, now.row.inputs), now.tariff.currency)


def said_by(new: NewTerms, fitting: Fitting) -> Said:
    """What is said, where it answers what the tariff asks. Raises `BadTerms`."""
    said, faults = read_terms(fitting.asks, new.given)
    if faults:
        raise BadTerms(faults)
    return said


def hold(
    account: BillingAccount,
    new: NewTerms,
    said: Said,
    reason: str,
    actor: Actor | None,
    now: datetime,
) -> BillingTerms:
    """Terms of later days go, those of the day end before it."""
    rows = BillingTerms.objects.filter(account=account.pk)
    rows.filter(period__startswith__gte=new.since).delete()
    before = rows.filter(period__contains=new.since).first()
    if before is not None:
        before.period = DateRange(before.period.lower, new.since)
        before.save(update_fields=["period"])
    made = BillingTerms.objects.create(
        account=account,
        period=DateRange(new.since, account.closed_date),
        tariff_id=new.tariff_id,
        labels=dict(said.labels),
        numbers=dict(said.numbers),
        reason=reason,
        created_at=now,
        created_by_id=actor.staff_id if actor is not None else None,
    )
    tell(account, new.since, actor, now)
    return made


def tell(account: BillingAccount, since: date, actor: Actor | None, now: datetime) -> None:
    """Let others know that an account is billed otherwise from a day on."""
    events.publish(
        TermsChanged(account.pk, since), organisation_id=account.organisation_id, actor=actor,
        now=now,
    )  # fmt: skip


def reason_of(text: str) -> str:
    """A reason, cleaned. Raises `BadText` without one."""
    return clean(text, field="reason", max_length=REASON_LENGTH, one_line=True, required=True)
