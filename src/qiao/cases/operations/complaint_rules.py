"""Rules of complaints and who looks after them: brought by packs, changed by administrators."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.utils import timezone

from qiao.cases.events import RiskRulesChanged
from qiao.cases.models import ComplaintDesk, DigestReader, RiskRuleRow
from qiao.cases.operations.green_installing import install_green_rule
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.idempotency import claim
from qiao.core.packs import Pack
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.staff.queries import company_id, find_team, holders_of, local_days

CONFIGURE: Final = "core.configure"
WORD_LENGTH: Final = 40
MOST_WORDS: Final = 200
BEGUN: Final = "cases.risk_rule_begun"
LATEST: Final = timedelta(days=30)  # a house that stood still longer weighs what is said since


class RuleMissing(Exception):  # noqa: N818 - names the finding
    """No such rule is in force."""


class BadRule(Exception):  # noqa: N818 - a refusal
    """A value of a rule cannot stand; `field` names it."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class NotAble(Exception):  # noqa: N818 - names the finding
    """The person may not see cases of that unit, so nothing can be raised to them."""


def install_rules(*, packs: Iterable[Pack], now: datetime) -> None:
    """Keep new versions of the packs' rules; what an administrator changed later stays."""
    required()
    for pack in packs:
        for spec in pack.risk_rules:
            same = RiskRuleRow.objects.filter(pack=pack.key, key=spec.key)
            if same.filter(valid_from__gte=spec.valid_from):
                continue
            same.filter(valid_to__isnull=True).update(valid_to=spec.valid_from)
            RiskRuleRow.objects.create(
                pack=pack.key,
                key=spec.key,
                kind=spec.kind,
                level=spec.level,
                names=spec.name.data(),
                source=spec.source.data(),
                terms=dict(spec.terms),
                valid_from=spec.valid_from,
                from_pack=True,
                changed_at=now,
            )
        for green in pack.green_rules:
            install_green_rule(pack=pack.key, spec=green, now=now)


def change_risk_rule(
    *,
    actor: Actor,
    now: datetime,
    rule_id: int,
    valid_from: date,
    level: str,
    terms: Mapping[str, Any],
    source: str,
) -> RiskRuleRow:
    """Another version of a rule from a day on; on that day open cases are weighed anew by a job
    (`begin_risk_rules` where it lies ahead).

    `terms` are the values of the rule's kind. Raises `Forbidden`, `RuleMissing`, `BadRule`.
    """
    required()
    actor.require(CONFIGURE, company_id())
    before = _current(rule_id)
    if valid_from < timezone.localdate(now) or valid_from <= before.valid_from:
        raise BadRule("valid_from")
    if level not in ("watch", "high"):
        raise BadRule("level")
    because = clean(source, field="source", max_length=200, one_line=True)
    if not because:
        raise BadRule("source")
    changed = RiskRuleRow.objects.create(
        pack=before.pack,
        key=before.key,
        kind=before.kind,
        level=level,
        names=before.names,
        source=dict.fromkeys(before.source, because),
        terms=_checked(before, terms),
        valid_from=valid_from,
        changed_by_id=actor.staff_id,
        changed_at=now,
    )
    before.valid_to = valid_from
    before.save(update_fields=["valid_to"])
    if valid_from <= _everywhere(now):
        _publish(changed.pk, actor, now)
    return changed


def begin_risk_rules(*, now: datetime) -> int:
    """Let open cases be weighed by the rules whose day has come in every unit since they were
    decided; returns how many. Each rule is taken up once, however often this is called."""
    required()
    day = _everywhere(now)
    rows = RiskRuleRow.objects.filter(valid_from__lte=day, valid_from__gt=day - LATEST)
    begun = [
        row.pk
        for row in rows.exclude(valid_to__lte=day).order_by("id")
        if _everywhere(row.changed_at) < row.valid_from and claim(scope=BEGUN, key=str(row.pk))
    ]
    for rule_id in begun:
        _publish(rule_id, None, now)
    return len(begun)


def _everywhere(now: datetime) -> date:
    """The day that has begun in every unit."""
    return min(local_days(now).values())


def end_risk_rule(*, actor: Actor, now: datetime, rule_id: int, valid_to: date) -> None:
    """Let a rule hold no more from a day on. Raises `Forbidden`, `RuleMissing`, `BadRule`."""
    required()
    actor.require(CONFIGURE, company_id())
    row = _current(rule_id)
    if valid_to < timezone.localdate(now) or valid_to < row.valid_from:
        raise BadRule("valid_to")
    row.valid_to = valid_to
    row.save(update_fields=["valid_to"])


