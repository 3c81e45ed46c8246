"""Households and company groups: made, joined, left, led by another, dissolved on a day."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Final

from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from qiao.core.actor import Actor
from qiao.core.events import Event, publish
from qiao.core.numbering import next_number
from qiao.core.rules.grams import grams, normalise
from qiao.core.rules.periods import Period, overlaps
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.customers import events
from qiao.customers.models import Customer, CustomerGroup, GroupMember
from qiao.customers.operations.access import (
    branch_of,
    local_day,
    lock_customer,
    lock_customers,
    make_all_visible,
    make_visible,
)
from qiao.customers.operations.refusals import (
    AlreadyMember,
    CustomerRefusal,
    GroupFull,
    HeadStays,
    HoldsOthers,
    LaterChange,
    NameMissing,
    NotAbove,
    NotMember,
    OutsideGroup,
    WouldCircle,
    WrongKind,
    WrongState,
)
from qiao.customers.queries import NotVisible, held_as
from qiao.customers.rules import relations as rules

EDIT: Final = "customers.edit"
PREFIX: Final = "JT"  # 家庭户, 集团
NAME_LENGTH: Final = 80
NOTE_LENGTH: Final = 500
MOST_MEMBERS: Final = 500


_REFUSALS: Final[dict[str, type[CustomerRefusal]]] = {
    "outside": OutsideGroup,
    "member": AlreadyMember,
    "stranger": NotMember,
    "head": HeadStays,
    "later": LaterChange,
    "holds": HoldsOthers,
    "under": NotAbove,
    "circle": WouldCircle,
}


def make_group(
    *,
    actor: Actor,
    now: datetime,
    kind: str,
    head_id: int,
    member_ids: Iterable[int] = (),
    since: date,
    name: str = "",
) -> CustomerGroup:
    """Make a household of persons, or a company group whose members stand under `head_id`.

    Merged ids mean the customer who stands for them. Raises `WrongKind`, `AlreadyMember`,
    `NameMissing`, `GroupFull`, `BadText`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    called = clean(name, field="name", max_length=NAME_LENGTH, one_line=True)
    if kind == CustomerGroup.Kind.COMPANY and not called:
        raise NameMissing(kind)
    wanted = sorted({head_id, *member_ids})
    if len(wanted) > MOST_MEMBERS:
        raise GroupFull(str(len(wanted)))
    people = lock_customers(actor=actor, customer_ids=wanted)
    head = people[head_id]
    everybody = {each.pk: each for each in people.values()}
    for each in everybody.values():
        _check_kind(kind, each)
    _refuse_taken([(pk, DateRange(since, None)) for pk in everybody], [])
    organisation_id = branch_of(actor=actor, customer_id=head.pk)
    folded = normalise(called)
    group = CustomerGroup.objects.create(
        number=next_number(prefix=PREFIX, day=local_day(organisation_id=organisation_id, now=now)),
        kind=kind,
        name=called,
        organisation_id=organisation_id,
        period=DateRange(since, None),
        search=folded,
        grams=grams(folded, singles=False),
        made_at=now,
        made_by_id=actor.staff_id,
    )
    under = head.pk if kind == CustomerGroup.Kind.COMPANY else None
    whole = Period(since)
    parts = [
        rules.Part(pk, *(("head", whole) if pk == head.pk else ("member", whole, under)))
        for pk in everybody
    ]
    _write(group, [], parts)
    make_all_visible(customers=everybody.values(), organisation_id=organisation_id, now=now)
    _tell(group, events.GroupMade(group.pk, group.kind, tuple(everybody)), actor, now)
    return group


