"""Accounts begin to be billed, the terms of it change from a day on, and it ends.

Terms are said by people, with a reason; what a tariff asks is asked of them, and nothing is
guessed. A change under which the last year's bills would have come to less is agreed to by a
second person (`change_or_ask_terms`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from qiao.billing.events import TermsChanged
from qiao.billing.models import BillingAccount, BillingTerms, Feed
from qiao.billing.operations.posting import AccountFed, lock_accounts
from qiao.billing.queries.asked import TERMS as ASKED
from qiao.billing.queries.tariffs import TariffMissing, tariff_on
from qiao.billing.queries.terms_shown import TERMS, terms_on
from qiao.billing.queries.terms_trial import year_under
from qiao.billing.rules.account_rows import MONTHS
from qiao.billing.rules.tariffs.asked import Asks, Said, TermFault, asks_of, read_terms
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.approvals import request_approval
from qiao.core.models import Approval
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.customers.queries import account_record
from qiao.staff.queries import actor_by_id, packs_in_use

REASON_LENGTH: Final = 300


class TermsBilled(Exception):  # noqa: N818 - a refusal, not a fault
    """Days from the wanted one on are billed: their bills are taken back first; `until` is the
    first day that is not."""

    def __init__(self, until: date) -> None:
        super().__init__(f"billed until {until}")
        self.until = until


class BilledAlready(Exception):  # noqa: N818 - a refusal, not a fault
    """The account is billed here; its terms are changed instead."""


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


class TermsMoved(Exception):  # noqa: N818 - a refusal, not a fault
    """Other terms hold than when somebody asked for these."""


class BillingEnded(Exception):  # noqa: N818 - a refusal, not a fault
    """The account is not billed any more from a day on; `until` is that day."""

    def __init__(self, until: date) -> None:
        super().__init__(f"ended on {until}")
        self.until = until


class NotEnding(Exception):  # noqa: N818 - a refusal, not a fault
    """The account is billed on, or its last bill was issued already."""


class NothingBilled(Exception):  # noqa: N818 - a refusal, not a fault
    """Billing would end on the day on which it begins."""


class BadMonths(Exception):  # noqa: N818 - a refusal, not a fault
    """A bill covers another number of months."""


class BeforeOpened(Exception):  # noqa: N818 - a refusal, not a fault
    """The account was opened later; `opened` is the day."""

    def __init__(self, opened: date) -> None:
        super().__init__(f"opened on {opened}")
        self.opened = opened


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
    """Bill accounts from a day on, of whose terms the caller is sure; one that is billed already
    is an error of the database."""
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


@dataclass(frozen=True, slots=True)
class NewTerms:
    """What somebody says of how an account is billed from a day on: the tariff, and `given` by
    the names of what it asks, as it was typed; what is empty or lacks is as the tariff has it."""

    account_id: int
    since: date
    tariff_id: int
    given: Mapping[str, str]
    reason: str


def begin_billing(new: NewTerms, *, months: int, actor: Actor, now: datetime) -> BillingAccount:
    """Bill an account from a day on, each bill for so many months; one whose billing ended too.

    Raises `BilledAlready`, `AccountFed`, `TermsBilled`, `BeforeOpened`, `BadMonths`,
    `TariffUnfit`, `NoPriceYet`, `BadTerms`, `BadText`, `NotVisible`, `Forbidden`.
    """
    required()
    record = account_record(actor=actor, account_id=new.account_id)
    actor.require(TERMS, record.organisation_id)
    reason = _reason(new.reason)
    if months not in MONTHS:
        raise BadMonths(months)
    if new.since < record.opened_date:
        raise BeforeOpened(record.opened_date)
    known = _ended(new.account_id, new.since)
    tariff = _fitting(new.tariff_id, new.since, record.service)
    said = _said(new, tariff)
    values = {
        "months": months, "currency": tariff.currency, "closed_date": None,
        "opened_date": new.since, "billed_until": new.since,
    }  # fmt: skip
    if known is not None:
        BillingAccount.objects.filter(pk=known.pk).update(**values)
        account = BillingAccount.objects.get(pk=known.pk)
    else:
        account = _begun(new.account_id, record.organisation_id, values)
    _hold(account, new, said, reason, actor, now)
    return account


def _begun(account_id: int, organisation_id: int, values: Mapping[str, Any]) -> BillingAccount:
    try:
        with transaction.atomic():
            return BillingAccount.objects.create(
                account_id=account_id, organisation_id=organisation_id, **values
            )
    except IntegrityError as error:  # somebody else began at the same moment
        raise BilledAlready(account_id) from error


def _ended(account_id: int, since: date) -> BillingAccount | None:
    """The account where it was billed once and is no more; None where it never was."""
    known = BillingAccount.objects.filter(pk=account_id).first()
    if known is None:
        return None
    if known.feed_id is not None:
        raise AccountFed(account_id, Feed.objects.get(pk=known.feed_id).name)
    if known.closed_date is None or known.billed_until < known.closed_date:
        raise BilledAlready(account_id)
    if since < known.closed_date:
        raise TermsBilled(known.closed_date)
    return known


def change_or_ask_terms(new: NewTerms, *, actor: Actor, now: datetime) -> BillingTerms | Approval:
    """Let other terms hold from a day on; where the last year would have come to less under them,
    or nothing tells, ask a second person first.

    Raises what `change_terms` raises, and `AlreadyPending`.
    """
    account = lock_accounts([new.account_id])[new.account_id]
    actor.require(TERMS, account.organisation_id)
    said = _checked(account, new)
    reason = _reason(new.reason)
    if not year_under(account, tariff_id=new.tariff_id, said=said).is_lower:
        return change_terms(new, actor=actor, now=now)
    held = terms_on(account.pk, new.since)
    return request_approval(
        kind=ASKED,
        subject_id=account.pk,
        organisation_id=account.organisation_id,
        payload={
            "since": new.since.isoformat(),
            "tariff": new.tariff_id,
            "given": {**said.labels, **said.numbers},
            "held": held.pk if held else None,
        },
        reason=reason,
        actor=actor,
        now=now,
    )


def terms_agreed(*, approval: Approval, actor: Actor, now: datetime) -> None:
    """A second person agreed: the terms hold from the day that was asked for.

    Raises `TermsMoved` where other terms hold by now, and what `change_terms` raises.
    """
    del actor
    asked = approval.payload
    new = NewTerms(
        approval.subject_id, date.fromisoformat(asked["since"]), asked["tariff"], asked["given"],
        approval.reason,
    )  # fmt: skip
    lock_accounts([new.account_id])
    held = terms_on(new.account_id, new.since)
    if (held.pk if held else None) != asked["held"]:
        raise TermsMoved(new.account_id)
    asker = actor_by_id(approval.requested_by_id, day=timezone.localdate(now))
    change_terms(new, actor=asker, now=now)


def change_terms(new: NewTerms, *, actor: Actor | None, now: datetime) -> BillingTerms:
    """Let other terms hold from a day on, for good.

    Raises `TermsBilled`, `BillingEnded`, `NothingChanged`, `TariffUnfit`, `NoPriceYet`,
    `BadTerms`, `BadText` without a reason, `AccountMissing`, `AccountFed`, `Forbidden`.
    """
    account = lock_accounts([new.account_id])[new.account_id]
    if actor is not None:
        actor.require(TERMS, account.organisation_id)
    said = _checked(account, new)
    return _hold(account, new, said, _reason(new.reason), actor, now)


def end_billing(
    *, account_id: int, until: date, reason: str, actor: Actor, now: datetime
) -> BillingAccount:
    """Bill an account no more from a day on: the bill up to it is the last one.

    Raises `TermsBilled`, `BillingEnded`, `BadText` without a reason, `AccountMissing`,
    `AccountFed`, `Forbidden`.
    """
    account = lock_accounts([account_id])[account_id]
    actor.require(TERMS, account.organisation_id)
    words = _reason(reason)
    if account.closed_date is not None:
        raise BillingEnded(account.closed_date)
    if until < account.billed_until:
        raise TermsBilled(account.billed_until)
    if until == account.opened_date:
        raise NothingBilled(account_id)
    account.closed_date, account.end_reason = until, words
    account.save(update_fields=["closed_date", "end_reason"])
    rows = BillingTerms.objects.filter(account=account_id)
    rows.filter(period__startswith__gte=until).delete()
    last = rows.order_by("-period").first()
    if last is not None:
        last.period = DateRange(last.period.lower, until)
        last.save(update_fields=["period"])
    _tell(account, until, actor, now)
    return account


def go_on_billing(*, account_id: int, actor: Actor, now: datetime) -> BillingAccount:
    """Bill an account on whose billing was to end, before its last bill was issued.

    Raises `NotEnding`, `AccountMissing`, `AccountFed`, `Forbidden`.
    """
    account = lock_accounts([account_id])[account_id]
    actor.require(TERMS, account.organisation_id)
    if account.closed_date is None or account.billed_until >= account.closed_date:
        raise NotEnding(account_id)
    last = terms_on(account_id, account.closed_date - timedelta(days=1))
    if last is not None:
        last.period = DateRange(last.period.lower, None)
        last.save(update_fields=["period"])
    day, account.closed_date, account.end_reason = account.closed_date, None, ""
    account.save(update_fields=["closed_date", "end_reason"])
    _tell(account, day, actor, now)
    return account


def _checked(account: BillingAccount, new: NewTerms) -> Said:
    """The terms, where they may hold from their day on."""
    if account.closed_date is not None and new.since >= account.closed_date:
        raise BillingEnded(account.closed_date)
    if new.since < account.billed_until:
        raise TermsBilled(account.billed_until)
    service = BillingAccount.objects.values_list("account__service", flat=True).get(pk=account.pk)
    said = _said(new, _fitting(new.tariff_id, new.since, service))
    held = terms_on(account.pk, new.since)
    if held is not None and held.period.upper == account.closed_date:
        now_held = (held.tariff_id, held.labels, held.numbers)
        if now_held == (new.tariff_id, dict(said.labels), dict(said.numbers)):
            raise NothingChanged(account.pk)
    return said


@dataclass(frozen=True, slots=True)
class _Fitting:
    """A tariff on a day: what it asks, and in which currency it charges."""

    asks: tuple[Asks, ...]
    currency: str


def _fitting(tariff_id: int, day: date, service: str) -> _Fitting:
    """The tariff as it holds on a day, for whoever has this service."""
    try:
        now = tariff_on(tariff_id=tariff_id, day=day)
    except TariffMissing:
        raise TariffUnfit(tariff_id) from None
    if now.row.service != service or now.row.pack not in ("", *packs_in_use()):
        raise TariffUnfit(tariff_id)
    if now.tariff is None:
        raise NoPriceYet(now.until)
    return _Fitting(asks_of(now.tariff, now.row.inputs), now.tariff.currency)


def _said(new: NewTerms, fitting: _Fitting) -> Said:
    said, faults = read_terms(fitting.asks, new.given)
    if faults:
        raise BadTerms(faults)
    return said


def _hold(
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
    _tell(account, new.since, actor, now)
    return made


def _tell(account: BillingAccount, since: date, actor: Actor | None, now: datetime) -> None:
    events.publish(
        TermsChanged(account.pk, since), organisation_id=account.organisation_id, actor=actor,
        now=now,
    )  # fmt: skip


def _reason(text: str) -> str:
    return clean(text, field="reason", max_length=REASON_LENGTH, one_line=True, required=True)


def _texts(numbers: Mapping[str, Decimal]) -> dict[str, str]:
    return {name: format(number, "f") for name, number in numbers.items()}