def _current(rule_id: int) -> RiskRuleRow:
    row = RiskRuleRow.objects.select_for_update().filter(pk=rule_id).first()
    if row is None or row.valid_to is not None:
        raise RuleMissing(str(rule_id))
    return row


def _checked(rule: RiskRuleRow, terms: Mapping[str, Any]) -> dict[str, Any]:
    """The terms of a rule's kind, cleaned. Raises `BadRule`."""
    if rule.kind == "words":
        words = _words(terms.get("words", ()), "words")
        if not words:
            raise BadRule("words")
        return {**rule.terms, "words": words, "unless": _words(terms.get("unless", ()), "unless")}
    checked = dict(rule.terms)
    for key in ("count", "days"):
        if key in rule.terms:
            value = terms.get(key)
            if not isinstance(value, int) or not 1 <= value <= 1_000:
                raise BadRule(key)
            checked[key] = value
    return checked


def _words(words: Iterable[str], field: str) -> list[str]:
    found = [clean(each, field=field, max_length=WORD_LENGTH, one_line=True) for each in words]
    kept = list(dict.fromkeys(filter(None, found)))
    if len(kept) > MOST_WORDS or any(len(each) < 2 for each in kept):
        raise BadRule(field)
    return kept


def _publish(rule_id: int, actor: Actor | None, now: datetime) -> None:
    events.publish(RiskRulesChanged(rule_id), organisation_id=company_id(), actor=actor, now=now)


def set_desk(
    *,
    actor: Actor,
    now: datetime,
    organisation_id: int,
    pack: str,
    manager_id: int,
    deputy_id: int | None = None,
    away_from: date | None = None,
    away_to: date | None = None,
    neutral_team_id: int | None = None,
) -> ComplaintDesk:
    """Say who looks after complaints of a unit and all below it, for one pack or (empty) all.

    Raises `Forbidden`, `NotAble` (the manager or deputy may not see the unit's cases), `BadRule`.
    """
    required()
    actor.require(CONFIGURE, organisation_id)
    if deputy_id == manager_id:
        raise BadRule("deputy")
    if (away_from is None) != (away_to is None) or (away_from and away_from >= away_to):  # type: ignore[operator]
        raise BadRule("away_to")
    if neutral_team_id is not None and find_team(neutral_team_id) is None:
        raise BadRule("neutral_team")
    day = timezone.localdate(now)
    able = {
        each.staff_id
        for each in holders_of(
            permission="cases.view", organisation_ids=[organisation_id], day=day
        )
    }
    for person in filter(None, (manager_id, deputy_id)):
        if person not in able:
            raise NotAble(str(person))
    desk, _made = ComplaintDesk.objects.update_or_create(
        organisation_id=organisation_id,
        pack=pack,
        defaults={
            "manager_id": manager_id,
            "deputy_id": deputy_id,
            "away_from": away_from,
            "away_to": away_to,
            "neutral_team_id": neutral_team_id,
            "changed_at": now,
        },
    )
    return desk


def set_digest_reader(
    *,
    actor: Actor,
    now: datetime,
    staff_id: int,
    organisation_id: int,
    hour: int,
    count: int,
    until: date | None = None,
) -> DigestReader:
    """Let an executive read `count` complaints every working day from `hour` on, of their time.

    Raises `Forbidden`, `NotAble`, `BadRule`.
    """
    required()
    actor.require(CONFIGURE, organisation_id)
    if not 0 <= hour <= 23:
        raise BadRule("hour")
    if not 1 <= count <= 20:
        raise BadRule("count")
    day = timezone.localdate(now)
    held = holders_of(permission="cases.view", organisation_ids=[organisation_id], day=day)
    if staff_id not in {each.staff_id for each in held}:
        raise NotAble(str(staff_id))
    reader, _made = DigestReader.objects.update_or_create(
        staff_id=staff_id,
        defaults={
            "organisation_id": organisation_id,
            "hour": hour,
            "count": count,
            "until": until,
            "changed_at": now,
        },
        create_defaults={
            "organisation_id": organisation_id,
            "hour": hour,
            "count": count,
            "since": day,
            "until": until,
            "changed_at": now,
        },
    )
    return reader
