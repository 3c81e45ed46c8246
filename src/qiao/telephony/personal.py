"""What calls hold of a person: numbers, what was keyed in, messages that were left."""
# ruff: noqa: S608 - statements are put together from this file's own pieces; values are bound

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from qiao.core.personal import Erasing, Held, Hinder, Person, PersonalData, ids_of, select

_OWN = "(c.customer_id = ANY(%(ids)s) OR c.phone = ANY(%(phones)s))"
_CALLS = f"""
SELECT c.direction, c.caller, c.dialled, c.queue, c."end", c.arrived_at, c.connected_at, c.ended_at
  FROM telephony_call c WHERE {_OWN} ORDER BY c.id
"""
_OWED = f"""
SELECT c.number, c.kind, c.state, c.phone, c.queue, c.since, c.due_at, c.ended_at
  FROM telephony_owedcall c WHERE {_OWN} ORDER BY c.id
"""


def _values(person: Person) -> dict[str, Any]:
    return {"ids": list(person.customer_ids), "phones": list(person.phones)}


def collect(person: Person) -> Sequence[Held]:
    """Calls, and those that were owed."""
    values = _values(person)
    return [
        Held(_("Telephone calls"), select(_CALLS, values)),
        Held(_("Owed calls"), select(_OWED, values)),
    ]


def erase(person: Person, erasing: Erasing) -> None:
    """Times, queues and ends of calls stay; numbers and what was keyed in go."""
    values = _values(person)
    calls = ids_of(f"SELECT c.id FROM telephony_call c WHERE {_OWN}", values)
    owed = ids_of(f"SELECT c.id FROM telephony_owedcall c WHERE {_OWN}", values)
    erasing.run(
        "telephony.calls",
        "UPDATE telephony_call SET caller = '', phone = '' WHERE id = ANY(%(calls)s)",
        {"calls": calls},
    )
    erasing.run(
        "telephony.asks",
        "UPDATE telephony_callask SET data = '{}' WHERE call_id = ANY(%(calls)s)",
        {"calls": calls},
    )
    erasing.redact(
        "telephony.entries",
        table="telephony_callentry",
        by="call_id",
        ids=calls,
        fields=["data"],
    )
    erasing.run(
        "telephony.owed",
        "UPDATE telephony_owedcall SET phone = '', recording = '' WHERE id = ANY(%(owed)s)",
        {"owed": owed},
    )
    erasing.run(
        "telephony.deeds",
        "UPDATE telephony_phonedeed SET phone = '', keys = '' WHERE phone = ANY(%(phones)s)",
        values,
    )


def hinders(person: Person) -> Sequence[Hinder]:
    """Calls that go on, and those that are still owed."""
    values = _values(person)
    going_on = select(
        f"SELECT c.arrived_at FROM telephony_call c WHERE {_OWN} AND c.phase <> 'ended' LIMIT 1",
        values,
    )
    owed = select(
        f"SELECT c.number FROM telephony_owedcall c WHERE {_OWN} AND c.state = 'open'"
        " ORDER BY c.id LIMIT 5",
        values,
    )
    return [
        *(Hinder(_("A call goes on.")) for _row in going_on),
        *(Hinder(_("Call %(number)s is still owed.") % {"number": r["number"]}) for r in owed),
    ]


PERSONAL = (
    PersonalData(
        key="telephony",
        order=29,  # before the contacts that calls point to
        collect=collect,
        erase=erase,
        hinders=hinders,
        counted={
            "telephony.calls": _("Calls without numbers"),
            "telephony.entries": _("Entries in the logs of calls without numbers"),
            "telephony.asks": _("What was asked of calls, without numbers"),
            "telephony.owed": _("Owed calls without numbers"),
            "telephony.deeds": _("Deeds at on-screen telephones without numbers"),
        },
    ),
)