def join_group(
    *,
    actor: Actor,
    now: datetime,
    group_id: int,
    customer_id: int,
    since: date,
    until: date | None = None,
    under_id: int | None = None,
) -> None:
    """Let a customer belong to a group; a company under `under_id`, else under the parent company.

    Raises `WrongKind`, `AlreadyMember`, `OutsideGroup`, `NotAbove`, `GroupFull`, `WrongState` for
    a dissolved group, `BadPeriod`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    customer = lock_customer(actor=actor, customer_id=customer_id)
    group = _lock(actor, group_id)
    _check_kind(group.kind, customer)
    stay = Period(since, until)
    kept = _parts(group)
    if len(kept) >= MOST_MEMBERS:
        raise GroupFull(str(len(kept)))
    above = _above(group, kept, under_id, since)
    new = rules.Part(customer.pk, rules.MEMBER, stay, above)
    own = held_as(customer.pk)
    if any(each.customer_id in own and overlaps(each.period, stay) for each in kept):
        raise AlreadyMember(customer.name)
    _write(group, kept, _obeyed(lambda: rules.joined(kept, _whole(group), new)))
    make_visible(customer_id=customer.pk, organisation_id=group.organisation_id, now=now)
    _tell(group, events.GroupJoined(group.pk, customer.pk), actor, now)


def leave_group(
    *,
    actor: Actor,
    now: datetime,
    group_id: int,
    customer_id: int,
    day: date,
    heir_id: int | None = None,
) -> None:
    """Let a customer belong to a group no longer: `day` is the first one without.

    Their first day takes back what was entered by mistake: they never belonged to it. A head
    leaves its place to `heir_id`.

    Raises `NotMember`, `HeadStays`, `HoldsOthers`, `LaterChange`, `WrongState`, `NotVisible`,
    `qiao.core.actor.Forbidden`.
    """
    group = _lock(actor, group_id)
    kept = _parts(group)
    member = _own(kept, customer_id, day)
    heir = None if heir_id is None else _own(kept, heir_id, day)
    _write(group, kept, _obeyed(lambda: rules.left(kept, _whole(group), member, day, heir)))
    _tell(group, events.GroupLeft(group.pk, member), actor, now)
    if heir is not None:
        _tell(group, events.GroupHeadChanged(group.pk, heir), actor, now)


def change_head(
    *, actor: Actor, now: datetime, group_id: int, customer_id: int, day: date
) -> None:
    """Let a member be the head from a day on; the former head stays as a member.

    Raises `NotMember`, `HeadStays` if it is the head already, `LaterChange`, `OutsideGroup`,
    `WrongState`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    group = _lock(actor, group_id)
    kept = _parts(group)
    heir = _own(kept, customer_id, day)
    _write(group, kept, _obeyed(lambda: rules.headed(kept, _whole(group), heir, day)))
    _tell(group, events.GroupHeadChanged(group.pk, heir), actor, now)


def place_under(
    *, actor: Actor, now: datetime, group_id: int, customer_id: int, under_id: int, day: date
) -> None:
    """Let a company stand under another one of its group from a day on.

    Raises `WrongKind` for a household, `NotMember`, `HeadStays` for the parent company,
    `NotAbove`, `WouldCircle`, `LaterChange`, `WrongState`, `NotVisible`,
    `qiao.core.actor.Forbidden`.
    """
    group = _lock(actor, group_id)
    if group.kind != CustomerGroup.Kind.COMPANY:
        raise WrongKind(group.kind)
    kept = _parts(group)
    member, above = _own(kept, customer_id, day), _own(kept, under_id, day)
    changed = _obeyed(lambda: rules.placed(kept, _whole(group), member, above, day))
    _write(group, kept, changed)
    _tell(group, events.GroupMemberPlaced(group.pk, member, above), actor, now)


def dissolve_group(*, actor: Actor, now: datetime, group_id: int, day: date) -> None:
    """Let a group end: `day` is the first one without it.

    Raises `LaterChange` if somebody joined on that day or later, `WrongState`, `NotVisible`,
    `qiao.core.actor.Forbidden`.
    """
    group = _lock(actor, group_id)
    kept = _parts(group)
    changed = _obeyed(lambda: rules.ended(kept, day))
    group.period = DateRange(group.period.lower, day)
    group.save(update_fields=["period"])
    _write(group, kept, changed)
    _tell(group, events.GroupDissolved(group.pk), actor, now)


