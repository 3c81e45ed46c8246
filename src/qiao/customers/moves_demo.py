"""Hand-overs of the demo world: accounts that went from one customer to the next these weeks."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.db import connection

from qiao.core.demo import Finding, World
from qiao.core.demo_audit import ask
from qiao.customers.operations import Coming, HandOver, hand_over_account, undo_move
from qiao.staff.queries import actor_by_number

SUPERVISOR: Final = "1008"
DAYS: Final = (3, 9, 17, 26, 41)
UNDONE: Final = 2  # the place of the one that was taken back
NOTES: Final = ("二手房交易，凭不动产权证办理", "继承，凭公证书办理", "", "单位更名后过户", "")
_ACCOUNTS: Final = """
SELECT a.id, t.id, t.customer_id
  FROM customers_account a
  JOIN customers_accountparty t
    ON t.account_id = a.id AND t.role = 'owner' AND upper_inf(t.period)
  JOIN customers_customer c ON c.id = t.customer_id
 WHERE a.organisation_id = %(unit)s AND a.status = 'active' AND a.id %% 5 = 2
   AND c.kind = 'person' AND c.merged_into_id IS NULL AND c.id <> %(known)s
   AND lower(t.period) < %(before)s
   AND NOT EXISTS (SELECT FROM customers_accountparty x
                    WHERE x.account_id = a.id AND lower(x.period) >= %(before)s)
 ORDER BY a.id LIMIT %(count)s
"""
# Who comes is known already and lives elsewhere.
_COMERS: Final = """
SELECT c.id FROM customers_customer c
  JOIN customers_customerorganisation l ON l.customer_id = c.id AND l.organisation_id = %(unit)s
 WHERE c.kind = 'person' AND c.merged_into_id IS NULL AND c.id <> ALL(%(leavers)s)
   AND c.id <> %(known)s AND c.id %% 3 = 1
 ORDER BY c.id LIMIT %(count)s
"""
_LARGEST: Final = """
SELECT organisation_id FROM customers_account WHERE organisation_id = ANY(%s)
 GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1
"""


def build(world: World) -> None:
    """A few accounts handed over on days of the last weeks; one of them was taken back."""
    today = world.now.date()
    actor = actor_by_number(SUPERVISOR, day=today)
    ((unit,),) = ask(_LARGEST, [list(actor.organisations("customers.edit"))])
    values = {
        "unit": unit,
        "known": world.shared["first_customer_id"],
        "before": today - timedelta(days=max(DAYS) + 30),
        "count": len(DAYS),
    }
    with connection.cursor() as cursor:
        cursor.execute(_ACCOUNTS, values)
        accounts = cursor.fetchall()
        cursor.execute(_COMERS, {**values, "leavers": [row[2] for row in accounts]})
        comers = [pk for (pk,) in cursor.fetchall()]
    for place, ((account, part, _), comer) in enumerate(zip(accounts, comers, strict=False)):
        day = today - timedelta(days=DAYS[place])
        move = hand_over_account(
            actor=actor,
            now=world.now - timedelta(days=DAYS[place] - 1),
            account_id=account,
            hand_over=HandOver(
                day,
                (part,),
                (Coming(comer, ("owner", "payer") if place % 2 else ("owner",)),),
                forwarding_phone=f"1395718{place:04d}",
                note=NOTES[place],
            ),
        )
        if place == UNDONE:
            reason = "录错户号，买方为隔壁单元"
            undo_move(actor=actor, now=world.now, move_id=move.pk, reason=reason)


_FIGURES = """
SELECT count(*) FILTER (WHERE undone_at IS NULL), count(*) FILTER (WHERE undone_at IS NOT NULL)
  FROM customers_move
"""


def audit() -> Sequence[Finding]:
    """Whether some stand, and one was taken back."""
    ((standing, undone),) = ask(_FIGURES)
    return [
        Finding("accounts handed over", str(standing), "some", standing > 0),
        Finding("hand-overs taken back", str(undone), "some", undone > 0),
    ]
