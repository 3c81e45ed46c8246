"""The green channel: which cases enter it, by which rule or whose hand, and leaving it again."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection

from qiao.cases.events import CaseChanged
from qiao.cases.features import GREEN
from qiao.cases.journal import CaseClosedAlready, Journal, lock_case, lock_many
from qiao.cases.models import Case, CaseGreen, GreenRuleRow
from qiao.cases.rules.green import GreenRule, Standing, first_that_holds, raised
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.features import is_on
from qiao.core.prepared import fetch_all, fetch_one
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.customers.queries.search import stands_for
from qiao.staff.queries import chain_to

REASON_LENGTH: Final = 300
BY_HAND: Final = "cases.green"


class GreenReasonMissing(Exception):  # noqa: N818 - names the finding
    """By hand a case enters or leaves the green channel only for a reason."""


class NotGreen(Exception):  # noqa: N818 - names the finding
    """The case is not in the green channel, or is already."""


# Of each rule the version of the nearest unit; those that are off there let nothing in.
_IN_FORCE: Final = """
SELECT x.id, x.key, x.terms, x.raises_to
  FROM (SELECT DISTINCT ON (place, key) id, place, key, terms, raises_to, is_on
          FROM cases_greenrule
         WHERE pack = %(pack)s AND valid_from <= %(day)s
           AND (valid_to IS NULL OR valid_to > %(day)s)
           AND (organisation_id IS NULL OR organisation_id = ANY(%(chain)s::bigint[]))
         ORDER BY place, key, array_position(%(chain)s::bigint[], organisation_id)) x
 WHERE x.is_on
 ORDER BY x.place, x.key
"""
RULES_AT_HAND: Final = 256
# Open cases outside of the channel. One that somebody took out by hand stays out.
_WAITING: Final = """
SELECT c.id FROM cases_case c
 WHERE {whose} AND c.closed_at IS NULL AND c.merged_into_id IS NULL AND NOT c.is_green
   AND NOT EXISTS (SELECT 1 FROM cases_caseevent e
                    WHERE e.case_id = c.id AND e.kind = 'green_left')
 ORDER BY c.id
"""
_OF_ONE: Final = "c.customer_id = ANY(customers_held_as(customers_survivor(%(customer)s)))"
_GRADED: Final = """
c.customer_id IN (SELECT unnest(customers_held_as(t.customer_id)) FROM customers_tierchange t
                   WHERE t.customer_id BETWEEN %(first)s AND %(last)s AND t.at = %(at)s
                     AND t.tier = ANY(%(named)s))
"""
_TAGGED: Final = f"""
EXISTS (SELECT FROM customers_customer u
          JOIN customers_customertag x
            ON x.customer_id = {stands_for("u")} AND x.tag_id = %(tag)s
          JOIN customers_tag t ON t.id = x.tag_id AND t.name = ANY(%(named)s)
         WHERE u.id = c.customer_id)
"""
# Hardly anybody is held twice: the functions that follow merges are called for those alone.
_HAS: Final = f"""
SELECT c.tier, c.flags,
       ARRAY(SELECT t.name FROM customers_customertag x JOIN customers_tag t ON t.id = x.tag_id
              WHERE x.customer_id = ANY(
                    CASE WHEN EXISTS (SELECT FROM customers_customer m
                                       WHERE m.merged_into_id = c.id)
                         THEN customers_held_as(c.id) ELSE ARRAY[c.id] END))
  FROM customers_customer r
  JOIN customers_customer c ON c.id = {stands_for("r")}
 WHERE r.id = %(customer)s
