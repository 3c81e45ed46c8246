"""The tiers of the demo world: all of them follow from the rule, and the audit replays them."""

from collections.abc import Sequence

from qiao.core.demo import Finding, World
from qiao.core.demo_audit import ask, none_of, share
from qiao.customers.operations import build_tiers, keep_value_periods
from qiao.customers.queries import tier_as_of
from qiao.staff.queries import actor_by_number, first_of_roles

DECIDERS = ("supervisor", "complaint_officer")
SHARES = {"A": (0.02, 0.3), "B": (0.2, 0.75), "C": (0.1, 0.7), "D": (0.0005, 0.1)}
REPLAYED = 60


def build(world: World) -> None:
    """Value, cards and two years of tiers, and some that people decided."""
    day = world.now.date()
    people = first_of_roles(DECIDERS, language="zh-hans")
    actors = [actor_by_number(player.number, day=day) for player in people]
    build_tiers(now=world.now, seed=world.seed, actor_ids=[actor.person_id for actor in actors])


_SHARES = "SELECT tier, count(*) FROM customers_customer WHERE merged_into_id IS NULL GROUP BY 1"
_SOME = """
SELECT c.id, c.tier, (SELECT max(at) FROM customers_tierrun)
  FROM customers_customer c
 WHERE c.merged_into_id IS NULL AND c.id %% (SELECT 1 + count(*) / %s FROM customers_customer) = 0
   AND NOT EXISTS (SELECT FROM customers_tierdue d WHERE d.customer_id = c.id)
"""


def audit() -> Sequence[Finding]:
    """Believable shares, and tiers that are what a replay of their moment gives."""
    found = dict(ask(_SHARES))
    everyone = sum(found.values())
    rows = ask(_SOME, [REPLAYED])
    wrong = sum(
        1 for pk, tier, at in rows if at and tier_as_of(customer_id=pk, at=at).letter != tier
    )
    return [
        *(
            share(f"customers in tier {k}", found.get(k, 0), everyone, v)
            for k, v in SHARES.items()
        ),
        Finding("tiers that a replay gives otherwise", f"{wrong} of {len(rows)}", "0", wrong == 0),
        none_of(
            "tiers set by hand without an end",
            "SELECT count(*) FROM customers_tierchange WHERE kind = 'manual' AND until IS NULL",
        ),
    ]


def build_value(world: World) -> None:
    """Who makes four fifths of the value, quarter by quarter."""
    keep_value_periods(now=world.now)


_VALUE = """
SELECT count(*) FILTER (WHERE key_total * 5 < total * 4),
       max(key_count) FILTER (WHERE NOT is_closed),
       max(customer_count) FILTER (WHERE NOT is_closed), count(*) FILTER (WHERE is_closed)
  FROM customers_valueperiod
"""


def audit_value() -> Sequence[Finding]:
    """Few make much of the value, and every quarter is kept."""
    ((short, key, everyone, quarters),) = ask(_VALUE)
    return [
        share(
            "customers who make four fifths of the value", key or 0, everyone or 0, (0.005, 0.6)
        ),
        Finding("quarters of value kept", str(quarters), "8", quarters == 8),
        Finding("periods whose key customers make less", str(short), "0", short == 0),
    ]
