"""Weighing what a customer said: what the journal hears, and who is told of it.

`hear` is called by the journal with the new entries of a case before they are written; what it
finds becomes entries of the same journal. Deadlines pass without anybody's words: the clock's job
enters that one was missed (`operations.risk.note_missed`), and the journal hears that.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection

from qiao.cases.models import Case, CaseEvent, CaseRisk, ComplaintDesk, RiskAlarm, RiskRuleRow
from qiao.cases.rules.entries import Entry
from qiao.cases.rules.risk import (
    COMPLAINT,
    HIGH,
    Circumstances,
    Finding,
    RiskRule,
    Said,
    assess,
    level_of,
)
from qiao.core import parameters
from qiao.core.prepared import fetch_all
from qiao.staff.operations import notify
from qiao.staff.queries import chain_to, holders_of

ACKNOWLEDGE: Final = "cases.risk_acknowledge_minutes"
NOTICE: Final = "cases.risk"
HEARD: Final = frozenset(
    {"opened", "note", "chased", "edited", "reopened", "message", "deadline_missed", "cause_coded"}
)
_IN_FORCE: Final = """
SELECT id, key, kind, level, terms FROM cases_riskrule
 WHERE pack = %(pack)s AND valid_from <= %(day)s AND (valid_to IS NULL OR valid_to > %(day)s)
 ORDER BY id
"""
RULES_AT_HAND: Final = 256


def rules_in_force(*, pack: str, day: date) -> dict[int, RiskRule]:
    """The rules of a pack that hold on a day, by the ids of their rows."""
    rows = fetch_all(_IN_FORCE, {"pack": pack, "day": day})
    return {pk: _plain_rule(*rest) for pk, *rest in rows}


@lru_cache(maxsize=RULES_AT_HAND)
def _plain_rule(key: str, kind: str, level: str, written: str) -> RiskRule:
    """A row in the form that the rules take."""
    terms = json.loads(written)
    return RiskRule(
        key,
        kind,
        level,
        tuple(terms.get("words", ())),
        tuple(terms.get("unless", ())),
        tuple(terms.get("not_channels", ())),
        int(terms.get("count", 0)),
        int(terms.get("days", 0)),
        str(terms.get("same", "")),
    )


@dataclass(frozen=True, slots=True)
class Heard:
    """What was found new: rows to keep once the case is saved, and the entry that tells of it."""

    findings: tuple[tuple[RiskRuleRow, Finding, int], ...]
    alarm: RiskAlarm | None
    data: dict[str, Any]

    def keep(self, case: Case, now: datetime) -> None:
        """Write the rows."""
        CaseRisk.objects.bulk_create(
            [
                CaseRisk(
                    case=case,
                    rule=row,
                    rule_key=row.key,
                    level=row.level,
                    seq=seq,
                    phrases=[asdict(phrase) for phrase in finding.phrases],
                    count=finding.count,
                    protections=list(finding.protections),
                    found_at=now,
                )
                for row, finding, seq in self.findings
            ]
        )
        if self.alarm is not None:
            self.alarm.case = case
            self.alarm.save()
            tell(self.alarm, now)


def tell(alarm: RiskAlarm, now: datetime) -> None:
    """Ring the bell of whom the alarm is raised to."""
    notify(
        staff_ids=[alarm.manager_id],
        kind=NOTICE,
        subject_id=alarm.case_id,
        once=f"alarm:{alarm.pk}:{alarm.passed_on}",
        now=now,
    )


def hear(case: Case, entries: Sequence[Entry], now: datetime) -> Heard | None:
    """Weigh a case's new entries; sets the case's level. None when nothing new was found."""
    heard = [entry for entry in entries if entry.kind in HEARD]
    if case.closed_at is not None:  # its reason is often found later: nothing is to be headed off
        heard = [entry for entry in heard if entry.kind != "cause_coded"]
    if not heard:
        return None
    said = [Said(entry.seq, text) for entry in heard if (text := _words(case, entry))]
    return weigh(case, said, seq=heard[-1].seq, now=now)


def weigh(case: Case, said: Sequence[Said], *, seq: int, now: datetime) -> Heard | None:
    """Weigh words and what is counted of a case; `seq` is the entry that gave the occasion."""
    day = now.astimezone(ZoneInfo(case.organisation.timezone)).date()
    rules = rules_in_force(pack=case.case_type.key.partition(".")[0], day=day)
    if not rules:
        return None
    found = assess(rules.values(), said, circumstances(case, rules.values(), now))
    if not found:
        return None
    rows = {row.key: row for row in RiskRuleRow.objects.filter(pk__in=rules)}
    known = _known(case)
    fresh = tuple(
        (rows[each.rule.key], each, each.phrases[0].seq if each.phrases else seq)
        for each in found
        if _is_fresh(each, known)
    )
    if not fresh:
        return None
    standing = [level for _key, _seq, level, refused in known if not refused]
    case.risk = level_of([*standing, *(row.level for row, _finding, _seq in fresh)])
    alarm = _alarm(case, now, day) if case.risk == HIGH else None
    data: dict[str, Any] = {
        "level": case.risk,
        "reasons": [
            {
                "rule": row.key,
                "names": row.names,
                "kind": row.kind,
                "count": finding.count,
                "phrases": [phrase.text for phrase in finding.phrases],
            }
            for row, finding, _seq in fresh
        ],
    }
    if alarm is not None:
        data |= {
            "manager": alarm.manager.pk,
            "name": alarm.manager.name,
            "for": alarm.stands_in_for.name if alarm.stands_in_for else "",
            "due": alarm.due_at.isoformat(),
        }
    return Heard(fresh, alarm, data)


def _words(case: Case, entry: CaseEvent | Entry) -> str:
    """What an entry says in the customer's words, or in words about the customer."""
    if entry.kind in ("opened", "edited"):
        facts = [value for value in case.facts.values() if isinstance(value, str)]
        return "\n".join(filter(None, (case.title, case.description, *facts)))
    return str(entry.data.get("words") or entry.data.get("text") or entry.data.get("reason") or "")


