"""Numbers that lead to their customers no longer: noted, judged, confirmed, replaced, retired.

A number is one, however many records of a merged customer hold it: it is judged by all attempts
and retired on all of them.
"""
# ruff: noqa: S608 - statements are put together from this module's own pieces; values are bound

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection
from django.utils import timezone

from qiao.core import parameters
from qiao.core.actor import Actor
from qiao.core.events import publish
from qiao.core.prepared import fetch_all
from qiao.core.rules import phones
from qiao.core.transactions import required
from qiao.customers.events import PhoneRetired
from qiao.customers.models import Customer, CustomerPhone, FormerPhone
from qiao.customers.operations.access import branch_of, local_day, lock_customer
from qiao.customers.operations.customers import add_phone
from qiao.customers.operations.refusals import UnknownOutcome
from qiao.customers.queries import NotVisible, held_as
from qiao.customers.queries.search import ids_of, stands_for
from qiao.customers.rules.numbers import Attempt, Outcome, Verdict, judge
from qiao.staff.queries import chain_of

FAILURES, DAYS = "customers.number_failures", "customers.number_days"
BY_HAND: Final = "customers.by_hand"
OUTCOMES: Final = frozenset(each.value for each in Outcome)
SAID: Final = (Outcome.WRONG_PERSON, Outcome.NOT_IN_SERVICE, Outcome.CONFIRMED)

_NOTE = """
INSERT INTO customers_phoneattempt (customer_id, number, extension, outcome, at, source, ref,
                                    staff_id)
SELECT * FROM unnest(%(customers)s::bigint[], %(numbers)s::text[], %(extensions)s::text[],
                     %(outcomes)s::text[], %(moments)s::timestamptz[], %(sources)s::text[],
                     %(refs)s::text[], %(staff)s::bigint[])
ON CONFLICT (source, ref) DO NOTHING
RETURNING customer_id
"""
# Customers with all their ids, and whose limits count: of the unit where they were known first.
_FAMILIES = f"""
SELECT s.id, {ids_of("s.id")},
       (SELECT l.organisation_id FROM customers_customerorganisation l
         WHERE l.customer_id = s.id
         ORDER BY l.through_merge_of IS NOT NULL, l.since, l.organisation_id LIMIT 1)
  FROM (SELECT DISTINCT {stands_for("r")} AS id
          FROM customers_customer r WHERE r.id = ANY(%(ids)s::bigint[])) s
"""
# The rows are locked before the attempts are read: of two calls at once the later sees both.
_LOCK = """
SELECT p.id, p.customer_id, p.number, p.extension FROM customers_customerphone p
 WHERE p.customer_id = ANY(%(ids)s::bigint[]) ORDER BY p.id FOR NO KEY UPDATE
"""
_ATTEMPTS = """
SELECT a.customer_id, a.number, a.extension, a.outcome, a.at FROM customers_phoneattempt a
 WHERE a.customer_id = ANY(%(ids)s::bigint[])
"""
_KEEP = """
UPDATE customers_customerphone p
   SET standing = v.standing, standing_since = v.since, standing_reason = v.reason
  FROM unnest(%(phones)s::bigint[], %(standings)s::text[], %(moments)s::timestamptz[],
              %(reasons)s::text[]) AS v (id, standing, since, reason)
 WHERE p.id = v.id
   AND (p.standing, p.standing_since, p.standing_reason)
       IS DISTINCT FROM (v.standing, v.since, v.reason)
"""


@dataclass(frozen=True, slots=True)
class NumberAttempt:
    """A call to a number in its stored form. `source` and `ref` name the record behind it."""

    customer_id: int
    number: str
    outcome: str
    at: datetime
    source: str
    ref: str
    staff_id: int | None = None


