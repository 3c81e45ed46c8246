"""What a desk of another system is told when a card is swiped there."""

from dataclasses import dataclass

from django.conf import settings

from qiao.core.actor import Actor
from qiao.core.packs.enabled import catalogue
from qiao.core.prepared import fetch_one
from qiao.core.rules import identity
from qiao.core.rules.texts import Text
from qiao.customers.queries.identities import blind_indexes
from qiao.customers.queries.search import TODAY, stands_for, visible
from qiao.customers.rules.cards import BadCard, read_card
from qiao.customers.rules.tier_colours import HEX

VIEW = "customers.view"


@dataclass(frozen=True, slots=True)
class StationTier:
    """A customer's tier for a foreign screen: letter, word, colour and advice together.

    `colour` is the token (``tier-a``), `colour_hex` its value in the light theme, for screens that
    know no tokens; text on it is white. `found_by` is ``card``, ``account``, ``number`` or
    ``identity``. Nothing else of the customer is told: the station has its own data.
    """

    customer_id: int
    letter: str
    word: Text
    colour: str
    colour_hex: str
    advice: Text
    found_by: str


# One index descent an arm; the surest first. Each finds few rows: a card number may exist in two
# kinds, an account has few parties.
_FIND = f"""
SELECT s.id, s.tier, f.found_by
  FROM (
    (SELECT k.customer_id, 0 AS arm, 'card' AS found_by
       FROM customers_card k
      WHERE k.number = %(number)s AND k.period @> {TODAY}
      LIMIT 4)
    UNION ALL
    (SELECT x.customer_id, 1, 'account'
       FROM customers_account a
      CROSS JOIN LATERAL (
            SELECT t.customer_id FROM customers_accountparty t
             WHERE t.account_id = a.id AND (t.period @> {TODAY} OR a.status = 'closed')
             ORDER BY array_position(ARRAY['owner','payer','occupant','contact'], t.role),
                      lower(t.period) DESC
             LIMIT 1) x
      WHERE a.number = %(number)s)
    UNION ALL
    (SELECT c.id, 2, 'number' FROM customers_customer c WHERE c.number = %(number)s)
    UNION ALL
    (SELECT i.customer_id, 3, 'identity' FROM customers_customeridentity i
      WHERE i.kind = ANY(%(identity_kinds)s::text[])
        AND i.blind_index = ANY(%(identity)s::bytea[])
      LIMIT 4)
  ) f
  JOIN customers_customer m ON m.id = f.customer_id
  JOIN customers_customer s
    ON s.id = {stands_for("m")}
 WHERE {visible("s.id")}
 ORDER BY f.arm, s.id
 LIMIT 1
"""  # noqa: S608 - put together from this module's own pieces; values are bound


def tier_at_station(*, actor: Actor, card: str) -> StationTier | None:
    """The tier behind a card swiped, or a number typed, at another system's desk (CU-11).

    `card` is the number of a registered card (hospital, health insurance, prepaid meter,
    membership), an account number, a customer number or an identity number, as a reader sends it
    or a person types it; spaces and dashes do not matter. `actor` is the staff or the station's
    own access: only customers linked to an organisation in which it holds ``customers.view`` are
    found. Of an account it is the owner who is told of, of a merged customer the one who stands
    for them.

    None for a number that is nobody's, nobody's whom the actor may see, or no number at all: the
    three are not told apart. One prepared statement.
    """
    try:
        number = read_card(card)
    except BadCard:
        return None
    found = fetch_one(
        _FIND,
        {
            "number": number,
            "identity": list(_indexes(number)),
            "identity_kinds": ["id_card", "passport", "travel_permit", "credit_code"],
            "organisations": list(actor.organisations(VIEW)),
            "zone": settings.TIME_ZONE,
        },
    )
    return _told(*found) if found else None


def _indexes(number: str) -> tuple[bytes, ...]:
    """Blind indexes of what has the form of an identity number; of anything else none."""
    for read in (
        lambda text: identity.read_resident_id(text).number,
        identity.read_credit_code,
        identity.read_passport,
    ):
        try:
            return blind_indexes(read(number))
        except identity.BadIdentity:
            continue
    return ()


def _told(customer_id: int, letter: str, found_by: str) -> StationTier:
    tier = catalogue().tiers[letter]
    return StationTier(
        customer_id=customer_id,
        letter=letter,
        word=tier.word,
        colour=tier.colour,
        colour_hex=HEX[tier.colour],
        advice=tier.advice,
        found_by=found_by,
    )
