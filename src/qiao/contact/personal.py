"""What contacts hold of a person: each call, visit and message with them."""
# ruff: noqa: S608 - statements are put together from this file's own pieces; values are bound

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from qiao.core.personal import Erasing, Held, Hinder, Person, PersonalData, ids_of, select

_OWN = "(i.customer_id = ANY(%(ids)s) OR i.caller_phone = ANY(%(phones)s))"
_CONTACTS = f"""
SELECT i.number, i.channel, i.direction, i.started_at, i.ended_at, i.caller_name, i.caller_phone,
       i.place, i.subject, i.summary, i.outcome
  FROM contact_interaction i WHERE {_OWN} ORDER BY i.id
"""
# A closed contact without a customer must say why; that stays true without the number.
_CLEAR = """
UPDATE contact_interaction
   SET subject = CASE WHEN subject = '' THEN '' ELSE '–' END, summary = '', caller_name = '',
       caller_phone = '', place = '', version = version + 1,
       unknown_reason = CASE WHEN customer_id IS NULL AND unknown_reason = '' THEN 'not_found'
                             ELSE unknown_reason END
 WHERE id = ANY(%(contacts)s)
"""


def _values(person: Person) -> dict[str, Any]:
    return {"ids": list(person.customer_ids), "phones": list(person.phones)}


def collect(person: Person) -> Sequence[Held]:
    """Contacts with what was written down."""
    return [Held(_("Contacts"), select(_CONTACTS, _values(person)))]


def erase(person: Person, erasing: Erasing) -> None:
    """Numbers, channels, times and outcomes of contacts stay; words and people go."""
    contacts = ids_of(f"SELECT i.id FROM contact_interaction i WHERE {_OWN}", _values(person))
    values = {"contacts": contacts}
    erasing.run("contact.contacts", _CLEAR, values)
    erasing.redact(
        "contact.events",
        table="contact_interactionevent",
        by="interaction_id",
        ids=contacts,
        fields=["data"],
    )
    erasing.run(
        "contact.drafts",
        "DELETE FROM contact_interactiondraft WHERE interaction_id = ANY(%(contacts)s)",
        values,
    )


def hinders(person: Person) -> Sequence[Hinder]:
    """Contacts that somebody has at hand."""
    rows = select(
        f"SELECT i.number FROM contact_interaction i WHERE {_OWN}"
        " AND i.state IN ('open', 'wrap_up') ORDER BY i.id LIMIT 5",
        _values(person),
    )
    return [
        Hinder(_("Contact %(number)s is not closed.") % {"number": row["number"]}) for row in rows
    ]


PERSONAL = (
    PersonalData(
        key="contact",
        order=30,
        collect=collect,
        erase=erase,
        hinders=hinders,
        counted={
            "contact.contacts": _("Contacts without words and caller"),
            "contact.events": _("Entries in the history of contacts without words"),
            "contact.drafts": _("Drafts of contacts"),
        },
    ),
)
