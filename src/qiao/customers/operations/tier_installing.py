"""What follows every migration: versions of the rule, and what the module knows of before."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from qiao.core.idempotency import claim
from qiao.core.packs import PackInvalid, PackProblem
from qiao.core.packs.tier_rules import TierRuleSpec
from qiao.core.rules.digests import digest_of_data
from qiao.core.transactions import required
from qiao.customers.models import TierRule
from qiao.customers.operations.facts import note_facts_from
from qiao.customers.queries.grading import company_zone

SOURCE = "customers"

# Being a contact person alone makes nobody a customer.
_PARTS = """
SELECT t.customer_id, 1, lower(t.period)::timestamp AT TIME ZONE %(zone)s,
       {recorded}, 'party:' || t.id
  FROM customers_accountparty t
  JOIN customers_customer c ON c.id = t.customer_id
 WHERE t.role <> 'contact' {narrow}
"""

# What stood before there were facts is as old as the customer's record.
_OF_BEFORE = "greatest(c.created_at, lower(t.period)::timestamp AT TIME ZONE %(zone)s)"


def install_tier_rules(*, rules: Iterable[TierRuleSpec], now: datetime) -> int:
    """Keep new versions of the rule; how many there were.

    What is the first known holds from its own first day on, as if it had been known then: before
    it nobody was graded otherwise. A later version counts as known from `now` on, so that what
    was answered before stays as it was.

    Raises:
        PackInvalid: a version that is installed reads otherwise now; a change is a new version.
    """
    required()
    known = {row.version: row.digest for row in TierRule.objects.all()}
    is_first = not known
    count = 0
    for rule in sorted(rules, key=lambda one: one.valid_from):
        digest = digest_of_data(rule.data)
        if rule.version in known:
            if known[rule.version] != digest:
                text = "is installed with another text; a change is a version of its own"
                place = f"rule[{rule.version}]"
                raise PackInvalid([PackProblem("tier_rules.toml", place, text)])
            continue
        start = datetime.combine(rule.valid_from, time(), company_zone())
        TierRule.objects.create(
            version=rule.version,
            valid_from=rule.valid_from,
            data=dict(rule.data),
            digest=digest,
            installed_at=min(start, now) if is_first else now,
        )
        count += 1
    return count


def note_known_accounts() -> int:
    """Note since when everybody has had a part in an account, once for all; how many facts.

    From then on events keep it up.
    """
    required()
    if not claim(scope="customers.install", key="account_facts"):
        return 0
    return note_all_accounts()


def note_accounts_between(*, first_id: int, last_id: int, now: datetime) -> int:
    """The same for customers who came in together, ids `first_id` to `last_id`: recorded `now`.

    A grading between their coming in and `now` knew nothing of it, and its replay must not either.
    """
    narrow = "AND t.customer_id BETWEEN %(first)s AND %(last)s"
    parameters = {"first": first_id, "last": last_id, "now": now}
    return _note_parts(narrow, "%(now)s::timestamptz", parameters)


def note_all_accounts() -> int:
    """Note since when everybody has had a part in an account, as far as it is not noted yet."""
    return _note_parts("", _OF_BEFORE, {})


def _note_parts(narrow: str, recorded: str, parameters: dict[str, Any]) -> int:
    return note_facts_from(
        source=SOURCE,
        kind="account",
        select=_PARTS.format(narrow=narrow, recorded=recorded),
        parameters={**parameters, "zone": str(company_zone())},
    )
