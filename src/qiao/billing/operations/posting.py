"""The one way into the ledger: postings with all of their entries, any number at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import IntegrityError, connection

from qiao.billing.models import BillingAccount, ClosedDay, Feed, Posting
from qiao.billing.models import Entry as EntryRow
from qiao.billing.rules.money.postings import Entry, Event, Ledger, checked, reversed_
from qiao.core.actor import Actor
from qiao.core.copying import copy_rows, reserve_ids
from qiao.core.transactions import required

_POSTING: Final = (
    "id, event, organisation_id, currency, booked_date, recorded_at, recorded_by_id, source, key,"
    " reverses_id, entry_count, reason"
)
CLOSED: Final = "billing_closed_day"
_ENTRY: Final = "posting_id, place, ledger, minor, account_id, bill_id, owner, kind, charge"


class DayClosed(Exception):  # noqa: N818 - a refusal, not a fault
    """The day is closed, or one after it: nothing is booked into it; `day` is the day."""

    def __init__(self, day: date) -> None:
        super().__init__(f"{day} is closed")
        self.day = day


class ReversedAlready(Exception):  # noqa: N818 - a refusal, not a fault
    """The posting was taken back before, or takes another back itself."""


class AccountMissing(Exception):  # noqa: N818 - a refusal, not a fault
    """An account is not billed here; `account_id` is its id."""

    def __init__(self, account_id: int) -> None:
        super().__init__(f"account {account_id} is not billed")
        self.account_id = account_id


class AccountFed(AccountMissing):
    """An account is billed by another system, whose `name` this is: nothing is charged, taken or
    posted here."""

    def __init__(self, account_id: int, name: str) -> None:
        super().__init__(account_id)
        self.name = name


@dataclass(frozen=True, slots=True)
class NewPosting:
    """What is posted: an event, for what (`source` and `key`, once), on which day, its entries."""

    event: Event
    organisation_id: int
    currency: str
    booked_date: date
    source: str
    key: str
    entries: Sequence[Entry]
    reason: str = ""
    reverses_id: int | None = None


def hold_accounts(account_ids: Iterable[int]) -> dict[int, BillingAccount]:
    """Lock accounts for the transaction, in their order, whoever bills them today: for what is
    done about their bills and posts nothing."""
    required()
    rows = BillingAccount.objects.filter(pk__in=sorted(set(account_ids))).order_by("pk")
    return {row.pk: row for row in rows.select_for_update(no_key=True)}


def lock_accounts(account_ids: Iterable[int]) -> dict[int, BillingAccount]:
    """Lock the money of accounts for the transaction, in their order.

    Raises `AccountMissing`, and its own kind `AccountFed` of one that another system bills.
    """
    wanted = sorted(set(account_ids))
    found = hold_accounts(wanted)
    for account_id in wanted:
        if account_id not in found:
            raise AccountMissing(account_id)
        feed_id = found[account_id].feed_id
        if feed_id is not None:
            raise AccountFed(account_id, Feed.objects.get(pk=feed_id).name)
    return found


def post(postings: Sequence[NewPosting], *, actor: Actor | None, now: datetime) -> list[int]:
    """Write postings, in their order; their ids. Whoever posts on accounts has locked them.

    Raises `rules.money.postings.Unbalanced`, `DayClosed`; what else the ledger refuses is a fault
    of the caller and a database error.
    """
    required()
    if not postings:
        return []
    entries = [_checked(posting) for posting in postings]
    _refuse_closed(postings)
    try:
        return _write(postings, entries, actor=actor, now=now)
    except IntegrityError as error:
        if _constraint(error) != CLOSED:
            raise
        # Somebody closed the day while this was under way.
        raise DayClosed(min(posting.booked_date for posting in postings)) from error


def reverse_postings(
    posting_ids: Sequence[int],
    *,
    booked_date: date,
    reason: str,
    actor: Actor | None,
    now: datetime,
) -> list[int]:
    """Take postings back, entry by entry; the ids of what does. Raises `ReversedAlready`,
    `DayClosed`."""
    required()
    rows = {row.pk: row for row in Posting.objects.filter(pk__in=posting_ids)}
    taken = Posting.objects.filter(reverses__in=posting_ids)
    if taken.exists() or any(row.reverses_id for row in rows.values()):
        raise ReversedAlready
    by_posting: dict[int, list[Entry]] = {pk: [] for pk in posting_ids}
    for row in EntryRow.objects.filter(posting__in=posting_ids).order_by("posting", "place"):
        by_posting[row.posting_id].append(entry_of(row))
    return post(
        [
            NewPosting(
                event=Event(rows[pk].event),
                organisation_id=rows[pk].organisation_id,
                currency=rows[pk].currency,
                booked_date=booked_date,
                source="reversal",
                key=str(pk),
                entries=reversed_(by_posting[pk]),
                reason=reason,
                reverses_id=pk,
            )
            for pk in posting_ids
        ],
        actor=actor,
        now=now,
    )


def entry_of(row: EntryRow) -> Entry:
    """An entry as the rules take it."""
    return Entry(
        Ledger(row.ledger),
        row.minor,
        row.account_id or 0,
        row.bill_id or 0,
        row.owner,
        row.kind,
        row.charge,
    )


def _checked(posting: NewPosting) -> tuple[Entry, ...]:
    if posting.reverses_id is not None:
        return tuple(posting.entries)  # the ledger looks whether they mirror what they take back
    return checked(posting.event, posting.entries)


def _refuse_closed(postings: Sequence[NewPosting]) -> None:
    """A word in time; whoever closes at this very moment is met by the ledger itself."""
    first: dict[int, date] = {}
    for posting in postings:
        day = first.get(posting.organisation_id, posting.booked_date)
        first[posting.organisation_id] = min(day, posting.booked_date)
    for organisation_id, day in first.items():
        if ClosedDay.objects.filter(organisation=organisation_id, day__gte=day).exists():
            raise DayClosed(day)


def _write(
    postings: Sequence[NewPosting],
    entries: Sequence[Sequence[Entry]],
    *,
    actor: Actor | None,
    now: datetime,
) -> list[int]:
    first = reserve_ids("billing_posting", len(postings))
    with connection.cursor() as cursor:
        # Entries first: a posting is looked at as a whole when it is written.
        copy_rows(
            cursor,
            "billing_entry",
            _ENTRY,
            (
                (
                    posting_id,
                    place,
                    entry.ledger.value,
                    entry.minor,
                    entry.account or None,
                    entry.bill or None,
                    entry.owner,
                    entry.kind,
                    entry.charge,
                )
                for posting_id, own in enumerate(entries, first)
                for place, entry in enumerate(own, 1)
            ),
        )
        copy_rows(
            cursor,
            "billing_posting",
            _POSTING,
            (
                (
                    posting_id,
                    posting.event.value,
                    posting.organisation_id,
                    posting.currency,
                    posting.booked_date,
                    now,
                    actor.staff_id if actor else None,
                    posting.source,
                    posting.key,
                    posting.reverses_id,
                    len(own),
                    posting.reason,
                )
                for posting_id, (posting, own) in enumerate(
                    zip(postings, entries, strict=True), first
                )
            ),
        )
    return list(range(first, first + len(postings)))


def _constraint(error: IntegrityError) -> str:
    """The name of what was broken, "" where the database names nothing."""
    found = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    return str(found or "")
