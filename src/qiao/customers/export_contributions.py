"""Lists of customers as a kind of file that people take away."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qiao.core.actor import Actor, Forbidden
from qiao.core.manifest import ExportKind, Order, Written
from qiao.core.table_files import table_file
from qiao.customers.operations.exporting import (
    KIND,
    PERMISSION,
    REVEAL,
    may_have_full_phones,
    units_of,
)
from qiao.customers.queries import NotVisible
from qiao.customers.queries.exporting import ExportFilters, export_rows
from qiao.customers.showing.export_file import cells, heads
from qiao.customers.showing.export_words import scope_words


def filters_of(terms: Mapping[str, Any]) -> ExportFilters:
    """What narrows a list that was asked for."""
    return ExportFilters(**terms["filters"])


def describe(actor: Actor, terms: Mapping[str, Any]) -> str:
    """Whom a list holds, in words, and whether numbers stand in it in full."""
    words = scope_words(filters_of(terms), actor)
    return f"{words} · {_('Numbers in full')}" if terms["full_phones"] else words


def write_list(order: Order) -> Written:
    """Write a list of customers. Raises `Forbidden` where the actor may not have it any more."""
    actor, columns = order.actor, list(order.terms["columns"])
    full_phones = bool(order.terms["full_phones"])
    if full_phones and not may_have_full_phones(actor):
        actor.require(REVEAL, 0)
    count, in_words = 0, cells(columns, full_phones=full_phones)
    try:
        with table_file(order.path, form=order.form, header=heads(columns)) as write:
            for chunk in export_rows(
                actor=actor, organisations=units_of(actor), filters=filters_of(order.terms)
            ):
                write(in_words(row) for row in chunk)
                count += len(chunk)
                order.advance(count)
    except NotVisible as hidden:
        raise Forbidden(PERMISSION) from hidden
    return Written(count, (*columns, "phones in full") if full_phones else tuple(columns))


EXPORTS = (
    ExportKind(
        key=KIND,
        label=gettext_lazy("Customers"),
        permission=PERMISSION,
        subject="customers.customer",
        describe=describe,
        name=lambda _terms: _("customers"),
        write=write_list,
    ),
)
