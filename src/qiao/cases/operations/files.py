"""Files of a case: kept with it, and taken away again when they were the wrong ones."""

from collections.abc import Sequence
from datetime import datetime

from qiao.cases.events import CaseChanged
from qiao.cases.journal import INTERNAL, Journal, lock_case
from qiao.cases.models import Case
from qiao.cases.operations.risk import ReasonMissing
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.incoming_files import Written, keep_file
from qiao.core.models import Attachment
from qiao.core.rules.text import clean

OWNER_KIND = "case"
LABEL_LENGTH = 100
REASON_LENGTH = 1_000


class FileGone(Exception):  # noqa: N818 - names the finding
    """The case has no such file, or no more."""


def add_attachment(
    *, case_id: int, file: Written, label: str = "", actor: Actor, now: datetime
) -> Attachment:
    """Keep one file; see `add_attachments`."""
    return add_attachments(case_id=case_id, files=[file], label=label, actor=actor, now=now)[0]


def add_attachments(
    *, case_id: int, files: Sequence[Written], label: str = "", actor: Actor, now: datetime
) -> list[Attachment]:
    """Keep files that are checked and on the disk already; see `take_file`.

    Raises `Forbidden`, `BadText`.
    """
    case = lock_case(case_id)
    actor.require("cases.note", case.organisation_id)
    said = clean(label, field="label", max_length=LABEL_LENGTH, one_line=True)
    journal, kept = Journal(case, actor=actor, now=now), []
    for written in files:
        row = keep_file(
            written,
            owner_kind=OWNER_KIND,
            owner_id=case.pk,
            organisation_id=case.organisation_id,
            actor=actor,
            now=now,
            label=said,
        )
        journal.add(
            "attached",
            {"attachment": row.pk, "file_name": row.file_name, "content_type": row.content_type},
            visibility=INTERNAL,
        )
        kept.append(row)
    journal.write()
    _tell(case, "attached", actor, now)
    return kept


def remove_attachment(
    *, case_id: int, attachment_id: int, reason: str, actor: Actor, now: datetime
) -> Case:
    """Take a file away from a case: who did and why stands in its history. A content that no
    other row holds is swept from the disk by night: somebody may be storing the same one just now.

    Raises `Forbidden`, `FileGone`, `ReasonMissing`, `BadText`.
    """
    case = lock_case(case_id)
    actor.require("cases.work", case.organisation_id)
    why = clean(reason, field="text", max_length=REASON_LENGTH)
    if not why:
        raise ReasonMissing
    row = Attachment.objects.filter(id=attachment_id, owner_kind=OWNER_KIND, owner_id=case.pk)
    name = row.values_list("file_name", flat=True).first()
    if name is None:
        raise FileGone(attachment_id)
    row.delete()
    journal = Journal(case, actor=actor, now=now)
    said = {"attachment": attachment_id, "file_name": name, "reason": why}
    journal.add("file_removed", said, visibility=INTERNAL)
    journal.write()
    _tell(case, "file_removed", actor, now)
    return case


def _tell(case: Case, kind: str, actor: Actor, now: datetime) -> None:
    events.publish(
        CaseChanged(case.pk, kind), organisation_id=case.organisation_id, actor=actor, now=now
    )
