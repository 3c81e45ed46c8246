"""What is held about a person as a member, a contact person, an agent, or somebody's principal."""
# ruff: noqa: S608 - statements are put together from this file's own pieces; values are bound

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qiao.core.personal import Held, Hinder, Person, select

# A name alone says who is meant only where nobody else has it; `words` hold such names.
_NAMED = "(p.person_id = ANY(%(ids)s) OR (p.person_id IS NULL AND p.name = ANY(%(words)s)))"
_TABLES: tuple[tuple[Any, str], ...] = (
    (
        _("Household and group"),
        "SELECT g.number, g.kind, g.name, g.note, m.role, lower(m.period) AS since,"
        " upper(m.period) AS until"
        " FROM customers_groupmember m JOIN customers_customergroup g ON g.id = m.group_id"
        " WHERE m.customer_id = ANY(%(ids)s) ORDER BY m.id",
    ),
    (
        _("Contact persons"),
        "SELECT p.name, p.function, p.phone, p.email, p.is_primary, lower(p.period) AS since,"
        " upper(p.period) AS until, c.name AS customer FROM customers_contactperson p"
        " JOIN customers_customer c ON c.id = p.customer_id"
        f" WHERE p.customer_id = ANY(%(ids)s) OR {_NAMED}"
        " ORDER BY p.id",
    ),
    (
        _("Acts for / represented by"),
        "SELECT a.agent_id = ANY(%(ids)s) AS is_agent, a.basis, a.scope, a.proof,"
        " lower(a.period) AS since, upper(a.period) AS until FROM customers_acting a"
        " WHERE a.agent_id = ANY(%(ids)s) OR a.principal_id = ANY(%(ids)s) ORDER BY a.id",
    ),
)


def collect_relations(person: Person) -> Sequence[Held]:
    """All of it; who stands at the other end is not the person's own and left out."""
    values = {"ids": list(person.customer_ids), "words": list(person.words)}
    return [Held(title, select(sql, values)) for title, sql in _TABLES]


_LED = """
SELECT g.id, g.number FROM customers_groupmember m
  JOIN customers_customergroup g ON g.id = m.group_id
 WHERE m.customer_id = ANY(%(ids)s) AND m.role = 'head' AND upper_inf(m.period)
 ORDER BY g.id LIMIT 5
"""


def relation_hinders(person: Person) -> Sequence[Hinder]:
    """Households that they lead: another head is chosen, or the household dissolved, before."""
    rows = select(_LED, {"ids": list(person.customer_ids)})
    return [
        Hinder(
            _("Head of %(number)s: another has to take the place.") % row,
            reverse("customers:group", args=[row["id"]]),
        )
        for row in rows
    ]
