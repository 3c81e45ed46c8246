"""An account handed over on a day: who leaves, who comes, in one step that can be taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from qiao.core import settings
from qiao.core.actor import Actor
from qiao.core.events import publish
from qiao.core.models import AuditEntry
from qiao.core.numbering import next_number
from qiao.core.rules import phones
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.customers.events import AccountHandedOver, CustomerChanged, MoveUndone
from qiao.customers.models import Account, AccountParty, CustomerPhone, Move, MoveParty
from qiao.customers.operations.access import local_day
from qiao.customers.operations.accounts import add_party, end_party
from qiao.customers.operations.customers import add_phone
from qiao.customers.operations.protection_moving import review_who_moved
from qiao.customers.operations.refusals import (
    AlreadyOwned,
    ChangedMeanwhile,
    LaterChange,
    NothingMoves,
    NotYet,
    OwnerMissing,
    PhoneKnown,
    ReasonMissing,
    TooEarly,
    WrongState,
)
from qiao.customers.queries import NotVisible, get_customer_for
from qiao.customers.queries.moves import done_by, parts_of
from qiao.customers.queries.references import used_by
from qiao.customers.rules.moving import Plan, faults, hindrances
from qiao.staff.queries import chain_of

PREFIX = "GH"  # 过户
AHEAD_DAYS = "customers.move_ahead_days"
NOTE_LENGTH = 500
ADDRESS_LENGTH = 200
REASON_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Coming:
    """A customer who takes parts in the account from the day on."""

    customer_id: int
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HandOver:
    """What is handed over: `leaving` are ids of parts that end, `day` is the first day without.

    `opening_reading` is the same as the last one unless given. The forwarding number is taught to
    the owner who leaves, or else to the first who does.
    """

    day: date
    leaving: tuple[int, ...] = ()
    coming: tuple[Coming, ...] = ()
    final_reading: Decimal | None = None
    opening_reading: Decimal | None = None
    forwarding_address: str = ""
    forwarding_phone: str = ""
    note: str = ""


def hand_over_account(
    *, actor: Actor, now: datetime, account_id: int, hand_over: HandOver
) -> Move:
    """Hand an account over. Two clerks at once: the second finds it changed and is refused.

    Raises `WrongState` for a closed account, `NotYet`, `TooEarly` (the part or the account began
    later), `ChangedMeanwhile` (a part has ended or gone), `NothingMoves`, `OwnerMissing`,
    `AlreadyOwned`, `BadPhone`, `BadText`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    account = _lock_account(actor, account_id)
    if account.status == Account.Status.CLOSED:
        raise WrongState(account.status)
    today = local_day(organisation_id=account.organisation_id, now=now)
    _check_day(account, hand_over.day, today)
    parties = list(AccountParty.objects.filter(account=account).order_by("id"))
    coming = _resolved(actor, hand_over.coming)
    _check(parties, hand_over, coming)
    move = _new_move(account, hand_over, actor, now, today)
    leaving = [p for p in parties if p.pk in hand_over.leaving]
    _end_parts(move, leaving, actor, now)
    review_who_moved(
        account=account, leaving=leaving, by_id=actor.staff_id, now=now, day=hand_over.day
    )
    _begin_parts(move, coming, actor, now)
    _teach_forwarding(move, parties, hand_over, actor, now)
    told = AccountHandedOver(move.pk, account.pk)
    publish(told, organisation_id=account.organisation_id, actor=actor, now=now)
    return move


def _lock_account(actor: Actor, account_id: int) -> Account:
    required()
    found = (
        Account.objects.visible_to(actor)
        .select_for_update(no_key=True)
        .filter(pk=account_id)
        .first()
    )
    if found is None:
        raise NotVisible(f"account {account_id}")
    actor.require("customers.edit", found.organisation_id)
    return found


def _check_day(account: Account, day: date, today: date) -> None:
    chain = chain_of(account.organisation_id)
    ahead = settings.find(AHEAD_DAYS, day=today, organisation_ids=chain)
    latest = today + timedelta(days=int(ahead.value))
    if day > latest:
        raise NotYet(day, latest)
    if day < account.opened_date:
        raise TooEarly(account.opened_date)


def _resolved(actor: Actor, coming: Sequence[Coming]) -> list[Coming]:
    """Who stands for each, with the right to see them."""
    return [
        Coming(get_customer_for(actor=actor, customer_id=one.customer_id).pk, one.roles)
        for one in coming
    ]


def _check(parties: Sequence[AccountParty], hand_over: HandOver, coming: Sequence[Coming]) -> None:
    plan = Plan(
        day=hand_over.day,
        parts=parts_of(parties),
        leaving=frozenset(hand_over.leaving),
        coming=[(one.customer_id, role) for one in coming for role in one.roles],
    )
    for fault, day in faults(plan):
        if fault == "too_early":
            raise TooEarly(day)
        raise {
            "gone": ChangedMeanwhile,
            "nothing": NothingMoves,
            "ownerless": OwnerMissing,
            "owned": AlreadyOwned,
        }[fault](str(day or hand_over.day))


