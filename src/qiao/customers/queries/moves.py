"""Hand-overs of accounts: before they are made, and the record of one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.customers.models import Account, AccountParty, Move, MoveParty
from qiao.customers.queries.people import NotVisible
from qiao.customers.rules.moving import Done, Part, hindrances


@dataclass(frozen=True, slots=True)
class PartLine:
    """A part in an account with who plays it."""

    party_id: int
    customer_id: int
    name: str
    tier: str
    role: str
    since: date
    until: date | None


_PARTS = """
SELECT t.id, c.id, c.name, c.tier, t.role, lower(t.period), upper(t.period)
  FROM customers_accountparty t
  JOIN customers_customer c ON c.id = customers_survivor(t.customer_id)
 WHERE t.account_id = %(account)s
 ORDER BY upper(t.period) DESC NULLS FIRST,
       array_position(ARRAY['owner','occupant','payer','contact'], t.role), t.id
 LIMIT 200
"""


def account_for(*, actor: Actor, account_id: int) -> Account:
    """An account of the actor's organisations with its place. Raises `NotVisible`."""
    found = (
        Account.objects.visible_to(actor)
        .select_related("service_point__premises", "organisation")
        .filter(pk=account_id)
        .first()
    )
    if found is None:
        raise NotVisible(f"account {account_id}")
    return found


def parts_in(*, account_id: int) -> list[PartLine]:
    """All parts in an account, those that run first. The caller has checked the account."""
    return [PartLine(*row) for row in fetch_all(_PARTS, {"account": account_id})]


def get_move_for(*, actor: Actor, move_id: int) -> Move:
    """A hand-over of the actor's organisations with account and place. Raises `NotVisible`."""
    found = (
        Move.objects.visible_to(actor)
        .select_related("account__service_point__premises", "organisation")
        .filter(pk=move_id)
        .first()
    )
    if found is None:
        raise NotVisible(f"move {move_id}")
    return found


@dataclass(frozen=True, slots=True)
class MovedLine:
    """Somebody who left or came by a hand-over."""

    side: str
    customer_id: int
    name: str
    number: str
    role: str


_MOVED = """
SELECT p.side, c.id, c.name, c.number, p.role
  FROM customers_moveparty p
  JOIN customers_customer c ON c.id = customers_survivor(p.customer_id)
 WHERE p.move_id = %(move)s
 ORDER BY p.side DESC, array_position(ARRAY['owner','occupant','payer','contact'], p.role), p.id
"""


def moved_by(*, move_id: int) -> list[MovedLine]:
    """Who left and who came. The caller has checked the move."""
    return [MovedLine(*row) for row in fetch_all(_MOVED, {"move": move_id})]


@dataclass(frozen=True, slots=True)
class MoveLine:
    """A hand-over as a line of a place's page."""

    move_id: int
    number: str
    day: date
    account_number: str
    people: str
    is_undone: bool


_AT_PLACE = """
SELECT m.id, m.number, m.hand_over_date, a.number,
       (SELECT string_agg(w.name, ' → ' ORDER BY w.side DESC)
          FROM (SELECT p.side, string_agg(DISTINCT c.name, '、') AS name
                  FROM customers_moveparty p
                  JOIN customers_customer c ON c.id = customers_survivor(p.customer_id)
                 WHERE p.move_id = m.id AND p.role IN ('owner', 'occupant')
                 GROUP BY p.side) w),
       m.undone_at IS NOT NULL
  FROM customers_servicepoint s
  JOIN customers_account a ON a.service_point_id = s.id
  JOIN customers_move m ON m.account_id = a.id
 WHERE s.premises_id = %(premises)s AND (m.organisation_id + 0) = ANY(%(organisations)s)
 ORDER BY m.hand_over_date DESC, m.id DESC LIMIT 20
"""


def moves_at(*, actor: Actor, premises_id: int) -> list[MoveLine]:
    """The latest hand-overs at a place that the actor may see."""
    rows = fetch_all(
        _AT_PLACE,
        {
            "premises": premises_id,
            "organisations": list(actor.organisations("customers.view")),
        },
    )
    return [MoveLine(*row) for row in rows]


def parts_of(parties: Iterable[AccountParty]) -> list[Part]:
    """Rows as the rules take them."""
    return [Part(p.pk, p.customer_id, p.role, p.period.lower, p.period.upper) for p in parties]


def done_by(move: Move, rows: Sequence[MoveParty]) -> Done:
    """What a move did, as the rules take it."""
    return Done(
        move.hand_over_date,
        frozenset(row.party_id for row in rows if row.side == MoveParty.Side.LEFT),
        frozenset(row.party_id for row in rows if row.side == MoveParty.Side.CAME),
    )


def rests_on(move: Move) -> bool:
    """Whether something later rests on a move, so that it cannot be taken back."""
    if move.undone_at is not None or move.account.status == Account.Status.CLOSED:
        return True
    parts = parts_of(AccountParty.objects.filter(account_id=move.account_id))
    return bool(hindrances(done_by(move, list(move.parties.all())), parts))


# Moves of the customer for the timeline: the address, who left and who came.
TIMELINE = """
SELECT m.made_at, 'move', m.id, '', coalesce(h.full_text, a.number),
       (SELECT string_agg(c.name, ' → ' ORDER BY w.side DESC)
          FROM (SELECT DISTINCT w.side, w.customer_id FROM customers_moveparty w
                 WHERE w.move_id = m.id AND w.role IN ('owner', 'occupant')) w
          JOIN customers_customer c ON c.id = w.customer_id),
       coalesce(f.name, ''), CASE WHEN m.undone_at IS NULL THEN p.side ELSE 'undone' END, m.number
  FROM (SELECT DISTINCT ON (p.move_id) p.move_id, p.side FROM customers_moveparty p
         WHERE p.customer_id = ANY(%(customer_ids)s::bigint[]) ORDER BY p.move_id, p.side) p
  JOIN customers_move m ON m.id = p.move_id
  JOIN customers_account a ON a.id = m.account_id
  LEFT JOIN customers_servicepoint s ON s.id = a.service_point_id
  LEFT JOIN customers_premises h ON h.id = s.premises_id
  LEFT JOIN staff_staff f ON f.id = m.made_by_id
 WHERE (m.organisation_id + 0) = ANY(%(organisation_ids)s) AND m.made_at < %(before)s
 ORDER BY m.made_at DESC LIMIT %(limit)s
"""
