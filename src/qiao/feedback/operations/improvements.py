"""From a finding to a proven effect: opening, acting, measuring, telling, closing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from qiao.cases.queries.cause_choices import cause_by_key
from qiao.core.actor import Actor
from qiao.core.numbering import next_number
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.feedback.models import (
    Improvement,
    ImprovementAction,
    ImprovementEvent,
    ImprovementRule,
    ImprovementTold,
)
from qiao.feedback.queries.improvements import complainants_of, figure_of, told_of
from qiao.feedback.rules.improvements import Period, judge
from qiao.staff.queries import local_days

PREFIX: Final = "GJ"
WORK: Final = "improvements.work"
TITLE_LENGTH: Final = 120
TEXT_LENGTH: Final = 4_000
DUE_DAYS: Final = 14  # until the finding must have an action, unless another day is given
LONGEST_DAYS: Final = 366
State = Improvement.State
UNFINISHED: Final = (State.OPEN, State.ACTING, State.MEASURING, State.JUDGED)


class ImprovementRefused(Exception):  # noqa: N818 - a refusal, not a fault
    """It cannot be done now. `reason`: ``open_already``, ``cause``, ``period``, ``state``,
    ``no_action``, ``too_early``, ``not_told``, ``base`` or ``nobody``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Finding:
    """What is found: a cause in a unit, within a period, and who is to act on it."""

    organisation_id: int
    cause_key: str
    title: str
    finding: str
    owner_id: int
    period: Period
    subject: str = ""
    due_date: date | None = None
    rule: ImprovementRule | None = None


def open_improvement(*, finding: Finding, actor: Actor | None, now: datetime) -> Improvement:
    """Write a finding down with the figure before, which is counted here.

    Without an actor a rule opened it. Raises `Forbidden`, `BadText`, and `ImprovementRefused` for
    a cause that is being worked on there already, or a period that is not over.
    """
    required()
    unit = finding.organisation_id
    if actor is not None:
        actor.require(WORK, unit)
    cause = cause_by_key(finding.cause_key)
    if cause is None:
        raise ImprovementRefused("cause")
    if Improvement.objects.open().filter(cause=cause, organisation_id=unit).exists():
        raise ImprovementRefused("open_already")
    today, period = local_days(now)[unit], finding.period
    if not (period.start <= period.end <= today and period.days <= LONGEST_DAYS):
        raise ImprovementRefused("period")
    count, base = figure_of(cause_key=cause.key, organisation_id=unit, period=period)
    row = Improvement.objects.create(
        number=next_number(prefix=PREFIX, day=today),
        organisation_id=unit,
        cause=cause,
        title=_line(finding.title, "title", required=True),
        finding=clean(finding.finding, field="finding", max_length=TEXT_LENGTH, required=True),
        subject=_line(finding.subject, "subject"),
        owner_id=finding.owner_id,
        rule=finding.rule,
        due_date=finding.due_date or today + timedelta(days=DUE_DAYS),
        opened_at=now,
        opened_by_id=actor.staff_id if actor else None,
        before_from=period.start,
        before_to=period.end,
        before_count=count,
        before_base=base,
    )
    _note(row, "opened", {"count": count, "base": base}, actor, now)
    return row


def _line(text: str, field: str, *, required: bool = False) -> str:
    return clean(text, field=field, max_length=TITLE_LENGTH, one_line=True, required=required)


def add_action(
    *,
    improvement_id: int,
    text: str,
    due_date: date,
    cost_minor: int | None,
    actor: Actor,
    now: datetime,
) -> ImprovementAction:
    """Plan something to be done. Raises `Forbidden`, `BadText`, `ImprovementRefused`."""
    row = _locked(improvement_id, actor, State.OPEN, State.ACTING)
    action = ImprovementAction.objects.create(
        improvement=row,
        text=clean(text, field="text", max_length=TEXT_LENGTH, required=True),
        due_date=due_date,
        cost_minor=cost_minor,
        added_by_id=actor.staff_id,
    )
    row.due_date = due_date
    _move(row, State.ACTING)
    _note(row, "action_planned", {"text": action.text, "due": str(due_date)}, actor, now)
    return action


def take_effect(
    *, improvement_id: int, effective_date: date, actor: Actor, now: datetime
) -> Improvement:
    """Say on which day the action took effect: from the next day on the same figure is taken
    again, over a period of the same length.

    Raises `Forbidden`, and `ImprovementRefused` without an action, or for a day within the period
    before or one to come.
    """
    row = _locked(improvement_id, actor, State.ACTING)
    if not row.actions.exists():
        raise ImprovementRefused("no_action")
    today = local_days(now)[row.organisation_id]
    if not row.before_to <= effective_date <= today:
        raise ImprovementRefused("period")
    row.actions.filter(done_date__isnull=True).update(done_date=effective_date)
    before = Period(row.before_from, row.before_to)
    after = before.following(effective_date + timedelta(days=1))
    row.effective_date, row.after_from, row.after_to = effective_date, after.start, after.end
    row.due_date = after.end + timedelta(days=1)
    _move(row, State.MEASURING)
    _note(row, "took_effect", {"day": str(effective_date), "until": str(after.end)}, actor, now)
    return row


