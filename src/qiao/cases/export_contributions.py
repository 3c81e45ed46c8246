"""Lists of cases as a kind of file that people take away."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qiao.cases.queries.list_pages import pages_of
from qiao.cases.showing import list_file, listing
from qiao.core.manifest import ExportKind, Order, Written
from qiao.core.table_files import table_file

LIST: Final = "cases.list"


def write_list(order: Order) -> Written:
    """Write a list of cases in its order, as its reader sees it now."""
    place, heads = list_file.place_of(order.terms), list_file.heads()
    count = 0
    with table_file(order.path, form=order.form, header=heads) as write:
        for rows in pages_of(
            actor=order.actor,
            now=order.now,
            view=place.view,
            filters=place.filters,
            order=place.order,
        ):
            write(list_file.cells(shown) for shown in listing.show_rows(rows))
            count += len(rows)
            order.advance(count)
    return Written(count, tuple(heads))


EXPORTS = (
    ExportKind(
        key=LIST,
        label=gettext_lazy("Cases"),
        permission="cases.export",
        subject="cases.case",
        describe=lambda _actor, terms: list_file.describe(list_file.place_of(terms)),
        name=lambda terms: f"{_('cases')}-{list_file.place_of(terms).view}",
        write=write_list,
    ),
)