def note_attempts(*, attempts: Iterable[NumberAttempt], now: datetime) -> int:
    """Keep what came of calls, and judge their numbers anew; how many were not known.

    A number that the customer does not have is kept all the same and judged when they have it.
    Raises `UnknownOutcome` for an outcome there is not.
    """
    required()
    rows = list(attempts)
    for row in rows:
        if row.outcome not in OUTCOMES:
            raise UnknownOutcome
    if not rows:
        return 0
    split = [phones.split_extension(row.number) for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            _NOTE,
            {
                "customers": [row.customer_id for row in rows],
                "numbers": [number for number, _extension in split],
                "extensions": [extension for _number, extension in split],
                "outcomes": [row.outcome for row in rows],
                "moments": [row.at for row in rows],
                "sources": [row.source for row in rows],
                "refs": [row.ref for row in rows],
                "staff": [row.staff_id for row in rows],
            },
        )
        noted = [customer_id for (customer_id,) in cursor.fetchall()]
    if noted:
        judge_numbers(customer_ids=noted, now=now)
    return len(noted)


def judge_numbers(*, customer_ids: Iterable[int], now: datetime) -> int:
    """Judge every number of some customers by all attempts; how many stand otherwise now.

    Whichever id is given, the numbers of all records of the customer are judged, by the limits
    that hold today where the customer was known first.
    """
    required()
    families = fetch_all(_FAMILIES, {"ids": sorted(set(customer_ids))})
    owner = {pk: survivor for survivor, ids, _unit in families for pk in ids}
    units = {survivor: unit for survivor, _ids, unit in families}
    limits = {unit: _limits(unit, now) for unit in set(units.values())}
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, {"ids": list(owner)})
        held = cursor.fetchall()
        cursor.execute(_ATTEMPTS, {"ids": list(owner)})
        known: dict[tuple[int, str, str], list[Attempt]] = {}
        for pk, number, extension, outcome, at in cursor.fetchall():
            made = known.setdefault((owner[pk], number, extension), [])
            made.append(Attempt(at, Outcome(outcome)))
        verdicts: list[tuple[int, Verdict]] = []
        for pk, row, number, extension in held:
            failures, days = limits[units[owner[row]]]
            made = known.get((owner[row], number, extension), [])
            verdicts.append((pk, judge(made, failures=failures, days=days)))
        cursor.execute(
            _KEEP,
            {
                "phones": [pk for pk, _verdict in verdicts],
                "standings": [v.standing.value for _pk, v in verdicts],
                "moments": [v.since for _pk, v in verdicts],
                "reasons": [v.reason.value if v.reason else "" for _pk, v in verdicts],
            },
        )
        return int(cursor.rowcount)


def _limits(unit: int | None, now: datetime) -> tuple[int, int]:
    """How many failures within how many days; for a customer of no unit, those of everywhere."""
    chain = () if unit is None else chain_of(unit)
    day = timezone.localdate(now) if unit is None else local_day(organisation_id=unit, now=now)
    failures, days = (
        int(parameters.find(key, day=day, organisation_ids=chain).value)
        for key in (FAILURES, DAYS)
    )
    return failures, days


def note_call(
    *, customer_id: int, number: str, outcome: str, source: str, ref: str, at: datetime,
    now: datetime, staff_id: int | None = None,
) -> None:  # fmt: skip
    """Keep what came of a call to a customer at `number`, in its stored form.

    Nothing is kept of a number that is not theirs.
    """
    required()
    bare, extension = phones.split_extension(number)
    theirs = CustomerPhone.objects.filter(customer_id__in=held_as(customer_id))
    phone = theirs.filter(number=bare, extension=extension).order_by("id").first()
    if phone is not None:
        stored = phones.join_extension(phone.number, phone.extension)
        attempt = NumberAttempt(phone.customer_id, stored, outcome, at, source, ref, staff_id)
        note_attempts(attempts=[attempt], now=now)


