"""A list as its address tells it: view, filters, order, columns, and the kept view it is."""

from dataclasses import dataclass, replace
from typing import Any, Final

from django.http import QueryDict

from qiao.cases.forms.filters import read_filters, read_view, write_filters
from qiao.cases.queries import OPEN_VIEWS, Filters
from qiao.cases.queries.sorting import Order, read_order

COLUMNS: Final = (
    "customer",
    "step",
    "due",
    "assignee",
    "changed",
    "opened",
    "priority",
    "channel",
    "area",
    "type",
    "responsible",
    "closed",
)
USUAL: Final = ("customer", "step", "due", "assignee", "changed")
USUAL_ARCHIVE: Final = ("customer", "step", "opened", "assignee", "changed")


@dataclass(frozen=True, slots=True)
class Place:
    """Which list somebody looks at. `columns` is empty for the usual ones."""

    view: str
    filters: Filters
    order: Order
    columns: tuple[str, ...] = ()
    saved: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether the list holds open cases only."""
        return self.view in OPEN_VIEWS

    @property
    def shown_columns(self) -> tuple[str, ...]:
        """The columns beside the case itself."""
        return self.columns or (USUAL if self.is_open else USUAL_ARCHIVE)

    def query(self, **more: str) -> str:
        """The place as the query of an address; `more` adds parts such as a cursor."""
        natural = read_order("", is_open=self.is_open)
        own = {
            "saved": str(self.saved or ""),
            "view": self.view,
            "sort": "" if self.order == natural else str(self.order),
            "cols": ".".join(self.columns),
        }
        return write_filters(self.filters, **(own | more))

    @property
    def kept_query(self) -> str:
        """What a kept view keeps of it."""
        return replace(self, saved=None).query()

    def with_filters(self, filters: Filters) -> "Place":
        """The same list, narrowed otherwise."""
        return replace(self, filters=filters)


def read_place(query: QueryDict, default: str) -> Place:
    """The place that an address names; what cannot be read is the usual."""
    view = read_view(query, default)
    filters = read_filters(query)
    if "view" not in query and _asks_for_past(query, filters):
        view = "all"
    wanted = query.get("cols", "").split(".") if query.get("cols") else query.getlist("col")
    saved = query.get("saved", "")
    is_open = view in OPEN_VIEWS
    # Among very many found in the archive only the newest are looked for.
    sort = query.get("sort", "") if is_open or not filters.text else ""
    return Place(
        view=view,
        filters=filters,
        order=read_order(sort, is_open=is_open),
        columns=tuple(name for name in COLUMNS if name in wanted),
        saved=int(saved) if saved.isdecimal() and len(saved) < 19 else None,
    )


def _asks_for_past(query: QueryDict, filters: Filters) -> Any:
    return "opened_from" in query or "closed_from" in query or filters.promise
