"""What can be done to many cases at once: for each kind how it is done, and how it is undone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from qiao.cases.models import Case, CaseLink
from qiao.cases.operations.linking import (
    AlreadyLinked,
    LinkedToItself,
    is_linked,
    unlink_cases,
)
from qiao.cases.operations.owning import AlreadyThere, assign, transfer
from qiao.cases.operations.setting_aside import snooze, unsnooze
from qiao.cases.operations.stepping import change_priority, pause, resume, take_action
from qiao.cases.operations.talking import link_cases
from qiao.core.actor import Actor

Terms = Mapping[str, Any]
Apply = Callable[[Case, Terms, Actor, datetime], object]
Keep = Callable[[Case], dict[str, Any]]
Made = Callable[[Any], dict[str, Any]]
Beside = Callable[[Terms], Sequence[int]]
Undo = Callable[[Case, Terms, Mapping[str, Any], Actor, datetime], object]


class ChangedSince(Exception):  # noqa: N818 - names the finding
    """Somebody changed the case after the bulk change; undoing it would undo that too."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A change: the permission it takes at all, how it is made, what is kept for its undo: of the
    case as it was (`keep`), and of what `apply` gave (`made`). `beside` are cases that it changes
    as well: they are locked with the case, in the one order."""

    permission: str
    apply: Apply
    keep: Keep = lambda _case: {}
    undo: Undo | None = None
    made: Made = lambda _given: {}
    beside: Beside = lambda _terms: ()


def _about(case: Case, actor: Actor, now: datetime) -> dict[str, Any]:
    return {"case_id": case.pk, "actor": actor, "now": now}


def _assign(case: Case, terms: Terms, actor: Actor, now: datetime) -> object:
    return assign(**_about(case, actor, now), staff_id=terms["person"])


def _unassign(
    case: Case, terms: Terms, before: Mapping[str, Any], actor: Actor, now: datetime
) -> object:
    _require(case, is_so=case.assignee_id == terms["person"])
    return assign(**_about(case, actor, now), staff_id=before["assignee"])


def _transfer(case: Case, terms: Terms, actor: Actor, now: datetime) -> object:
    return transfer(**_about(case, actor, now), team_id=terms["team"], reason=terms["reason"])


def _return(
    case: Case, terms: Terms, before: Mapping[str, Any], actor: Actor, now: datetime
) -> object:
    _require(case, is_so=case.team_id == terms["team"] and case.assignee_id is None)
    moved = transfer(
        **_about(case, actor, now), team_id=before["team"], reason=str(terms["reason"])
    )
    if before["assignee"] is None:
        return moved
    return assign(**_about(case, actor, now), staff_id=before["assignee"])


def _priority(case: Case, terms: Terms, actor: Actor, now: datetime) -> object:
    if case.priority == terms["priority"]:
        raise AlreadyThere(case.number)
    return change_priority(**_about(case, actor, now), priority=terms["priority"])


def _unpriority(
    case: Case, terms: Terms, before: Mapping[str, Any], actor: Actor, now: datetime
) -> object:
    _require(case, is_so=case.priority == terms["priority"])
    return change_priority(**_about(case, actor, now), priority=before["priority"])


def _pause(case: Case, terms: Terms, actor: Actor, now: datetime) -> object:
    return pause(**_about(case, actor, now), reason=terms["reason"])


def _resume(case: Case, _terms: Terms, actor: Actor, now: datetime) -> object:
    return resume(**_about(case, actor, now))


def _unpause(
    case: Case, _terms: Terms, _before: Mapping[str, Any], actor: Actor, now: datetime
) -> object:
    _require(case, is_so=case.is_paused)
    return resume(**_about(case, actor, now))


def _snooze(case: Case, terms: Terms, actor: Actor, now: datetime) -> object:
    until = datetime.fromisoformat(terms["until"]) if terms["until"] else None
    return snooze(
        **_about(case, actor, now),
        until=until,
        until_answer=terms["until_answer"],
        for_team=terms["for_team"],
        reason=terms["reason"],
    )


def _unsnooze(
    case: Case, _terms: Terms, _before: Mapping[str, Any], actor: Actor, now: datetime
) -> object:
    return unsnooze(**_about(case, actor, now))


def _link(case: Case, terms: Terms, actor: Actor, now: datetime) -> object:
    other = terms["other"]
    if other == case.pk:
        raise LinkedToItself(case.number)
    if is_linked(case.pk, other):
        raise AlreadyLinked(case.number)
    return link_cases(**_about(case, actor, now), other_id=other, kind=terms["link"])


def _unlink(
    case: Case, terms: Terms, before: Mapping[str, Any], actor: Actor, now: datetime
) -> object:
    link = CaseLink.objects.filter(pk=before.get("link", 0), case=case).first()
    _require(case, is_so=link is not None and link.kind == terms["link"])
    return unlink_cases(link_id=before["link"], actor=actor, now=now)


def _act(case: Case, terms: Terms, actor: Actor, now: datetime) -> object:
    given = dict(terms["given"])
    return take_action(**_about(case, actor, now), action=terms["action"], given=given)


def _require(case: Case, *, is_so: bool) -> None:
    if not is_so:
        raise ChangedSince(case.number)


WORK: Final = "cases.work"
KINDS: Final[Mapping[str, Kind]] = {
    "assign": Kind("cases.assign", _assign, lambda c: {"assignee": c.assignee_id}, _unassign),
    "transfer": Kind(
        WORK, _transfer, lambda c: {"team": c.team_id, "assignee": c.assignee_id}, _return
    ),
    "priority": Kind(WORK, _priority, lambda c: {"priority": c.priority}, _unpriority),
    "pause": Kind(WORK, _pause, undo=_unpause),
    "resume": Kind(WORK, _resume),
    "snooze": Kind(WORK, _snooze, undo=_unsnooze),
    "link": Kind(
        WORK,
        _link,
        undo=_unlink,
        made=lambda link: {"link": link.pk},
        beside=lambda terms: [terms["other"]],
    ),
    "act": Kind(WORK, _act),
}