def say_of_number(
    *, actor: Actor, now: datetime, customer_id: int, phone_id: int, outcome: str
) -> CustomerPhone:
    """Somebody knows that a number is wrong, out of service, or good.

    Raises `UnknownOutcome`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    _customer, phone, _rows = _lock_phone(actor, customer_id, phone_id)
    if outcome not in SAID:
        raise UnknownOutcome
    stored = phones.join_extension(phone.number, phone.extension)
    attempt = NumberAttempt(
        phone.customer_id, stored, outcome, now, BY_HAND, f"{phone.pk}:{now.isoformat()}",
        actor.staff_id,
    )  # fmt: skip
    note_attempts(attempts=[attempt], now=now)
    phone.refresh_from_db()
    return phone


def retire_number(
    *, actor: Actor, now: datetime, customer_id: int, phone_id: int, reason: str
) -> FormerPhone:
    """A number leads to the customer no longer; it is kept as a former one.

    Every record of the customer that holds the number keeps it as a former one of its own: a
    merge undone finds both as they are. Raises `UnknownOutcome`, `NotVisible`,
    `qiao.core.actor.Forbidden`.
    """
    customer, phone, rows = _lock_phone(actor, customer_id, phone_id)
    if reason not in FormerPhone.Reason.values:
        raise UnknownOutcome
    former = {row.pk: _retire(row, reason, actor, now) for row in rows}[phone.pk]
    publish(
        PhoneRetired(customer.pk, former.pk),
        organisation_id=branch_of(actor=actor, customer_id=customer.pk),
        actor=actor,
        now=now,
    )
    return former


def _retire(phone: CustomerPhone, reason: str, actor: Actor, now: datetime) -> FormerPhone:
    former = FormerPhone.objects.create(
        customer_id=phone.customer_id,
        number=phone.number,
        extension=phone.extension,
        digits=phone.digits,
        kind=phone.kind,
        label=phone.label,
        since=min(phone.created_at, now),
        until=now,
        reason=reason,
        staff_id=actor.staff_id,
    )
    CustomerPhone.objects.filter(pk=phone.pk).delete()
    if phone.is_primary:
        _choose_first(phone.customer_id)
    return former


def replace_number(
    *, actor: Actor, now: datetime, customer_id: int, phone_id: int, number: str, label: str = ""
) -> CustomerPhone:
    """A customer has another number instead of this one.

    It is the first to call if the customer's own record called the former one first: a number of
    a merged record leaves the customer's own first number what it is.

    Raises `BadPhone`, `BadText`, `PhoneKnown`, `NotVisible`,
    `qiao.core.actor.Forbidden`.
    """
    customer, phone, rows = _lock_phone(actor, customer_id, phone_id)
    first = any(row.is_primary and row.customer_id == customer.pk for row in rows)
    label = label or phone.label
    reason = {
        Outcome.NOT_IN_SERVICE: FormerPhone.Reason.NOT_IN_SERVICE,
        Outcome.WRONG_PERSON: FormerPhone.Reason.WRONG_PERSON,
    }.get(Outcome(phone.standing_reason or Outcome.BUSY), FormerPhone.Reason.REPLACED)
    fresh = add_phone(
        actor=actor, now=now, customer_id=customer_id, number=number, label=label,
        is_primary=first,
    )  # fmt: skip
    retire_number(actor=actor, now=now, customer_id=customer_id, phone_id=phone_id, reason=reason)
    return fresh


def _lock_phone(
    actor: Actor, customer_id: int, phone_id: int
) -> tuple[Customer, CustomerPhone, list[CustomerPhone]]:
    """The customer, the number of `phone_id`, and that number wherever the customer holds it."""
    customer = lock_customer(actor=actor, customer_id=customer_id)
    theirs = CustomerPhone.objects.filter(customer_id__in=held_as(customer.pk))
    held = {row.pk: row for row in theirs.select_for_update().order_by("pk")}
    phone = held.get(phone_id)
    if phone is None:
        raise NotVisible(f"telephone number {phone_id}")
    same = (phone.number, phone.extension)
    rows = [row for row in held.values() if (row.number, row.extension) == same]
    return customer, phone, rows


def _choose_first(customer_id: int) -> None:
    """The number to call first is a good one, the oldest of them."""
    left = CustomerPhone.objects.filter(customer_id=customer_id).order_by("standing", "id")
    first = left.first()
    if first is not None and not first.is_primary:
        first.is_primary = True
        first.save(update_fields=["is_primary"])