"""  # noqa: S608 - own pieces


def rule_for(case: Case, now: datetime) -> GreenRuleRow | None:
    """The first rule in force that holds for a case; None for one that waits its turn."""
    pack, _dot, kind = case.case_type.key.partition(".")
    day = now.astimezone(ZoneInfo(case.organisation.timezone)).date()
    chain = list(chain_to(case.organisation))
    rows = fetch_all(_IN_FORCE, {"pack": pack, "day": day, "chain": chain})
    if not rows:
        return None
    tier, flags, tags = _customer(case.customer_id)
    standing = Standing(
        {
            "tiers": frozenset({tier} - {""}),
            "protections": frozenset(flags),
            "tags": frozenset(tags),
            "types": frozenset({kind, case.case_type.key}),
            "groups": frozenset({case.case_type.group}),
            "priorities": frozenset({case.priority}),
        }
    )
    rules = {key: (pk, _plain_rule(key, *rest)) for pk, key, *rest in rows}
    found = first_that_holds((rule for _pk, rule in rules.values()), standing)
    return GreenRuleRow.objects.get(pk=rules[found.key][0]) if found else None


@lru_cache(maxsize=RULES_AT_HAND)
def _plain_rule(key: str, written: str, raises_to: str) -> GreenRule:
    """A row in the form that the rules take."""
    terms = json.loads(written).items()
    return GreenRule(key, {name: frozenset(values) for name, values in terms if values}, raises_to)


def _customer(customer_id: int | None) -> tuple[str, list[str], list[str]]:
    if customer_id is None:
        return "", [], []
    row = fetch_one(_HAS, {"customer": customer_id})
    return (row[0] or "", list(row[1]), list(row[2])) if row else ("", [], [])


def enter_by_rule(case: Case, now: datetime) -> GreenRuleRow | None:
    """Let a new case, not yet saved, jump the queue where a rule says so: its priority rises."""
    rule = rule_for(case, now)
    if rule is not None and not _is_used(case, now):
        return None
    if rule is not None:
        case.priority = raised(case.priority, rule.raises_to)
        case.is_green = True
    return rule


def _is_used(case: Case, now: datetime) -> bool:
    unit = case.organisation
    day = now.astimezone(ZoneInfo(unit.timezone)).date()
    return is_on(GREEN, organisation_ids=chain_to(unit), day=day)


def rule_data(rule: GreenRuleRow) -> dict[str, Any]:
    """What the history tells of a rule."""
    return {"rule": rule.key, "names": rule.names, "since": rule.valid_from.isoformat()}


def weigh_green_of(*, customer_id: int, now: datetime) -> int:
    """Let the open cases of a customer jump the queue where a rule holds by now: the customer is
    protected since, tagged, of another tier, or the same as one who is. Returns how many entered.
    """
    return _weigh_waiting(_OF_ONE, {"customer": customer_id}, now)


def weigh_green_of_graded(*, first_id: int, last_id: int, at: datetime, now: datetime) -> int:
    """The same for all whom the rule of tiers moved at a moment, by a range of their ids."""
    values = {"first": first_id, "last": last_id, "at": at, "named": _named("tiers")}
    return _weigh_waiting(_GRADED, values, now) if values["named"] else 0


def weigh_green_of_tagged(*, tag_id: int, now: datetime) -> int:
    """The same for all who carry a tag."""
    values = {"tag": tag_id, "named": _named("tags")}
    return _weigh_waiting(_TAGGED, values, now) if values["named"] else 0


def _named(term: str) -> list[str]:
    """What rules, of whatever time, look for in this: nobody else's cases need be weighed."""
    rows = GreenRuleRow.objects.values_list(f"terms__{term}", flat=True)
    return sorted({each for named in rows for each in named or ()})


def _weigh_waiting(whose: str, values: Mapping[str, Any], now: datetime) -> int:
    required()
    with connection.cursor() as cursor:
        cursor.execute(_WAITING.format(whose=whose), values)
        waiting = [pk for (pk,) in cursor.fetchall()]
    return sum(_weigh(case, now) for case in lock_many(waiting))


def _weigh(case: Case, now: datetime) -> bool:
    if case.closed_at is not None or case.merged_into_id is not None:
        return False  # meanwhile
    before = case.priority
    rule = None if case.is_green else enter_by_rule(case, now)
    if rule is not None:
        CaseGreen.objects.create(case=case, rule=rule, put_at=now)
        journal = Journal(case, actor=None, now=now)
        if case.priority != before:
            journal.add("priority_changed", {"priority": case.priority, "before": before})
        journal.add("green_entered", {**rule_data(rule), "before": before})
        _write(journal, case, "green_entered", None, now)
    return rule is not None


def put_in_green(*, case_id: int, reason: str, actor: Actor, now: datetime) -> Case:
    """Let a case jump the queue by hand, for a reason. Raises `Forbidden`, `CaseClosedAlready`,
    `GreenReasonMissing`, `NotGreen` (it is already), `BadText`.
    """
    case, words = _by_hand(case_id, reason, actor)
    if case.is_green:
        raise NotGreen(case.number)
    before = case.priority
    case.is_green, case.priority = True, raised(case.priority, "high")
    CaseGreen.objects.create(case=case, reason=words, put_by_id=actor.person_id, put_at=now)
    journal = Journal(case, actor=actor, now=now)
    if case.priority != before:
        journal.add("priority_changed", {"priority": case.priority, "before": before})
    journal.add("green_entered", {"reason": words})
    return _write(journal, case, "green_entered", actor, now)


def take_out_of_green(*, case_id: int, reason: str, actor: Actor, now: datetime) -> Case:
    """Let a case wait its turn again, for a reason; its priority stays as it is.

    Raises as `put_in_green`.
    """
    case, words = _by_hand(case_id, reason, actor)
    if not case.is_green:
        raise NotGreen(case.number)
    case.is_green = False
    CaseGreen.objects.filter(case=case).delete()
    journal = Journal(case, actor=actor, now=now)
    journal.add("green_left", {"reason": words})
    return _write(journal, case, "green_left", actor, now)


def _by_hand(case_id: int, reason: str, actor: Actor) -> tuple[Case, str]:
    case = lock_case(case_id)
    actor.require(BY_HAND, case.organisation_id)
    if case.closed_at is not None:
        raise CaseClosedAlready(case.number)
    words = clean(reason, field="reason", max_length=REASON_LENGTH)
    if not words:
        raise GreenReasonMissing(case.number)
    return case, words


def _write(journal: Journal, case: Case, kind: str, actor: Actor | None, now: datetime) -> Case:
    journal.write()
    events.publish(
        CaseChanged(case.pk, kind), organisation_id=case.organisation_id, actor=actor, now=now
    )
    return case
