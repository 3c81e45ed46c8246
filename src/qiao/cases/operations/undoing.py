"""Taking back an entry of a case's history: one door for all that can be undone from there."""

from datetime import datetime
from typing import Final

from qiao.cases.models import Case, CaseEvent, CaseLink
from qiao.cases.operations.linking import unlink_cases
from qiao.cases.operations.merging import undo_merge
from qiao.cases.operations.reopening import undo_reopening
from qiao.cases.operations.splitting import undo_split
from qiao.cases.operations.talking import link_cases
from qiao.core.actor import Actor
from qiao.core.transactions import required

UNDOABLE: Final = ("merged_in", "split_off", "reopened", "linked", "unlinked")


class NotUndoable(Exception):  # noqa: N818 - names the finding
    """The entry is none that can be taken back, or it was taken back already."""


def undo_entry(*, case_id: int, seq: int, actor: Actor, now: datetime) -> None:
    """Take back what an entry tells of.

    Raises `NotUndoable`, `Forbidden`, `BuiltOn`, `MergedAway` and what each undoing raises.
    """
    required()
    entry = CaseEvent.objects.filter(case=case_id, seq=seq, kind__in=UNDOABLE).first()
    if entry is None or _is_overtaken(entry):
        raise NotUndoable(str(seq))
    if entry.kind == "reopened":
        undo_reopening(case_id=case_id, actor=actor, now=now)
        return
    other_id = int(entry.data["case"])
    if entry.kind in ("merged_in", "split_off"):
        _undo_join(entry.kind, case_id, other_id, actor, now)
    else:
        _undo_link(entry, case_id, other_id, actor, now)


def _is_overtaken(entry: CaseEvent) -> bool:
    """Whether the same was done again since: then this one was taken back already, and who
    looks at an old page must not take back what somebody else did later."""
    same = CaseEvent.objects.filter(case=entry.case_id, kind=entry.kind, seq__gt=entry.seq)
    if entry.kind != "reopened":
        same = same.filter(data__case=entry.data["case"])
    return same.exists()


def _undo_join(kind: str, case_id: int, other_id: int, actor: Actor, now: datetime) -> None:
    if kind == "split_off":
        undo_split(case_id=other_id, actor=actor, now=now)
        return
    if not Case.objects.filter(id=other_id, merged_into=case_id).exists():
        raise NotUndoable(str(other_id))
    undo_merge(case_id=other_id, actor=actor, now=now)


def _undo_link(entry: CaseEvent, case_id: int, other_id: int, actor: Actor, now: datetime) -> None:
    pair = [(case_id, other_id), (other_id, case_id)]
    links = [CaseLink.objects.filter(case=a, other=b).first() for a, b in pair]
    link = next((each for each in links if each is not None), None)
    if (link is not None) != (entry.kind == "linked"):
        raise NotUndoable(str(other_id))
    if link is not None:
        unlink_cases(link_id=link.pk, actor=actor, now=now)
    else:
        kind = str(entry.data.get("kind", ""))
        link_cases(case_id=case_id, other_id=other_id, kind=kind, actor=actor, now=now)
