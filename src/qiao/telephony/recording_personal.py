"""What recordings hold of a person: their voice. Erased with them; what is held longer hinders."""
# ruff: noqa: S608 - statements are put together from this file's own pieces; values are bound

from collections.abc import Sequence
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qiao.core.models import Attachment
from qiao.core.personal import Erasing, Held, Hinder, Person, PersonalData, ids_of, select
from qiao.feedback.operations import forget_judgements
from qiao.feedback.queries import judgements_of
from qiao.telephony.queries.recordings import OWNER_KIND, SUBJECT

# Who called may be told by the contact alone: callers are identified there.
_OWN: Final = (
    " FROM telephony_callrecording r JOIN telephony_call c ON c.id = r.call_id"
    " LEFT JOIN contact_interaction i ON i.id = c.interaction_id"
    " WHERE (c.customer_id = ANY(%(ids)s) OR i.customer_id = ANY(%(ids)s)"
    " OR c.phone = ANY(%(phones)s))"
)
_ROWS: Final = f"SELECT r.name, r.kind, r.began_at, r.seconds, r.state{_OWN} ORDER BY r.id"
_HEARD: Final = (
    "SELECT d.at, d.kind, d.reason FROM core_disclosure d WHERE d.subject = %(subject)s"
    " AND d.subject_id = ANY(%(recordings)s) ORDER BY d.id"
)
_ERASE: Final = """
UPDATE telephony_callrecording
   SET state = 'removed', removed_at = %(now)s, gone_by = 'person', attachment_id = NULL,
       next_at = CASE WHEN is_at_switch THEN %(now)s::timestamptz END
 WHERE id = ANY(%(recordings)s) AND state <> 'removed'
"""
_NOTES: Final = (
    "UPDATE telephony_recordinghold SET note = '–'"
    " WHERE recording_id = ANY(%(recordings)s) AND note <> '–'"
)
_HELD: Final = (
    f"SELECT r.name, r.call_id, (SELECT d.note FROM telephony_recordinghold d"
    f" WHERE d.recording_id = r.id AND d.released_at IS NULL) AS note{_OWN}"
    " AND EXISTS (SELECT FROM telephony_recordinghold d"
    " WHERE d.recording_id = r.id AND d.released_at IS NULL) ORDER BY r.id LIMIT 5"
)


def _values(person: Person) -> dict[str, Any]:
    return {"ids": list(person.customer_ids), "phones": list(person.phones)}


def _own(person: Person) -> list[int]:
    return ids_of(f"SELECT r.id{_OWN} ORDER BY r.id", _values(person))


def _calls(person: Person) -> list[int]:
    return ids_of(f"SELECT DISTINCT r.call_id{_OWN}", _values(person))


def collect(person: Person) -> Sequence[Held]:
    """Recordings with their sound, and who heard or took them."""
    own = _own(person)
    files = Attachment.objects.filter(owner_kind=OWNER_KIND, owner_id__in=own).order_by("id")
    heard = select(_HEARD, {"subject": SUBJECT, "recordings": own})
    return [
        Held(_("Recordings of calls"), select(_ROWS, _values(person)), list(files)),
        Held(_("Who heard recordings"), heard),
        Held(_("Quality of calls"), judgements_of(kind="call", subject_ids=_calls(person))),
    ]


def erase(person: Person, erasing: Erasing) -> None:
    """The sounds go here and, by the job that looks after them, at the switch."""
    own = _own(person)
    values = {"recordings": own, "now": erasing.now}
    erasing.run("telephony.recordings", _ERASE, values)
    erasing.drop_files("telephony.sounds", owner_kind=OWNER_KIND, owner_ids=own)
    erasing.run("telephony.holds", _NOTES, values)
    holds = ids_of(
        "SELECT id FROM telephony_recordinghold WHERE recording_id = ANY(%(recordings)s)", values
    )
    forget_judgements(kind="call", subject_ids=_calls(person), erasing=erasing)
    erasing.redact_trail("telephony.holds", table="telephony_recordinghold", ids=holds)


def hinders(person: Person) -> Sequence[Hinder]:
    """Recordings that a dispute or a lawsuit needs."""
    return [
        Hinder(
            _("Recording %(name)s is held: %(note)s") % {"name": row["name"], "note": row["note"]},
            reverse("telephony:detail", args=[row["call_id"]]),
        )
        for row in select(_HELD, _values(person))
    ]


PERSONAL: Final = (
    PersonalData(
        key="telephony.recordings",
        order=28,  # before the numbers go by which their calls are found
        collect=collect,
        erase=erase,
        hinders=hinders,
        counted={
            "telephony.recordings": _("Recordings of calls without sound"),
            "telephony.sounds": _("Sounds of calls"),
            "telephony.holds": _("Notes on recordings that were held"),
        },
    ),
)