def said_so_far(case: Case) -> list[Said]:
    """All words of a case's history that are weighed; edited texts as they stand now."""
    entries = case.events.filter(kind__in=HEARD).exclude(kind="edited").order_by("seq")
    return [Said(entry.seq, text) for entry in entries if (text := _words(case, entry))]


def _known(case: Case) -> list[tuple[str, int, str, bool]]:
    """Key, entry and level of what was found before, and whether it was refused."""
    if case.pk is None:
        return []
    rows = CaseRisk.objects.filter(case=case).values_list("rule_key", "seq", "level", "refused_at")
    return [(key, seq, level, refused is not None) for key, seq, level, refused in rows]


def _is_fresh(finding: Finding, known: Iterable[tuple[str, int, str, bool]]) -> bool:
    """Not found yet; or refused, and said again in other words since."""
    same = [each for each in known if each[0] == finding.rule.key]
    if not same:
        return True
    if not finding.phrases or any(not refused for _key, _seq, _level, refused in same):
        return False
    return all(seq < finding.phrases[0].seq for _key, seq, _level, _refused in same)


_REPEATS: Final = """
SELECT count(*) FILTER (WHERE {same})
  FROM cases_case k JOIN cases_casetype t ON t.id = k.case_type_id AND t."group" = 'complaint'
 WHERE k.opened_at > %(since)s AND k.opened_at <= %(now)s AND k.id IS DISTINCT FROM %(id)s
   AND ({same})
"""
_CAUSE_IS: Final = (
    "(SELECT coalesce(u.merged_into_id, u.id) FROM cases_cause u WHERE u.id = {cause})"
)
_SAME: Final = {
    "customer": "k.customer_id = ANY(customers_held_as(%(customer)s))",
    "account": "k.account_id = %(account)s",
    "place": "k.premises_id = %(premises)s",
    # What was found to be the reason tells; the kind of case until both are known.
    "cause": (
        "k.customer_id = ANY(customers_held_as(%(customer)s))"
        " AND CASE WHEN k.main_cause_id IS NULL OR %(cause)s::bigint IS NULL"
        " THEN k.case_type_id = %(type)s"
        f" ELSE {_CAUSE_IS.format(cause='k.main_cause_id')}"
        f" = {_CAUSE_IS.format(cause='%(cause)s')} END"
    ),
}
_NEEDS: Final = {
    "customer": "customer_id",
    "account": "account_id",
    "place": "premises_id",
    "cause": "customer_id",
}


