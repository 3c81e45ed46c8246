"""What messages hold of a person: their addresses, and every text that went to them."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from qiao.core.models import Attachment
from qiao.core.personal import Erasing, Held, Person, PersonalData, ids_of, select
from qiao.messaging.operations.sending import OWNER_KIND

_OWN = """
FROM messaging_message m
 WHERE m.customer_id = ANY(%(ids)s)
    OR (m.customer_id IS NULL AND m.to_address IN (
        SELECT e.address FROM messaging_emailaddress e WHERE e.customer_id = ANY(%(ids)s)))
"""
_MESSAGES = f"""
SELECT m.created_at, m.channel, m.kind, m.to_name, m.to_address, m.title, m.body, m.state,
       m.sent_at {_OWN} ORDER BY m.id
"""
_CLEAR = """
UPDATE messaging_message
   SET to_name = '', to_address = '', title = '–', body = '–', stop_url = '',
       receipt = '', key = NULL,
       state = CASE WHEN ended_at IS NULL THEN 'cancelled' ELSE state END,
       held_until = NULL, ended_at = coalesce(ended_at, %(now)s),
       is_told = is_told OR NOT is_automatic
 WHERE id = ANY(%(messages)s)
"""
_STEPS = """
SELECT a.id FROM messaging_attempt a WHERE a.message_id = ANY(%(messages)s) AND a.words > ''
"""


def _values(person: Person) -> dict[str, Any]:
    return {"ids": list(person.customer_ids)}


def _own(person: Person) -> list[int]:
    return ids_of(f"SELECT m.id {_OWN}", _values(person))


def collect(person: Person) -> Sequence[Held]:
    """Addresses, and messages with their texts and files."""
    files = Attachment.objects.filter(owner_kind=OWNER_KIND, owner_id__in=_own(person))
    return [
        Held(
            _("Email addresses"),
            select(
                "SELECT address, is_primary, standing, standing_reason, created_at"
                " FROM messaging_emailaddress WHERE customer_id = ANY(%(ids)s) ORDER BY id",
                _values(person),
            ),
        ),
        Held(_("Messages"), select(_MESSAGES, _values(person)), list(files)),
    ]


def erase(person: Person, erasing: Erasing) -> None:
    """That somebody was told, when and how stays; who, and the words, go."""
    messages = _own(person)
    values = {"messages": messages, "now": erasing.now, **_values(person)}
    erasing.run("messaging.messages", _CLEAR, values)
    erasing.redact(
        "messaging.attempts",
        table="messaging_attempt",
        by="id",
        ids=ids_of(_STEPS, values),
        fields=["words"],
    )
    erasing.drop_files("messaging.files", owner_kind=OWNER_KIND, owner_ids=messages)
    addresses = ids_of(
        "SELECT id FROM messaging_emailaddress WHERE customer_id = ANY(%(ids)s)", values
    )
    erasing.run(
        "messaging.addresses",
        "DELETE FROM messaging_emailaddress WHERE customer_id = ANY(%(ids)s)",
        values,
    )
    erasing.redact_trail("messaging.addresses", table="messaging_emailaddress", ids=addresses)


PERSONAL = (
    PersonalData(
        key="messaging",
        order=30,
        collect=collect,
        erase=erase,
        counted={
            "messaging.messages": _("Messages without receiver and words"),
            "messaging.attempts": _("Attempts to send without words"),
            "messaging.files": _("Files of messages"),
            "messaging.addresses": _("Email addresses"),
        },
    ),
)
