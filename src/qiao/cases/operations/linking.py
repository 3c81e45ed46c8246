"""Taking back that two cases belong together."""

from datetime import datetime

from qiao.cases.events import CaseChanged
from qiao.cases.journal import Journal, lock_many
from qiao.cases.models import CaseLink
from qiao.cases.operations.merging import JOIN, queue_joins
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.transactions import required


def unlink_cases(*, link_id: int, actor: Actor, now: datetime) -> CaseLink:
    """Take a link away; both histories say so. The link as it was, to be made again.

    Raises `CaseLink.DoesNotExist`, `Forbidden` unless the actor has the right on both.
    """
    required()
    queue_joins()
    link = CaseLink.objects.select_for_update().get(id=link_id)
    rows = {case.pk: case for case in lock_many([link.case_id, link.other_id])}
    for case in rows.values():
        actor.require(JOIN, case.organisation_id)
    for case_id, other_id in ((link.case_id, link.other_id), (link.other_id, link.case_id)):
        case, other = rows[case_id], rows[other_id]
        if case.about_unit_id is None and other.about_unit_id is not None:
            continue  # whom the other is kept from reads this one's history
        journal = Journal(case, actor=actor, now=now)
        journal.add("unlinked", {"case": other.pk, "number": other.number, "kind": link.kind})
        journal.write()
        events.publish(
            CaseChanged(case.pk, "unlinked"),
            organisation_id=case.organisation_id,
            actor=actor,
            now=now,
        )
    link.delete()
    return link