def circumstances(case: Case, rules: Iterable[RiskRule], now: datetime) -> Circumstances:
    """What the rules count of a case; only what some rule asks for is read."""
    group = case.case_type.group
    if group != COMPLAINT:
        return Circumstances(group, case.channel)
    listed = list(rules)
    repeats = {
        (rule.same, rule.days): _repeats(case, rule.same, rule.days, now)
        for rule in listed
        if rule.kind == "repeat" and getattr(case, _NEEDS[rule.same]) is not None
    }
    asks = any(rule.kind == "vulnerable" for rule in listed)
    return Circumstances(
        group,
        case.channel,
        case.chase_count,
        case.reopened_count,
        case.level == Case.Level.LATE,
        repeats,
        _protections(case.customer_id) if asks else (),
    )


def _repeats(case: Case, same: str, days: int, now: datetime) -> int:
    """How many complaints there were in so many days, this one among them."""
    with connection.cursor() as cursor:
        cursor.execute(
            _REPEATS.format(same=_SAME[same]),
            {
                "since": now - timedelta(days=days),
                "now": now,
                "id": case.pk,
                "customer": case.customer_id,
                "account": case.account_id,
                "premises": case.premises_id,
                "type": case.case_type_id,
                "cause": case.main_cause_id,
            },
        )
        (count,) = cursor.fetchone()
    return int(count) + 1


def _protections(customer_id: int | None) -> tuple[str, ...]:
    if customer_id is None:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT flags FROM customers_customer WHERE id = customers_survivor(%s)",
            [customer_id],
        )
        row = cursor.fetchone()
    return tuple(row[0]) if row else ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whom an alarm goes to, and for whom that person stands in, if for anybody."""

    staff_id: int
    instead_of: int | None = None


def manager_for(case: Case, day: date, *, passing: Iterable[int] = ()) -> Chosen:
    """The named manager of the nearest unit, or the deputy while that one is away.

    `passing` are people who had it already. People who may not see the case are passed over too.
    Where no unit names anybody, it goes to whoever supervises it, nearest first, and in the end
    to the first person of the case: never to nobody.
    """
    able = {
        each.staff_id: each
        for each in holders_of(
            permission="cases.view", organisation_ids=[case.organisation_id], day=day
        )
    }
    gone = set(passing)
    for desk in _desks(case):
        away = bool(desk.away_from and desk.away_to and desk.away_from <= day < desk.away_to)
        first = Chosen(desk.manager_id)
        second = Chosen(desk.deputy_id, desk.manager_id) if desk.deputy_id else None
        for choice in [second] if away else [first, second]:
            if choice and choice.staff_id in able and choice.staff_id not in gone:
                return choice
    return Chosen(_supervisor(case, day, gone) or case.responsible_id)


def _desks(case: Case) -> list[ComplaintDesk]:
    chain = chain_to(case.organisation)
    pack = case.case_type.key.partition(".")[0]
    found = ComplaintDesk.objects.filter(organisation_id__in=chain, pack__in=("", pack))
    return sorted(found, key=lambda each: (chain.index(each.organisation_id), not each.pack))


def _supervisor(case: Case, day: date, gone: set[int]) -> int | None:
    held = holders_of(permission="cases.assign", organisation_ids=[case.organisation_id], day=day)
    return next((each.staff_id for each in held if each.staff_id not in gone), None)


def _alarm(case: Case, now: datetime, day: date) -> RiskAlarm | None:
    """A new alarm, not saved; None while one waits to be acknowledged."""
    if case.pk and RiskAlarm.objects.filter(case=case, ended_at__isnull=True).exists():
        return None
    chosen = manager_for(case, day)
    return RiskAlarm(
        manager_id=chosen.staff_id,
        stands_in_for_id=chosen.instead_of,
        raised_at=now,
        due_at=now + timedelta(minutes=minutes_to_acknowledge(case, day)),
    )


def minutes_to_acknowledge(case: Case, day: date) -> int:
    """How long the named manager has, in the case's unit."""
    found = parameters.find(ACKNOWLEDGE, day=day, organisation_ids=chain_to(case.organisation))
    return int(found.value)