def _new_move(
    account: Account, hand_over: HandOver, actor: Actor, now: datetime, today: date
) -> Move:
    phone = hand_over.forwarding_phone.strip()
    opening = hand_over.opening_reading
    return Move.objects.create(
        number=next_number(prefix=PREFIX, day=today),
        account=account,
        organisation_id=account.organisation_id,
        hand_over_date=hand_over.day,
        final_reading=hand_over.final_reading,
        opening_reading=hand_over.final_reading if opening is None else opening,
        forwarding_address=clean(
            hand_over.forwarding_address,
            field="forwarding_address",
            max_length=ADDRESS_LENGTH,
            one_line=True,
        ),
        forwarding_phone=phones.normalise(phone) if phone else "",
        note=clean(hand_over.note, field="note", max_length=NOTE_LENGTH),
        made_at=now,
        made_date=today,
        made_by_id=actor.staff_id,
    )


def _end_parts(move: Move, leaving: Sequence[AccountParty], actor: Actor, now: datetime) -> None:
    for party in leaving:
        MoveParty.objects.create(
            move=move,
            side=MoveParty.Side.LEFT,
            party_id=party.pk,
            customer_id=party.customer_id,
            role=party.role,
            until_before=party.period.upper,
        )
        end_party(actor=actor, now=now, party_id=party.pk, end_date=move.hand_over_date)


def _begin_parts(move: Move, coming: Sequence[Coming], actor: Actor, now: datetime) -> None:
    for one in coming:
        for role in one.roles:
            party = add_party(
                actor=actor,
                now=now,
                account_id=move.account_id,
                customer_id=one.customer_id,
                role=role,
                from_date=move.hand_over_date,
            )
            MoveParty.objects.create(
                move=move,
                side=MoveParty.Side.CAME,
                party_id=party.pk,
                customer_id=party.customer_id,
                role=role,
            )


def _teach_forwarding(
    move: Move,
    parties: Sequence[AccountParty],
    hand_over: HandOver,
    actor: Actor,
    now: datetime,
) -> None:
    leavers = [p for p in parties if p.pk in hand_over.leaving]
    if not move.forwarding_phone or not leavers:
        return
    first = min(leavers, key=lambda p: (p.role != AccountParty.Role.OWNER, p.pk))
    try:
        with transaction.atomic():
            taught = add_phone(
                actor=actor, now=now, customer_id=first.customer_id, number=move.forwarding_phone
            )
    except PhoneKnown:
        return  # nothing to teach: it leads to them already
    move.taught_phone_id = taught.pk
    move.save(update_fields=["taught_phone_id"])


def undo_move(*, actor: Actor, now: datetime, move_id: int, reason: str) -> Move:
    """Take a move back: who left is there again, who came never was.

    Only while nothing later rests on it: no part that it ended or began was changed since, nobody
    came after it, the account is not closed. The forwarding number that it taught goes as well,
    unless it was verified, changed or used since.

    Raises `LaterChange`, `WrongState` if it was taken back before, `ReasonMissing`, `BadText`,
    `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    required()
    seen = Move.objects.visible_to(actor).filter(pk=move_id).first()
    if seen is None:
        raise NotVisible(f"move {move_id}")
    account = _lock_account(actor, seen.account_id)
    move = Move.objects.get(pk=move_id)
    words = clean(reason, field="reason", max_length=REASON_LENGTH)
    if not words:
        raise ReasonMissing("taking a move back needs its reason")
    if move.undone_at is not None or account.status == Account.Status.CLOSED:
        raise WrongState(move.number)
    _put_back(move)
    _forget_forwarding(move, actor, now)
    move.undone_at, move.undone_by_id, move.undo_reason = now, actor.staff_id, words
    move.save(update_fields=["undone_at", "undone_by_id", "undo_reason"])
    told = MoveUndone(move.pk, account.pk)
    publish(told, organisation_id=account.organisation_id, actor=actor, now=now)
    return move


def _forget_forwarding(move: Move, actor: Actor, now: datetime) -> None:
    taught = move.taught_phone_id or 0
    phone = CustomerPhone.objects.filter(pk=taught, verified_at=None).first()
    if phone is None or used_by("customers_customerphone", [phone.pk]):
        return
    changed = AuditEntry.objects.filter(
        table_name="customers_customerphone", row_id=phone.pk, operation="U", at__gte=move.made_at
    )
    if changed.exists():
        return
    phone.delete()
    told = CustomerChanged(phone.customer_id, ("phones",))
    publish(told, organisation_id=move.organisation_id, actor=actor, now=now)


def _put_back(move: Move) -> None:
    rows = list(move.parties.all())
    parts = {p.pk: p for p in AccountParty.objects.filter(account_id=move.account_id)}
    done = done_by(move, rows)
    if hindrances(done, parts_of(parts.values())):
        raise LaterChange(move.number)
    AccountParty.objects.filter(pk__in=done.came).delete()
    try:
        with transaction.atomic():
            for row in rows:
                if row.party_id in done.left:
                    part = parts[row.party_id]
                    part.period = DateRange(part.period.lower, row.until_before)
                    part.save(update_fields=["period"])
    except IntegrityError as error:
        raise LaterChange(move.number) from error
