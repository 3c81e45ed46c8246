"""Numbers that lead to their customers no longer: noted, judged, confirmed, replaced, retired."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection
from django.utils import timezone

from qiao.core import parameters
from qiao.core.actor import Actor
from qiao.core.events import publish
from qiao.core.rules import phones
from qiao.core.transactions import required
from qiao.customers.events import PhoneRetired
from qiao.customers.models import CustomerPhone, FormerPhone
from qiao.customers.operations.access import branch_of, lock_customer
from qiao.customers.operations.customers import add_phone
from qiao.customers.operations.refusals import UnknownOutcome
from qiao.customers.queries import NotVisible, held_as
from qiao.customers.rules.numbers import Attempt, Outcome, Verdict, judge

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


def note_attempts(*, attempts: Iterable[NumberAttempt]) -> int:
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
        judge_numbers(customer_ids=noted)
    return len(noted)


def judge_numbers(*, customer_ids: Sequence[int]) -> int:
    """Judge every number of some customers by all attempts; how many stand otherwise now."""
    required()
    ids = sorted(set(customer_ids))
    failures, days = _limits()
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, {"ids": ids})
        held = cursor.fetchall()
        cursor.execute(_ATTEMPTS, {"ids": ids})
        known: dict[tuple[int, str, str], list[Attempt]] = {}
        for customer_id, number, extension, outcome, at in cursor.fetchall():
            known.setdefault((customer_id, number, extension), []).append(
                Attempt(at, Outcome(outcome))
            )
        verdicts: list[tuple[int, Verdict]] = [
            (pk, judge(known.get(tuple(rest), ()), failures=failures, days=days))
            for pk, *rest in held
        ]
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


def _limits() -> tuple[int, int]:
    day = timezone.localdate()
    return (int(parameters.find(FAILURES, day=day).value),
            int(parameters.find(DAYS, day=day).value))  # fmt: skip


def note_call(
    *, customer_id: int, number: str, outcome: str, source: str, ref: str, at: datetime,
    staff_id: int | None = None,
) -> None:  # fmt: skip
    """Keep what came of a call to a customer at `number`, in its stored form.

    Nothing is kept of a number that is not theirs.
    """
    required()
    bare, extension = phones.split_extension(number)
    theirs = CustomerPhone.objects.filter(customer_id__in=held_as(customer_id))
    phone = theirs.filter(number=bare, extension=extension).order_by("id").first()
    if phone is not None:
        stored = f"{phone.number};ext={phone.extension}" if phone.extension else phone.number
        attempt = NumberAttempt(phone.customer_id, stored, outcome, at, source, ref, staff_id)
        note_attempts(attempts=[attempt])


def say_of_number(
    *, actor: Actor, now: datetime, customer_id: int, phone_id: int, outcome: str
) -> CustomerPhone:
    """Somebody knows that a number is wrong, out of service, or good.

    Raises `UnknownOutcome`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    phone = _lock_phone(actor, customer_id, phone_id)
    if outcome not in SAID:
        raise UnknownOutcome
    stored = f"{phone.number};ext={phone.extension}" if phone.extension else phone.number
    attempt = NumberAttempt(
        phone.customer_id, stored, outcome, now, BY_HAND, f"{phone.pk}:{now.isoformat()}",
        actor.staff_id,
    )  # fmt: skip
    note_attempts(attempts=[attempt])
    phone.refresh_from_db()
    return phone


def retire_number(
    *, actor: Actor, now: datetime, customer_id: int, phone_id: int, reason: str
) -> FormerPhone:
    """A number leads to the customer no longer; it is kept as a former one.

    Raises `UnknownOutcome`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    phone = _lock_phone(actor, customer_id, phone_id)
    if reason not in FormerPhone.Reason.values:
        raise UnknownOutcome
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
    owner, was_first = phone.customer_id, phone.is_primary
    phone.delete()
    if was_first:
        _choose_first(owner)
    publish(
        PhoneRetired(customer_id, former.pk),
        organisation_id=branch_of(actor=actor, customer_id=customer_id),
        actor=actor,
        now=now,
    )
    return former


def replace_number(
    *, actor: Actor, now: datetime, customer_id: int, phone_id: int, number: str, label: str = ""
) -> CustomerPhone:
    """A customer has another number instead of this one.

    Raises `BadPhone`, `BadText`, `PhoneKnown`, `NotVisible`,
    `qiao.core.actor.Forbidden`.
    """
    phone = _lock_phone(actor, customer_id, phone_id)
    first, label = phone.is_primary, label or phone.label
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


def _lock_phone(actor: Actor, customer_id: int, phone_id: int) -> CustomerPhone:
    customer = lock_customer(actor=actor, customer_id=customer_id)
    found = (
        CustomerPhone.objects.select_for_update()
        .filter(pk=phone_id, customer_id__in=held_as(customer.pk))
        .first()
    )
    if found is None:
        raise NotVisible(f"telephone number {phone_id}")
    return found


def _choose_first(customer_id: int) -> None:
    """The number to call first is a good one, the oldest of them."""
    left = CustomerPhone.objects.filter(customer_id=customer_id).order_by("standing", "id")
    first = left.first()
    if first is not None and not first.is_primary:
        first.is_primary = True
        first.save(update_fields=["is_primary"])
