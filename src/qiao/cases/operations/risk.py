"""Risk of a case: acknowledged by who was told, refused where the machine was wrong, passed on."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection

from qiao.cases import risk_watch
from qiao.cases.events import CaseChanged
from qiao.cases.journal import INTERNAL, Journal, lock_many
from qiao.cases.models import Case, CaseRisk, RiskAlarm, RiskRuleRow
from qiao.cases.rules.risk import COMPLAINT, level_of
from qiao.core import events
from qiao.core.actor import Actor, Forbidden
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.staff.queries import names_of

RISK: Final = "cases.risk"
REASON_LENGTH: Final = 500
BATCH: Final = 200
MOST_PASSED: Final = 3  # then it stays with the last one; it is late for everybody to see


class NothingToDecide(Exception):  # noqa: N818 - names the finding
    """There is no alarm that waits, or no such sign of risk that was not refused yet."""


class ReasonMissing(Exception):  # noqa: N818 - names the finding
    """A sign of risk is refused for a reason."""


def acknowledge_risk(*, case_id: int, words: str, actor: Actor, now: datetime) -> RiskAlarm:
    """The named manager (or who may decide on risk) has seen it; `words` say what is done.

    A case that was merged keeps its alarm: it is acknowledged like any other.
    Raises `Forbidden`, `NothingToDecide`, `BadText`.
    """
    (case,) = lock_many([case_id])
    alarm = _open_alarm(case)
    if alarm is None:
        raise NothingToDecide(case.number)
    _require(actor, case, alarm)
    _end(alarm, RiskAlarm.Ending.ACKNOWLEDGED, actor, now)
    said = clean(words, field="words", max_length=REASON_LENGTH)
    data = {"words": said, "late": now > alarm.due_at}
    _write(case, "risk_acknowledged", data, actor, now)
    return alarm


def refuse_risk(
    *, case_id: int, risk_id: int, reason: str, actor: Actor, now: datetime
) -> CaseRisk:
    """The machine was wrong about one sign: it counts no more, and against its rule.

    With the last grave sign the alarm ends. Raises `Forbidden`, `NothingToDecide`,
    `ReasonMissing`, `BadText`.
    """
    (case,) = lock_many([case_id])
    found = CaseRisk.objects.select_for_update().filter(pk=risk_id, case=case).first()
    if found is None or found.refused_at is not None:
        raise NothingToDecide(str(risk_id))
    alarm = _open_alarm(case)
    _require(actor, case, alarm)
    said = clean(reason, field="reason", max_length=REASON_LENGTH)
    if not said:
        raise ReasonMissing(case.number)
    found.refused_at, found.refused_by_id, found.refused_reason = now, actor.person_id, said
    found.save()
    standing = CaseRisk.objects.filter(case=case, refused_at__isnull=True)
    case.risk = level_of(standing.values_list("level", flat=True))
    if alarm is not None and case.risk != "high":
        _end(alarm, RiskAlarm.Ending.REFUSED, actor, now)
    names = RiskRuleRow.objects.values_list("names", flat=True).get(pk=found.rule_id)
    data = {"rule": found.rule_key, "names": names, "reason": said, "level": case.risk}
    _write(case, "risk_refused", data, actor, now)
    return found


def note_missed(*, case_ids: Sequence[int], now: datetime) -> None:
    """Enter into the history of complaints that a deadline was missed; that is a sign of risk.

    The case that stands for merged ones is late with the first of them: it says so for all.
    """
    wanted = Case.objects.filter(
        id__in=case_ids,
        case_type__group=COMPLAINT,
        due_promise__gt="",
        merged_into__isnull=True,
    ).values_list("id", flat=True)
    for case in lock_many(list(wanted)):
        journal = Journal(case, actor=None, now=now)
        journal.add("deadline_missed", {"promise": case.due_promise})
        journal.write()


def pass_on_alarms(*, now: datetime) -> int:
    """Hand alarms that nobody acknowledged in time to the next one; returns how many."""
    required()
    due = RiskAlarm.objects.filter(
        ended_at__isnull=True, due_at__lte=now, passed_on__lt=MOST_PASSED
    )
    late = due.order_by("due_at").values_list("case_id", flat=True)[:BATCH]
    return sum(_pass_on(case, now) for case in lock_many(list(late)))


def _pass_on(case: Case, now: datetime) -> int:
    alarm = _open_alarm(case)
    if alarm is None or alarm.due_at > now:
        return 0
    day = now.astimezone(ZoneInfo(case.organisation.timezone)).date()
    before = alarm.manager_id
    history = case.events.filter(kind__in=("risk_found", "risk_passed_on"))
    had = {
        data.get("manager") for data in history.values_list("data", flat=True) if "manager" in data
    }
    chosen = risk_watch.manager_for(case, day, passing={before, *filter(None, had)})
    alarm.passed_on += 1
    alarm.due_at = now + timedelta(minutes=risk_watch.minutes_to_acknowledge(case, day))
    alarm.manager_id, alarm.stands_in_for_id = chosen.staff_id, chosen.instead_of
    alarm.save()
    risk_watch.tell(alarm, now)
    known = names_of([before, chosen.staff_id])
    data = {
        "manager": chosen.staff_id,
        "name": known[chosen.staff_id],
        "before": known[before],
        "due": alarm.due_at.isoformat(),
    }
    _write(case, "risk_passed_on", data, None, now)
    return 1


_CANDIDATES: Final = """
SELECT c.id FROM cases_case c JOIN cases_casetype t ON t.id = c.case_type_id AND t.pack = %(pack)s
 WHERE c.closed_at IS NULL AND c.id > %(after)s
   AND (t."group" = 'complaint'
        OR lower(c.title || ' ' || c.description) LIKE ANY(%(words)s)
        OR EXISTS (SELECT 1 FROM cases_caseevent e WHERE e.case_id = c.id
                    AND e.kind IN ('note', 'chased') AND lower(e.data::text) LIKE ANY(%(words)s)))
 ORDER BY c.id LIMIT %(limit)s
