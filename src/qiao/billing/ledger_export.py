"""What was booked in some days of a unit as a file for the general ledger."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from django.utils.translation import get_language, gettext, pgettext, pgettext_lazy

from qiao.billing.ledger_words import ledger_name, owner_name
from qiao.billing.queries.day_totals import totals_of
from qiao.billing.queries.owners import owner_names
from qiao.billing.queries.shifts import CLOSE
from qiao.core.actor import Actor, Forbidden
from qiao.core.manifest import ExportKind, Order, Written
from qiao.core.rules.money import to_decimal
from qiao.core.table_files import table_file
from qiao.staff.queries import units_among

KIND: Final = "billing.ledger"


def _heads() -> list[str]:
    return [
        pgettext("ledger", "Ledger"), pgettext("ledger", "Name"), pgettext("ledger", "Owner"),
        pgettext("ledger", "Name of the owner"), gettext("Currency"),
        pgettext("ledger", "Debit"), pgettext("ledger", "Credit"),
    ]  # fmt: skip


def _rows(unit: int, since: date, until: date) -> Iterator[list[Any]]:
    names = owner_names()
    for total in totals_of(organisation_id=unit, since=since, until=until):
        yield [
            total.ledger,
            ledger_name(total.ledger),
            total.owner,
            owner_name(total.owner, names),
            total.currency,
            to_decimal(total.debit, total.currency),
            to_decimal(total.credit, total.currency),
        ]


def write_ledger(order: Order) -> Written:
    """Write debits and credits by ledger, owner and currency. Raises `Forbidden` where the actor
    closes no days of the unit any more."""
    unit = int(order.terms["unit"])
    if not order.actor.can_in(CLOSE, unit):
        raise Forbidden(CLOSE)
    since, until = (date.fromisoformat(order.terms[key]) for key in ("since", "until"))
    heads, count = _heads(), 0
    with table_file(order.path, form=order.form, header=heads) as write:
        for row in _rows(unit, since, until):
            write([row])
            count += 1
    order.advance(count)
    return Written(count, tuple(heads))


def _name(terms: Mapping[str, Any]) -> str:
    return f"{pgettext('file', 'ledger')}-{terms['since']}-{terms['until']}"


def _describe(actor: Actor, terms: Mapping[str, Any]) -> str:
    units = units_among([int(terms["unit"])], language=get_language() or "en")
    name = units[0].name if units and actor.can_in(CLOSE, int(terms["unit"])) else "–"
    since, until = terms["since"], terms["until"]
    return f"{name} {since}" if since == until else f"{name} {since} – {until}"


EXPORTS: Final = (
    ExportKind(
        key=KIND,
        label=pgettext_lazy("ledger", "Debits and credits for the general ledger"),
        permission=CLOSE,
        subject=KIND,
        describe=_describe,
        name=_name,
        write=write_ledger,
    ),
)
