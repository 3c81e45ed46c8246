"""Filters of a list or a report in one line."""

from django.utils.translation import gettext as _

from qiao.cases.queries import Filters
from qiao.cases.showing import listing
from qiao.customers.queries.tags import vocabulary
from qiao.staff.queries import names_of, organisation_names


def filter_words(filters: Filters) -> str:
    """What narrows a list, in words."""
    chips = listing.show_chips(
        filters,
        people=names_of([i for i in (filters.person, filters.responsible) if i]),
        units=organisation_names([i for i in (filters.team, filters.unit) if i]),
        tags={tag.pk: tag.name for tag in vocabulary()} if filters.tag else {},
    )
    return _("; ").join(f"{chip.label}: {chip.value}" for chip in chips)