def describe_group(*, actor: Actor, group_id: int, name: str, note: str = "") -> CustomerGroup:
    """Give a group another name and note; a household may go without a name.

    Raises `NameMissing`, `BadText`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    group = _lock(actor, group_id, running=False)
    called = clean(name, field="name", max_length=NAME_LENGTH, one_line=True)
    if group.kind == CustomerGroup.Kind.COMPANY and not called:
        raise NameMissing(group.number)
    group.name, group.search = called, normalise(called)
    group.grams = grams(group.search, singles=False)
    group.note = clean(note, field="note", max_length=NOTE_LENGTH)
    group.save(update_fields=["name", "search", "grams", "note"])
    return group


def _lock(actor: Actor, group_id: int, *, running: bool = True) -> CustomerGroup:
    """The group, its row locked; one that was dissolved cannot change."""
    required()
    found = CustomerGroup.objects.visible_to(actor).select_for_update(no_key=True)
    group = found.filter(pk=group_id).first()
    if group is None:
        raise NotVisible(f"group {group_id}")
    actor.require(EDIT, group.organisation_id)
    if running and group.period.upper is not None:
        raise WrongState(f"dissolved on {group.period.upper}")
    return group


def _check_kind(kind: str, customer: Customer) -> None:
    wanted = (
        Customer.Kind.PERSON
        if CustomerGroup.Kind(kind) == CustomerGroup.Kind.HOUSEHOLD
        else Customer.Kind.ORGANISATION
    )
    if customer.kind != wanted:
        raise WrongKind(customer.name)


def _whole(group: CustomerGroup) -> Period:
    return Period(group.period.lower, group.period.upper)


def _parts(group: CustomerGroup) -> list[rules.Part]:
    rows = GroupMember.objects.filter(group=group).order_by("id")
    return [
        rules.Part(
            row.customer_id,
            row.role,
            Period(row.period.lower, row.period.upper),
            row.under_id,
            row.pk,
        )
        for row in rows
    ]


def _own(parts: Sequence[rules.Part], customer_id: int, day: date) -> int:
    """Under which of their ids a customer belongs to the group on the day, or on others."""
    ids = held_as(customer_id)
    stays = [each for each in parts if each.customer_id in ids]
    running = [e for e in stays if e.period.end is None or e.period.end > day] or stays
    if not running:
        raise NotMember(f"customer {customer_id}")
    return min(running, key=lambda each: each.role != rules.HEAD).customer_id


def _above(
    group: CustomerGroup, parts: Sequence[rules.Part], under_id: int | None, day: date
) -> int | None:
    if group.kind == CustomerGroup.Kind.HOUSEHOLD:
        return None
    if under_id is not None:
        return _own(parts, under_id, day)
    heads = [each for each in parts if each.role == rules.HEAD]
    return next((each.customer_id for each in heads if day in each.period), heads[-1].customer_id)


def _obeyed(change: Callable[[], rules.Parts]) -> rules.Parts:
    """What the rules make of it. Raises the refusal of the house."""
    try:
        return change()
    except rules.Refused as refusal:
        raise _REFUSALS[refusal.reason](refusal.reason) from refusal


_OTHER_DAYS = """
UPDATE customers_groupmember m SET period = w.period
  FROM unnest(%s::bigint[], %s::daterange[]) AS w (id, period) WHERE m.id = w.id
"""


def _write(
    group: CustomerGroup, kept: Sequence[rules.Part], changed: Sequence[rules.Part]
) -> None:
    """Write the difference: what is gone, what ends, what begins."""
    after = {each.part_id: each.period for each in changed}
    GroupMember.objects.filter(
        pk__in=[part.part_id for part in kept if part.part_id not in after]
    ).delete()
    ended = [
        (part.part_id, DateRange(after[part.part_id].start, after[part.part_id].end))
        for part in kept
        if part.part_id in after and after[part.part_id] != part.period
    ]
    with connection.cursor() as cursor:
        cursor.execute(_OTHER_DAYS, [[pk for pk, _ in ended], [days for _, days in ended]])
    begun = [
        GroupMember(
            group=group,
            customer_id=each.customer_id,
            role=each.role,
            under_id=each.under_id,
            period=DateRange(each.period.start, each.period.end),
        )
        for each in changed
        if each.part_id is None
    ]
    _refuse_taken([(each.customer_id, each.period) for each in begun], kept)
    try:
        with transaction.atomic():
            GroupMember.objects.bulk_create(begun)
    except IntegrityError as error:
        raise AlreadyMember from error


_ELSEWHERE = """
SELECT c.name FROM unnest(%s::bigint[], %s::daterange[]) AS w (id, period)
  JOIN customers_groupmember m
    ON m.customer_id = ANY(customers_held_as(w.id)) AND m.period && w.period
  JOIN customers_customer c ON c.id = w.id
 WHERE m.id <> ALL(%s) LIMIT 1
"""


def _refuse_taken(begun: Sequence[tuple[int, DateRange]], kept: Sequence[rules.Part]) -> None:
    """Nobody belongs to two groups, whatever record of theirs does."""
    own = [each.part_id for each in kept]
    ids, days = [pk for pk, _ in begun], [days for _, days in begun]
    with connection.cursor() as cursor:
        cursor.execute(_ELSEWHERE, [ids, days, own])
        found = cursor.fetchone()
    if found is not None:
        raise AlreadyMember(found[0])


def _tell(group: CustomerGroup, event: Event, actor: Actor, now: datetime) -> None:
    publish(event, organisation_id=group.organisation_id, actor=actor, now=now)
