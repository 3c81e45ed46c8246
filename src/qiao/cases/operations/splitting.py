"""Two matters in one case become two cases; the new one counts from when its words were said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from qiao.cases.events import CaseChanged, CasesHeld
from qiao.cases.journal import (
    INTERNAL,
    Journal,
    ManyJournals,
    MergedAway,
    close_apart,
    lock_case,
    lock_many,
)
from qiao.cases.models import Case, CaseEvent, CaseLink
from qiao.cases.operations.merging import JOIN, end_duties, queue_joins
from qiao.cases.operations.opening import OpenRequest, open_case
from qiao.cases.queries.movable import MOVABLE, gone_entries
from qiao.cases.rules.joining import BUILT_ON
from qiao.core import attachments, events
from qiao.core.actor import Actor
from qiao.core.models import Attachment

SPLIT: Final = "split"


class NothingToSplit(Exception):  # noqa: N818 - names the finding
    """None of the chosen entries can go to a case of its own."""


class BuiltOn(Exception):  # noqa: N818 - names the finding
    """Others acted on it since: it cannot be taken back as a whole."""


@dataclass(frozen=True, slots=True)
class NewMatter:
    """The case that is made: its type, its title and what is asked for in it."""

    type_key: str
    title: str
    description: str = ""


def split_case(
    *, case_id: int, seqs: Sequence[int], matter: NewMatter, actor: Actor, now: datetime
) -> Case:
    """Make a case of its own from entries of a case, for the same customer and place.

    Its clocks start at the earliest of these entries; its owner is found as for any new case. The
    entries stay in the old history, marked as gone to the new one. Both are linked.

    Raises `Forbidden`, `MergedAway`, `NothingToSplit`, and what `open_case` raises.
    """
    case = lock_case(case_id)
    actor.require(JOIN, case.organisation_id)
    chosen = _chosen(case, seqs)
    new = open_case(request=_request(case, matter, chosen), actor=actor, now=now)
    journal = Journal(new, actor=actor, now=now)
    about = {"case": case.pk, "number": case.number}
    journal.add("split_from", about, visibility=INTERNAL)
    for entry in chosen:
        _copy(journal, entry, new, actor, now)
    journal.write()
    CaseLink.objects.create(
        case=new, other=case, kind=SPLIT, linked_by_id=actor.staff_id, linked_at=now
    )
    old = Journal(case, actor=actor, now=now)
    old.add(
        "split_off",
        {"case": new.pk, "number": new.number, "seqs": [entry.seq for entry in chosen]},
        visibility=INTERNAL,
    )
    old.write()
    _tell(case, "split_off", actor, now)
    return new


def _chosen(case: Case, seqs: Sequence[int]) -> list[CaseEvent]:
    gone = gone_entries(case)
    entries = case.events.filter(seq__in=[*seqs], kind__in=MOVABLE).order_by("seq")
    found = [entry for entry in entries if entry.seq not in gone]
    if not found:
        raise NothingToSplit(case.number)
    return found


def _request(case: Case, matter: NewMatter, chosen: Sequence[CaseEvent]) -> OpenRequest:
    return OpenRequest(
        type_key=matter.type_key,
        organisation_id=case.organisation_id,
        title=matter.title,
        description=matter.description,
        channel=case.channel,
        area=case.area,
        customer_id=case.customer_id,
        account_id=case.account_id,
        premises_id=case.premises_id,
        service_point_id=case.service_point_id,
        place=case.place,
        caller_name=case.caller_name,
        caller_phone=case.caller_phone,
        responsible_id=case.responsible_id,
        about_unit_id=case.about_unit_id,
        about_staff_id=case.about_staff_id,
        at=min(entry.at for entry in chosen),
    )


def _copy(journal: Journal, entry: CaseEvent, new: Case, actor: Actor, now: datetime) -> None:
    data: dict[str, Any] = {**entry.data, "from_seq": entry.seq}
    if entry.kind == "attached":
        kept = Attachment.objects.filter(id=int(data["attachment"])).first()
        if kept is None:
            return
        data["attachment"] = attachments.lend(
            kept, owner_kind="case", owner_id=new.pk, actor=actor, now=now
        ).pk
    visibility = CaseEvent.Visibility(entry.visibility)
    journal.add(entry.kind, data, visibility=visibility, at=entry.at)


def undo_split(*, case_id: int, actor: Actor, now: datetime) -> Case:
    """Take a split back: the new case is closed and its number finds the old one, whose entries
    are its own again. Returns the old case.

    Raises `Forbidden`, `MergedAway`, `NothingToSplit` for a case that came from none, `BuiltOn`.
    """
    queue_joins()
    row = Case.objects.get(id=case_id)
    if row.merged_into_id is not None:
        raise MergedAway(row.merged_into_id)
    origin = row.events.filter(kind="split_from").first()
    if origin is None:
        raise NothingToSplit(row.number)
    old_id = int(origin.data["case"])
    rows = {case.pk: case for case in lock_many(sorted({case_id, old_id}))}
    new, old = rows[case_id], rows[old_id]
    if old.merged_into_id is not None:
        raise MergedAway(old.merged_into_id)
    for each in (new, old):
        actor.require(JOIN, each.organisation_id)
    if built_on(new, origin):
        raise BuiltOn(new.number)
    end_duties(new.pk, now=now)
    _end_new(new, old, actor, now)
    _take_back(new, old, actor, now)
    held = CasesHeld((new.pk,), old.pk)
    events.publish(held, organisation_id=old.organisation_id, actor=actor, now=now)
    for each in (old, new):
        _tell(each, "split_undone", actor, now)
    return old


def _end_new(new: Case, old: Case, actor: Actor, now: datetime) -> None:
    new.outcome = "split_undone"
    journal = ManyJournals([new], actor=actor, now=now)
    about = {"case": old.pk, "number": old.number}
    journal.add(new, "split_undone", about, visibility=INTERNAL)
    close_apart(journal, new, why="split_undone", at=now)
    new.merged_into_id = old.pk
    journal.write()
    CaseLink.objects.filter(case=new, other=old, kind=SPLIT).delete()


def _take_back(new: Case, old: Case, actor: Actor, now: datetime) -> None:
    gone = old.events.filter(kind="split_off", data__case=new.pk).order_by("-seq").first()
    about = {"case": new.pk, "number": new.number, "seqs": gone.data["seqs"] if gone else []}
    journal = Journal(old, actor=actor, now=now)
    journal.add("split_undone", about, visibility=INTERNAL)
    journal.write()


def built_on(case: Case, entry: CaseEvent) -> bool:
    """Whether somebody acted on a case after an entry, in a way that stands on it."""
    since = {"seq__gt": entry.seq, "recorded_at__gt": entry.recorded_at}
    if case.events.filter(kind__in=BUILT_ON, **since).exists():
        return True
    return case.closed_at is not None or case.merged_count > 0 or case.parent_id is not None


def _tell(case: Case, kind: str, actor: Actor, now: datetime) -> None:
    events.publish(
        CaseChanged(case.pk, kind), organisation_id=case.organisation_id, actor=actor, now=now
    )
