"""What is held about a person by who looks after them."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from qiao.core.personal import Held, Person, select

_TABLES: tuple[tuple[Any, str], ...] = (
    (
        _("Customer managers"),
        "SELECT s.name, lower(a.period) AS since, upper(a.period) AS until, a.reason,"
        " a.end_reason FROM customers_managerassignment a"
        " JOIN staff_staff s ON s.id = a.manager_id"
        " WHERE a.customer_id = ANY(%(ids)s) ORDER BY a.id",
    ),
    (
        _("Visit plan"),
        "SELECT p.every_months, p.due_date, p.purpose FROM customers_visitplan p"
        " WHERE p.customer_id = ANY(%(ids)s) ORDER BY p.id",
    ),
    (
        _("Visits"),
        "SELECT v.date, s.name, v.state, v.topic, v.how, v.result, v.note, v.next_step, v.reason"
        " FROM customers_customervisit v JOIN staff_staff s ON s.id = v.manager_id"
        " WHERE v.customer_id = ANY(%(ids)s) ORDER BY v.id",
    ),
)


def collect_managing(person: Person) -> Sequence[Held]:
    """All of it; words of a hand-over are about many customers and not the person's own."""
    values = {"ids": list(person.customer_ids)}
    return [Held(title, select(sql, values)) for title, sql in _TABLES]
