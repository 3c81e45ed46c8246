"""Who calls: the key behind a secret, as an actor with rights."""

from dataclasses import dataclass
from datetime import datetime

from qiao.api.rules.keys import Secret, matches
from qiao.api.rules.scopes import SCOPES, permissions_of
from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.core.rules.networks import lies_in
from qiao.staff.queries import organisation, subtree_of

_FIND = """
SELECT k.id, k.account_id, k.name, k.organisation_id, k.steward_id, k.scopes, k.ranges,
       k.calls_a_minute, s.digest
  FROM api_apikey k
  JOIN api_keysecret s ON s.key_id = k.id AND (s.ends_at IS NULL OR s.ends_at > %(now)s)
 WHERE k.public_id = %(public_id)s AND k.revoked_at IS NULL
   AND (k.expires_at IS NULL OR k.expires_at > %(now)s)
"""


@dataclass(frozen=True, slots=True)
class Access:
    """A program at the door: which key, what it may do, and in whose name."""

    key_id: int
    steward_id: int
    scopes: frozenset[str]
    calls_a_minute: int
    actor: Actor


def find_access(*, secret: Secret, address: str, now: datetime) -> Access | None:
    """The access behind a key; None if there is none, it has ended, or is used from elsewhere.

    The actor carries the key's name and its technical account, and holds the rights of the key's
    scopes in the key's organisation and all below it.
    """
    rows = fetch_all(_FIND, {"public_id": secret.public_id, "now": now})
    if not matches(secret, [row[-1] for row in rows]):
        return None
    key_id, account_id, name, unit, steward, scopes, ranges, limit, _digest = rows[0]
    if not lies_in(address, ranges):
        return None
    known = frozenset(scope for scope in scopes if scope in SCOPES)
    units = tuple(sorted(subtree_of(unit)))
    actor = Actor(
        staff_id=account_id,
        name=name,
        organisation_id=unit,
        grants=dict.fromkeys(permissions_of(known), units),
        roles=frozenset({"program"}),
        title="API",
        timezone=organisation(unit).timezone,
    )
    return Access(key_id, steward, known, limit, actor)
