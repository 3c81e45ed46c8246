"""What work orders hold of a person: the visit to their home, photos, signature."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from qiao.core.models import Attachment
from qiao.core.personal import Erasing, Held, Person, PersonalData, ids_of, select

OWNER_KIND = "work_order"
_OWN = (
    "FROM dispatch_workorder w JOIN cases_case c ON c.id = w.case_id"
    " WHERE (c.customer_id = ANY(%(ids)s)"
    " OR (c.customer_id IS NULL AND c.caller_phone = ANY(%(phones)s)))"
)
_ORDERS = f"""
SELECT w.number, w.state, w.place, w.created_at, w.arrived_at, w.finished_at, w.checks, w.readings,
       w.answers, w.note, w.reason {_OWN} ORDER BY w.id
"""
_CLEAR = """
UPDATE dispatch_workorder
   SET place = '', latitude = NULL, longitude = NULL, datum = '', note = '',
       readings = qiao_redacted(readings), answers = qiao_redacted(answers),
       reason = CASE WHEN reason = '' THEN '' ELSE '–' END,
       no_photo_reason = CASE WHEN no_photo_reason = '' THEN '' ELSE '–' END,
       no_signature_reason = CASE WHEN no_signature_reason = '' THEN '' ELSE '–' END,
       version = version + 1
 WHERE id = ANY(%(orders)s)
"""


def _own(person: Person) -> list[int]:
    return ids_of(f"SELECT w.id {_OWN}", _values(person))


def _values(person: Person) -> dict[str, Any]:
    return {"ids": list(person.customer_ids), "phones": list(person.phones)}


def collect(person: Person) -> Sequence[Held]:
    """Work orders with what the crew wrote, and their pictures."""
    files = Attachment.objects.filter(owner_kind=OWNER_KIND, owner_id__in=_own(person))
    return [Held(_("Work orders"), select(_ORDERS, _values(person)), list(files))]


def erase(person: Person, erasing: Erasing) -> None:
    """Numbers, times and readings of work orders stay; place, words and pictures go."""
    orders = _own(person)
    erasing.run("dispatch.orders", _CLEAR, {"orders": orders})
    erasing.redact(
        "dispatch.events",
        table="dispatch_workorderevent",
        by="work_order_id",
        ids=orders,
        fields=["data"],
    )
    erasing.drop_files("dispatch.files", owner_kind=OWNER_KIND, owner_ids=orders)


PERSONAL = (
    PersonalData(
        key="dispatch",
        order=20,
        collect=collect,
        erase=erase,
        counted={
            "dispatch.orders": _("Work orders without place and words"),
            "dispatch.events": _("Entries in the history of work orders without words"),
            "dispatch.files": _("Photos and signatures"),
        },
    ),
)
