"""What is held about a person's protections: for the person to read."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from qiao.core.personal import Held, Person, select

_ROWS = """
SELECT p.kind, p.reason, p.since, p.until, p.stage, p.claimed_at, p.confirmed_at, p.issuer,
       p.certificate, p.seen_date, p.ended_at, p.end_reason, h.full_text AS place
  FROM customers_protection p LEFT JOIN customers_premises h ON h.id = p.premises_id
 WHERE p.customer_id = ANY(%(ids)s) ORDER BY p.id
"""
_STEPS = """
SELECT p.kind, t.act, t.at, t.words, t.until FROM customers_protectionstep t
  JOIN customers_protection p ON p.id = t.protection_id
 WHERE p.customer_id = ANY(%(ids)s) ORDER BY t.id
"""


def collect_protections(person: Person) -> Sequence[Held]:
    """Protections and what became of each."""
    values = {"ids": list(person.customer_ids)}
    return [
        Held(_("Protection"), select(_ROWS, values)),
        Held(_("Steps of protections"), select(_STEPS, values)),
    ]
