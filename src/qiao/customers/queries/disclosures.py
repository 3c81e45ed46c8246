"""Who looked at what is hidden of a customer, or took it away, and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.core.rules.ids import LARGEST_ID
from qiao.customers.models import CustomerIdentity
from qiao.customers.queries.export_heads import HEADS

REVEAL_REASONS: Final[dict[str, Any]] = {
    "verify": pgettext_lazy("reveal reason", "Checking who is calling"),
    "call_back": pgettext_lazy("reveal reason", "Calling the customer back"),
    "correct": pgettext_lazy("reveal reason", "Correcting the record"),
    "authority": pgettext_lazy("reveal reason", "Request of an authority"),
}
"""The usual reasons by the key that a record holds; any other text is a person's own words."""
FIELDS: Final[dict[str, Any]] = {
    **HEADS,
    "phone": gettext_lazy("Telephone number"),
    "document": gettext_lazy("Document"),
    "subject_access": gettext_lazy("All that is held"),
    "phones in full": gettext_lazy("Telephone numbers in full"),
}

# The latest five, with how many there are; absent where nobody looked.
PANEL = """
SELECT CASE WHEN count(*) > 0
            THEN json_build_object('count', max(x.total), 'rows', json_agg(x)) END
  FROM (
    SELECT d.at, d.kind, d.fields, d.reason, s.name AS who, count(*) OVER () AS total
      FROM core_disclosure d
      JOIN staff_staff s ON s.id = d.actor_id
     WHERE d.subject = 'customer' AND d.subject_id = ANY(%(customer_ids)s::bigint[])
       AND d.organisation_id = ANY(%(organisation_ids)s)
     ORDER BY d.at DESC, d.id DESC LIMIT 5) x
"""


def field_words(field: str) -> str:
    """The words for a field as a disclosure keeps it; an unknown one as it is."""
    part, _dot, kind = field.partition(".")
    if part == "identity" and kind in CustomerIdentity.Kind.values:
        return str(CustomerIdentity.Kind(kind).label)
    if part == "identity":
        return pgettext("disclosure", "Identity document")
    return str(FIELDS[part]) if part in FIELDS else _(field)


@dataclass(frozen=True, slots=True)
class Look:
    """One look: when, who, which fields, why. `kind` is ``reveal`` or ``export``."""

    id: int
    at: datetime
    kind: str
    fields: list[str]
    reason: str
    who: str
    number: str


_LOOKS = """
SELECT d.id, d.at, d.kind, array(SELECT jsonb_array_elements_text(d.fields)), d.reason, s.name,
       s.number
  FROM core_disclosure d
  JOIN staff_staff s ON s.id = d.actor_id
 WHERE d.subject = 'customer' AND d.subject_id = ANY(%(ids)s::bigint[])
   AND d.organisation_id = ANY(%(organisations)s::bigint[]) AND d.id < %(after)s
 ORDER BY d.id DESC LIMIT %(limit)s
"""


def looks_at(
    *, actor: Actor, customer_ids: tuple[int, ...], after: int | None = None, limit: int = 50
) -> list[Look]:
    """Looks at a customer's hidden fields within the actor's right to audit, the latest first.

    `after` is the id of the last row of the page before.
    """
    rows = fetch_all(
        _LOOKS,
        {
            "ids": list(customer_ids),
            "organisations": list(actor.organisations("core.audit")),
            "after": after or LARGEST_ID,
            "limit": limit,
        },
    )
    return [Look(*row) for row in rows]
