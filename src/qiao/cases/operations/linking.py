"""Taking back that two cases belong together."""

from datetime import datetime
from typing import Final

from django.db.models import Q

from qiao.cases.events import CaseChanged
from qiao.cases.journal import Journal, lock_many
from qiao.cases.models import CaseLink
from qiao.cases.operations.merging import JOIN, queue_joins
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.transactions import required

WORK: Final = "cases.work"


class AlreadyLinked(Exception):  # noqa: N818 - names the finding
    """The two cases are linked already."""


class NotLinked(Exception):  # noqa: N818 - names the finding
    """Somebody has taken the link away meanwhile."""


class LinkedToItself(Exception):  # noqa: N818 - names the finding
    """A case belongs together with another, never with itself."""


def is_linked(case_id: int, other_id: int) -> bool:
    """Whether there is a link between two cases, in either direction."""
    pairs = Q(case=case_id, other=other_id) | Q(case=other_id, other=case_id)
    return CaseLink.objects.filter(pairs).exists()


def unlink_cases(*, link_id: int, actor: Actor, now: datetime) -> CaseLink:
    """Take a link away; both histories say so. The link as it was, to be made again.

    Whoever made it may take it back by the right to work on both; for another's it takes the
    right to join cases. Raises `NotLinked`, `Forbidden`.
    """
    required()
    queue_joins()
    link = CaseLink.objects.select_for_update().filter(id=link_id).first()
    if link is None:
        raise NotLinked(str(link_id))
    rows = {case.pk: case for case in lock_many([link.case_id, link.other_id])}
    is_own = link.linked_by_id is not None and link.linked_by_id == actor.staff_id
    for case in rows.values():
        actor.require(WORK if is_own else JOIN, case.organisation_id)
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