"""


def reweigh_open(*, rule_id: int, after: int, now: datetime) -> int | None:
    """Weigh open cases anew that a changed rule may touch, a batch after the id `after`.

    The candidates are found in one statement. Returns the last id, or None when there is no more.
    """
    required()
    row = RiskRuleRow.objects.get(pk=rule_id)
    words = [f"%{_escaped(word.lower())}%" for word in row.terms.get("words", ())]
    with connection.cursor() as cursor:
        values: dict[str, Any] = {
            "pack": row.pack,
            "after": after,
            "words": words or [""],
            "limit": BATCH,
        }
        cursor.execute(_CANDIDATES, values)
        ids = [pk for (pk,) in cursor.fetchall()]
    for case in lock_many(ids):
        _reweigh(case, now)
    return ids[-1] if len(ids) == BATCH else None


def _reweigh(case: Case, now: datetime) -> None:
    said = risk_watch.said_so_far(case)
    heard = risk_watch.weigh(case, said, seq=case.event_count, now=now)
    if heard is not None:
        journal = Journal(case, actor=None, now=now)
        journal.add("risk_found", {**heard.data, "again": True}, visibility=INTERNAL)
        journal.write()
        heard.keep(case, now)
        _tell(case, "risk_found", None, now)


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _open_alarm(case: Case) -> RiskAlarm | None:
    return RiskAlarm.objects.select_for_update().filter(case=case, ended_at__isnull=True).first()


def _require(actor: Actor, case: Case, alarm: RiskAlarm | None) -> None:
    """Who was told may decide, and who holds the right to in the case's unit; both must see it."""
    actor.require("cases.view", case.organisation_id)
    if alarm is not None and alarm.manager_id == actor.staff_id:
        return
    if not actor.can_in(RISK, case.organisation_id):
        raise Forbidden(RISK)


def _end(alarm: RiskAlarm, ending: RiskAlarm.Ending, actor: Actor, now: datetime) -> None:
    alarm.ended_at, alarm.ended_by_id, alarm.ending = now, actor.person_id, ending
    alarm.save()


def _write(
    case: Case,
    kind: str,
    data: dict[str, Any],
    actor: Actor | None,
    now: datetime,
) -> None:
    journal = Journal(case, actor=actor, now=now)
    journal.add(kind, data, visibility=INTERNAL)
    journal.write()
    _tell(case, kind, actor, now)


def _tell(case: Case, kind: str, actor: Actor | None, now: datetime) -> None:
    events.publish(
        CaseChanged(case.pk, kind), organisation_id=case.organisation_id, actor=actor, now=now
    )
