"""The results of a list of calls as a file that people take away."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from qiao.core.actor import Actor, Forbidden
from qiao.core.manifest import ExportKind, Order, Written
from qiao.core.table_files import table_file
from qiao.customers.queries import CustomerLine, lines_for
from qiao.telephony.list_words import result_names, skip_words
from qiao.telephony.models import CallList, CallListEntry, CallListTry
from qiao.telephony.rights import LISTS

KIND: Final = "telephony.call_list"
PAGE: Final = 500
_State = CallListEntry.State
UNSEEN: Final = "—"
Line = tuple[CallListEntry, CallListTry | None, CustomerLine | None]


def _heads() -> list[str]:
    return [
        _("Customer"), _("Customer number"), pgettext("call list", "State"),
        pgettext("call list", "Result"), pgettext("call", "Attempts"), _("Last call"),
        pgettext("call list", "By"), _("Note"),
    ]  # fmt: skip


def _cells(line: Line, names: Mapping[str, str]) -> list[Any]:
    """A row; of whom the reader may not see neither name nor number nor what was noted is told."""
    entry, last, who = line
    words = skip_words(entry.why) if entry.state == _State.SKIPPED else names.get(entry.why, "")
    return [
        who.name if who else UNSEEN,
        who.number if who else UNSEEN,
        _State(entry.state).label,
        words,
        entry.tries,
        timezone.localtime(last.at).replace(tzinfo=None) if last else "",
        last.staff.name if last else "",
        last.note if last and who else "",
    ]


def _pages(found: CallList, actor: Actor) -> Iterator[list[Line]]:
    """Entries in the order of their ids, each with its last call and who it is."""
    after = 0
    while True:
        rows = list(found.entries.filter(pk__gt=after).order_by("pk")[:PAGE])
        if not rows:
            return
        tries = CallListTry.objects.filter(entry__in=rows).select_related("staff")
        last = {each.entry_id: each for each in tries.order_by("id")}
        seen = lines_for(actor=actor, customer_ids=[row.customer_id for row in rows])
        yield [(row, last.get(row.pk), seen.get(row.customer_id)) for row in rows]
        after = rows[-1].pk


def write_results(order: Order) -> Written:
    """Write who stands in a list and what came of it. Raises `Forbidden` where the actor may not
    have it any more."""
    lists = CallList.objects.visible_to(order.actor)
    found = lists.filter(pk=int(order.terms["list"])).first()
    if found is None or not order.actor.can_in(LISTS, found.organisation_id):
        raise Forbidden(LISTS)
    names = result_names(found)
    heads, count = _heads(), 0
    with table_file(order.path, form=order.form, header=heads) as write:
        for rows in _pages(found, order.actor):
            write(_cells(row, names) for row in rows)
            count += len(rows)
            order.advance(count)
    return Written(count, tuple(heads))


def _name(terms: Mapping[str, Any]) -> str:
    return f"{pgettext('file', 'call-list')}-{terms['list']}"


def _describe(actor: Actor, terms: Mapping[str, Any]) -> str:
    found = CallList.objects.visible_to(actor).filter(pk=int(terms["list"])).first()
    return found.name if found else str(terms["list"])


EXPORTS: Final = (
    ExportKind(
        key=KIND,
        label=pgettext_lazy("telephone", "Results of a call list"),
        permission=LISTS,
        subject=KIND,
        describe=_describe,
        name=_name,
        write=write_results,
    ),
)