def measure(*, improvement_id: int, actor: Actor | None, now: datetime) -> Improvement:
    """Take the figure again and judge it, once the period after is over.

    Raises `Forbidden`, and `ImprovementRefused` before that day or where nothing can be counted.
    """
    row = _locked(improvement_id, actor, State.MEASURING)
    today = local_days(now)[row.organisation_id]
    if row.after_from is None or row.after_to is None or today <= row.after_to:
        raise ImprovementRefused("too_early")
    before, after = Period(row.before_from, row.before_to), Period(row.after_from, row.after_to)
    count, base = figure_of(
        cause_key=row.cause.key, organisation_id=row.organisation_id, period=after
    )
    if not (base and row.before_base):
        raise ImprovementRefused("base")
    found = judge(
        before=row.before_count,
        before_exposure=row.before_base * before.days,
        after=count,
        after_exposure=base * after.days,
    )
    row.after_count, row.after_base = count, base
    row.verdict, row.chance, row.is_small = found.verdict, found.chance, found.is_small
    row.due_date = today + timedelta(days=DUE_DAYS)
    _move(row, State.JUDGED)
    _note(row, "measured", {"count": count, "base": base, "verdict": found.verdict}, actor, now)
    return row


def note_told(
    *,
    improvement_id: int,
    case_ids: Collection[int],
    channel: str,
    actor: Actor,
    now: datetime,
    messages: Mapping[int, int] | None = None,
) -> int:
    """Keep that the customers of these cases were told what came of it; how many cases were new.

    A person is told once: all their cases count. Whom a message did not reach may be told again.
    `messages` gives the message by case. Raises `Forbidden`, and `ImprovementRefused` for nobody,
    or before it is judged.
    """
    row = _locked(improvement_id, actor, State.JUDGED)
    everybody = complainants_of(row)
    people = {each.customer_id for each in everybody if each.case_id in case_ids} - {None}
    wanted = {
        each.case_id
        for each in everybody
        if each.case_id in case_ids or each.customer_id in people
    }
    if not wanted:
        raise ImprovementRefused("nobody")
    known = {
        case_id
        for case_id, told in told_of(row).items()
        if not told.is_lost or told.channel == channel
    }
    fresh = sorted(wanted - known)
    ImprovementTold.objects.bulk_create(
        ImprovementTold(
            improvement=row,
            case_id=case_id,
            channel=channel,
            message_id=(messages or {}).get(case_id),
            at=now,
            actor_id=actor.staff_id,
        )
        for case_id in fresh
    )
    if fresh:
        row.told_at = now
        _move(row, State.JUDGED)
        _note(row, "told", {"count": len(fresh), "channel": channel}, actor, now)
    return len(fresh)


def close_improvement(
    *, improvement_id: int, lessons: str, actor: Actor, now: datetime
) -> Improvement:
    """End it with what was learnt. Those who complained were told before, if there are any.

    Raises `Forbidden`, `BadText`, `ImprovementRefused`, also where no message arrived.
    """
    row = _locked(improvement_id, actor, State.JUDGED)
    if all(told.is_lost for told in told_of(row).values()) and complainants_of(row):
        raise ImprovementRefused("not_told")
    return _finish(row, State.CLOSED, "closed", lessons, actor, now)


def drop_improvement(
    *, improvement_id: int, reason: str, actor: Actor, now: datetime
) -> Improvement:
    """Give it up, for a reason that stays. Raises `Forbidden`, `BadText`, `ImprovementRefused`."""
    row = _locked(improvement_id, actor, *UNFINISHED)
    return _finish(row, State.DROPPED, "dropped", reason, actor, now)


def _finish(
    row: Improvement, state: str, kind: str, words: str, actor: Actor, now: datetime
) -> Improvement:
    row.lessons = clean(words, field="text", max_length=TEXT_LENGTH, required=True)
    row.finished_at = now
    _move(row, state)
    _note(row, kind, {}, actor, now)
    return row


def hand_over(*, improvement_id: int, owner_id: int, actor: Actor, now: datetime) -> Improvement:
    """Give it to another person. Raises `Forbidden`, `ImprovementRefused`."""
    row = _locked(improvement_id, actor, *UNFINISHED)
    if owner_id != row.owner_id:
        before, row.owner_id = row.owner_id, owner_id
        _move(row, row.state)
        _note(row, "handed_over", {"before": before, "to": owner_id}, actor, now)
    return row


def _locked(improvement_id: int, actor: Actor | None, *states: str) -> Improvement:
    required()
    rows = Improvement.objects.select_for_update(of=("self",)).select_related("cause")
    row = rows.get(pk=improvement_id)
    if actor is not None:
        actor.require(WORK, row.organisation_id)
    if row.state not in states:
        raise ImprovementRefused("state")
    return row


def _move(row: Improvement, state: str) -> None:
    row.state = state
    row.version += 1
    row.save()


def _note(
    row: Improvement, kind: str, data: Mapping[str, Any], actor: Actor | None, now: datetime
) -> None:
    ImprovementEvent.objects.create(
        improvement=row,
        seq=row.events.count() + 1,
        kind=kind,
        at=now,
        actor_id=actor.staff_id if actor else None,
        data=dict(data),
    )
