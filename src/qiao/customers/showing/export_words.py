"""Whom a list of customers that is taken away holds, in words."""

from collections.abc import Callable

from django.utils import timezone
from django.utils.translation import gettext as _

from qiao.core.actor import Actor
from qiao.customers.models import ProtectedFlag
from qiao.customers.queries import NotVisible, get_segment_for
from qiao.customers.queries.exporting import MOST_FOUND, ExportFilters
from qiao.customers.queries.portfolio import keeper_for
from qiao.customers.queries.tags import get_tag
from qiao.customers.templatetags.segments import segment_name


def scope_words(filters: ExportFilters, actor: Actor) -> str:
    """Whom the list holds, in words."""
    parts = []
    if filters.text:
        found = _("Customers found for “{text}”, at most {n}")
        parts.append(found.format(text=filters.text, n=MOST_FOUND))
    named: tuple[tuple[int, str, Callable[[int], str]], ...] = (
        (
            filters.manager,
            _("Customer manager"),
            lambda pk: keeper_for(actor=actor, manager_id=pk, day=timezone.localdate()).name,
        ),
        (
            filters.segment,
            _("Segment"),
            lambda pk: segment_name(get_segment_for(actor=actor, segment_id=pk)),
        ),
        (filters.tag, _("Tag"), lambda pk: get_tag(pk).name),
    )
    parts += [f"{label}: {_name(read, pk)}" for pk, label, read in named if pk]
    if filters.tier:
        parts.append(f"{_('Tier')} {filters.tier}")
    if filters.flag:
        parts.append(f"{_('Protected because of')}: {ProtectedFlag(filters.flag).label}")
    return " · ".join(parts) or _("All customers of your units")


def _name(read: Callable[[int], str], pk: int) -> str:
    """The name as it is today; a dash for what was merged or is out of sight meanwhile."""
    try:
        return read(pk)
    except NotVisible:
        return "–"
