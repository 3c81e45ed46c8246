"""Writing down why a case arose, and keeping the tree of causes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qiao.cases.events import CaseChanged
from qiao.cases.journal import INTERNAL, Journal, lock_case
from qiao.cases.models import Case, CaseCause, Cause, CauseSuggestion
from qiao.core import events
from qiao.core.actor import Actor
from qiao.staff.queries import local_days

MOST_OTHERS = 5
MAIN, OTHER, SUSPECTED = CaseCause.Role.MAIN, CaseCause.Role.OTHER, CaseCause.Role.SUSPECTED


class NoSuchCause(Exception):  # noqa: N818 - names the finding
    """No cause of this key that a case may be coded with on this day."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class TooManyCauses(Exception):  # noqa: N818 - names the finding
    """More other causes than a person could mean."""


@dataclass(frozen=True, slots=True)
class Offered:
    """What the person was shown: the model and its suggestions, keys with shares."""

    model_id: int
    suggestions: Sequence[tuple[str, float]]


def code_causes(
    *,
    case_id: int,
    main: str,
    actor: Actor,
    now: datetime,
    others: Sequence[str] = (),
    offered: Offered | None = None,
) -> Case:
    """Say what was found to be the reason: one main cause and up to five others, by their keys.

    Also of an archived case, since the reason is often known later; the history keeps what stood
    there before. The same codes again change nothing.

    Raises `Forbidden`, `NoSuchCause`, `TooManyCauses`.
    """
    case = lock_case(case_id)
    actor.require("cases.work", case.organisation_id)
    journal = Journal(case, actor=actor, now=now)
    if put_causes(journal, main=main, others=others, actor=actor, offered=offered):
        journal.write()
        _tell(case, "cause_coded", actor, now)
    return case


def put_causes(
    journal: Journal,
    *,
    main: str,
    actor: Actor,
    others: Sequence[str] = (),
    offered: Offered | None = None,
) -> bool:
    """The same within a journal that its caller writes. True when anything changed."""
    case, now = journal.case, journal.now
    if len(others) > MOST_OTHERS:
        raise TooManyCauses(len(others))
    found = _usable(case, [main, *others], now)
    chosen = found[main]
    rest = [found[key] for key in dict.fromkeys(others) if key != main]
    before = {row.cause_id: row for row in _coded(case) if row.role != SUSPECTED}
    wanted = {chosen.pk: MAIN, **{cause.pk: OTHER for cause in rest}}
    if {pk: row.role for pk, row in before.items()} == wanted:
        return False
    CaseCause.objects.filter(pk__in=[row.pk for row in before.values()]).delete()
    CaseCause.objects.bulk_create(
        CaseCause(case=case, cause_id=pk, role=role, coded_by_id=actor.staff_id, coded_at=now)
        for pk, role in wanted.items()
    )
    data = {"main": _named(chosen), "others": [_named(cause) for cause in rest]}
    was = next((row.cause for row in before.values() if row.role == MAIN), None)
    if was is not None and was.pk != chosen.pk:
        data["before"] = _named(was)
    case.main_cause = chosen
    journal.add("cause_coded", data, visibility=INTERNAL)
    if offered is not None and offered.suggestions:
        _keep_offer(case, chosen, offered, actor, now)
    return True


def note_suspicion(*, case_id: int, cause: str, actor: Actor, now: datetime) -> Case:
    """Say what the customer takes for the reason, apart from what is found; empty takes it back.

    Raises `Forbidden`, `NoSuchCause`.
    """
    case = lock_case(case_id)
    actor.require("cases.note", case.organisation_id)
    found = _usable(case, [cause], now)[cause] if cause else None
    held = CaseCause.objects.filter(case=case, role=SUSPECTED).first()
    if (held.cause_id if held else None) == (found.pk if found else None):
        return case
    CaseCause.objects.filter(case=case, role=SUSPECTED).delete()
    if found is not None:
        CaseCause.objects.create(
            case=case, cause=found, role=SUSPECTED, coded_by_id=actor.staff_id, coded_at=now
        )
    journal = Journal(case, actor=actor, now=now)
    data = {"cause": _named(found)} if found else {}
    journal.add("cause_suspected", data, visibility=INTERNAL)
    journal.write()
    _tell(case, "cause_suspected", actor, now)
    return case


def _usable(case: Case, keys: Sequence[str], now: datetime) -> Mapping[str, Cause]:
    day = local_days(now)[case.organisation_id]
    found = {cause.key: cause for cause in Cause.objects.on(day).filter(key__in=keys)}
    for key in keys:
        if key not in found:
            raise NoSuchCause(key)
    return found


def _coded(case: Case) -> list[CaseCause]:
    return list(CaseCause.objects.filter(case=case).select_related("cause"))


def _named(cause: Cause) -> dict[str, Any]:
    """As the history keeps it: also readable when the cause is called otherwise later."""
    return {"id": cause.pk, "key": cause.key, "names": cause.names}


def _keep_offer(case: Case, chosen: Cause, offered: Offered, actor: Actor, now: datetime) -> None:
    keys = [key for key, _share in offered.suggestions]
    CauseSuggestion.objects.create(
        case=case,
        model_id=offered.model_id,
        at=now,
        actor_id=actor.staff_id,
        offered=[[key, round(share, 4)] for key, share in offered.suggestions],
        chosen=chosen,
        place=keys.index(chosen.key) + 1 if chosen.key in keys else 0,
    )


def _tell(case: Case, kind: str, actor: Actor, now: datetime) -> None:
    events.publish(
        CaseChanged(case.pk, kind), organisation_id=case.organisation_id, actor=actor, now=now
    )
